using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImagesInUseTests
{
    private const string Name = "jwt-pizza-service", Host = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

    [Fact]
    public async Task What_runs_counts_by_its_digest_also_when_the_tag_has_moved_on()
    {
        await using TestSandbox box = new();
        using AwsSession aws = Open(box.Info);
        Tests.Sandbox.RegistryClient client = await Tests.Sandbox.RegistryClient.Open(box, Name);
        Digest running = await client.PushImage("one");
        _ = await ImagesInUse.FindAsync(aws.Ecs, Sessions.Soon);   // a look lets the sandbox start the task
        Digest newer = await client.PushImage("two");
        ImagesInUse used = await ImagesInUse.FindAsync(aws.Ecs, Sessions.Soon);
        Repository repository = await new Services.Repositories.RepositoryService(aws.Ecr).GetAsync(Name, Sessions.Soon);
        Assert.Contains($"'service:{Name}' in cluster '{Name}'", used.UserOf(repository, running.Value, []), StringComparison.Ordinal);
        Assert.NotNull(used.UserOf(repository, newer.Value, ["v1", "latest"]));   // what the next task pulls
        Assert.Null(used.UserOf(repository, newer.Value, ["v1"]));
        Assert.Null(
            used.UserOf(repository with { RepositoryName = "other", RepositoryUri = "127.0.0.1/other" }, running.Value, ["latest"]));
    }

    [Fact]
    public async Task Every_page_is_read_and_requests_fit_the_model()
    {
        static string Arn(string end) => "arn:aws:ecs:us-east-1:123456789012:" + end;
        static Answer Page(string member, string first, string second, ScriptedRequest request) =>
            Answer.Json(
                request.Text.Contains("nextToken", StringComparison.Ordinal)
                    ? $$"""{"{{member}}":["{{Arn(second)}}"]}""" : $$"""{"{{member}}":["{{Arn(first)}}"],"nextToken":"2"}""");
        await using ScriptedServer server = new((request, _) => request.Operation switch
        {
            "ListClusters" => Page("clusterArns", "cluster/a", "cluster/b", request),
            "ListServices" => Page("serviceArns", "service/a/web", "service/a/api", request),
            "ListTasks" => Page("taskArns", "task/a/1", "task/a/2", request),
            "DescribeServices" =>
                Answer.Json(
                    $$"""{"services":[{"serviceArn":"s","serviceName":"web","taskDefinition":"{{Arn("task-definition/web:2")}}","deployments":[{"taskDefinition":"{{Arn("task-definition/web:1")}}" } ]} ]}"""),
            "DescribeTaskDefinition" =>
                Answer.Json(
                    $$"""{"taskDefinition":{"taskDefinitionArn":"d","containerDefinitions":[{"image":"{{Host}}/web:{{(request.Text.Contains("web:2", StringComparison.Ordinal) ? "new" : "old")}}"},{"image":"nginx"},{"image":"???"}]} }"""),
            _ =>
                Answer.Json(
                    $$"""{"tasks":[{"taskArn":"t","group":"family:job","containers":[{"image":"{{Host}}/job@{{Digest.Of([1])}}","imageDigest":"{{Digest.Of([2])}}"},{}]} ]}"""),
        });
        using AwsSession aws = Sessions.Open(server);
        ImagesInUse used = await ImagesInUse.FindAsync(aws.Ecs, Sessions.Soon);
        Assert.StartsWith("service 'web' of cluster", used.UserOf(Image("web", "new")), StringComparison.Ordinal);
        // a deployment that is not over
        Assert.StartsWith("service 'web' of cluster", used.UserOf(Image("web", "old")), StringComparison.Ordinal);
        Assert.Null(used.UserOf(Image("web", "latest")));
        Assert.NotNull(used.UserOf(Image("job") with { ImageDigest = Digest.Of([1]).Value }));
        Assert.NotNull(used.UserOf(Image("job") with { Children = [Digest.Of([2]).Value] }));   // the child of an index that was pulled
        Assert.Null(used.UserOf(Image("job") with { Region = "eu-west-1", ImageDigest = Digest.Of([1]).Value }));
        Assert.Equal(4, server.Requests.Count(r => r.Operation == "ListTasks"));
        if (ServiceModel.IsHere("ecs"))
            Assert.All(server.Requests, r => Assert.Empty(ServiceModel.Load("ecs").CheckInput(r.Operation, r.Text)));
    }

    [Fact]
    public async Task Where_the_caller_may_not_look_that_is_said_and_nothing_is_known()
    {
        await using ScriptedServer server =
            new((_, _) => Answer.Error("AccessDeniedException", "User: x is not authorized to perform: ecs:ListClusters on resource: *"));
        using AwsSession aws = Sessions.Open(server);
        List<string> said = [];
        ImagesInUse used = await ImagesInUse.FindAsync(aws.Ecs, said.Add, Sessions.Soon);
        Assert.Null(used.UserOf(Image("web", "new")));
        Assert.Contains("ecs:ListClusters", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_was_deleted_in_the_meantime_uses_nothing()
    {
        await using ScriptedServer server =
            new((request,
                _) =>
                request.Operation == "ListClusters" ? Answer.Json("""{"clusterArns":["arn:aws:ecs:us-east-1:123456789012:cluster/gone"]}""")
                    : Answer.Error("ClusterNotFoundException", "Cluster not found."));
        using AwsSession aws = Sessions.Open(server);
        Assert.Null((await ImagesInUse.FindAsync(aws.Ecs, Sessions.Soon)).UserOf(Image("web", "new")));
    }

    [Fact]
    public async Task Trouble_of_another_kind_is_an_error_for_then_nothing_may_be_deleted()
    {
        await using ScriptedServer server = new((_, _) => Answer.Error("InvalidParameterException", "no"));
        using AwsSession aws = Sessions.Open(server);
        Assert.Equal("InvalidParameterException",
            (await Assert.ThrowsAsync<PizzaException>(() => ImagesInUse.FindAsync(aws.Ecs, _ => { }, Sessions.Soon))).ErrorId);
    }

    private static EcrImage Image(string name, params string[] tags) => new()
    {
        RepositoryName = name, RegistryId = "123456789012", Region = "us-east-1", RepositoryUri = $"elsewhere/{name}",
        ImageDigest = Digest.Of([9]).Value, ImageTags = tags,
    };

    private static AwsSession Open(SandboxInfo info) =>
        AwsSession.Open(
            new() { EndpointUrl = info.EndpointUrl, Region = info.Region, AccessKey = info.AccessKey, SecretKey = info.SecretKey });
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>No operation leaves the module that was not held against AWS's model.</summary>
public sealed partial class OperationTests
{
    private const string Arn = "arn:aws:ecs:eu-central-1:012345678901:",
        Definition =
            $$"""{"taskDefinition":{"taskDefinitionArn":"{{Arn}}task-definition/api:7","family":"api","containerDefinitions":[{"name":"web","image":"api:v1"}]} }""";
    private const string Service =
        $$"""{"serviceArn":"{{Arn}}service/pizza/api","serviceName":"api","status":"ACTIVE","desiredCount":1,"runningCount":1,"taskDefinition":"{{Arn}}task-definition/api:7","deployments":[],"events":[]}""";

    private static readonly Dictionary<string, (Func<EcsClient, CancellationToken, Task> Call, string Answer)> s_ecs = new()
    {
        ["ListClusters"] = ((c, ct) => Sessions.ListAsync(c.ListClustersAsync(ct)), $$"""{"clusterArns":["{{Arn}}cluster/pizza"]}"""),
        ["ListServices"] =
            ((c, ct) => Sessions.ListAsync(c.ListServicesAsync("pizza", ct)), $$"""{"serviceArns":["{{Arn}}service/pizza/api"]}"""),
        ["ListTasks"] =
            ((c, ct) => Sessions.ListAsync(c.ListTasksAsync("pizza", "api", true, ct)), $$"""{"taskArns":["{{Arn}}task/pizza/0123"]}"""),
        ["DescribeServices"] = ((c, ct) => Sessions.ListAsync(c.DescribeServicesAsync("pizza", ["api"], ct)),
            $$"""{"services":[{{Service}}],"failures":[]}"""),
        ["DescribeTasks"] = ((c, ct) => Sessions.ListAsync(c.DescribeTasksAsync("pizza", ["0123"], ct)),
            $$"""{"tasks":[{"taskArn":"{{Arn}}task/pizza/0123","containers":[]}],"failures":[]}"""),
        ["DescribeTaskDefinition"] = ((c, ct) => c.DescribeWholeTaskDefinitionAsync("api:7", ct), Definition),
        ["UpdateService"] = ((c, ct) => c.UpdateServiceAsync("pizza", "api", "api:7", ct), $$"""{"service":{{Service}}}"""),
        ["RegisterTaskDefinition"] =
            ((c, ct) =>
                c.RegisterTaskDefinitionAsync(
                    new JsonObject
                    {
                        ["family"] = "api",
                        ["containerDefinitions"] = new JsonArray(new JsonObject { ["name"] = "web", ["image"] = "api:v1" }),
                    }, ct), Definition),
    };

    public static TheoryData<string> EcsOperations => [.. s_ecs.Keys];

    [Theory, MemberData(nameof(EcsOperations))]
    public async Task Each_call_of_ECS_fits_its_model(string operation)
    {
        ServiceModel model = ServiceModel.Load("ecs");
        (Func<EcsClient, CancellationToken, Task> call, string answer) = s_ecs[operation];
        Assert.Empty(model.CheckOutput(operation, answer));
        await using ScriptedServer server = new(Answer.Json(answer));
        using AwsSession session = Sessions.Open(server);
        await call(session.Ecs, Sessions.Soon);
        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal("AmazonEC2ContainerServiceV20141113." + operation, request.Headers["X-Amz-Target"]);
        Assert.Empty(model.CheckInput(operation, request.Text));
    }

    // STS and the login to ECR Public, which answers in two calls, have tests of their own.
    public static TheoryData<string[], string, string[]> Clients => new()
    {
        { ["EcrClient", "ResourceTags"], "ecr", [.. Conversations.Ecr.Keys] },
        { ["EcrPublicClient", "ResourceTags"], "ecr-public", [.. Conversations.EcrPublic.Keys, "GetAuthorizationToken"] },
        { ["EcsClient"], "ecs", [.. s_ecs.Keys] },
        { ["IamClient"], "iam", [.. Conversations.Iam.Keys] },
        { ["StsClient"], "sts", ["GetCallerIdentity", "AssumeRoleWithWebIdentity"] },
    };

    [Theory, MemberData(nameof(Clients))]
    public void Each_operation_of_a_client_has_a_test_that_holds_it_against_its_model(string[] sources, string service, string[] shown)
    {
        ServiceModel model = ServiceModel.Load(service);
        string folder = RepositoryRoot.File("src", "JwtPizza.Ecr.Services", "Aws");
        string[] sent = [.. sources.SelectMany(source => Directory.EnumerateFiles(folder, source + "*.cs"))
            .SelectMany(f => Quoted().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Where(model.Has).Distinct().Order()];
        Assert.NotEmpty(sent);
        Assert.Equal(sent, shown.Order());
    }

    [GeneratedRegex("\"([A-Z][A-Za-z]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}

using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Sandbox.Watching;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class FaultTests
{
    private const string IamVersion = "2010-05-08";

    [Fact]
    public async Task A_counted_fault_strikes_so_often_and_then_is_over()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "CreateRepository", Error = "ThrottlingException", Count = 2 });
        for (int i = 0; i < 2; i++)
        {
            (HttpStatusCode status, JsonObject answer) =
                await sandbox.Send("CreateRepository", new { repositoryName = "pizza" }, "us-east-1");
            Assert.Equal((HttpStatusCode.BadRequest, "ThrottlingException", "Rate exceeded"),
                (status, (string)answer["__type"]!, (string)answer["message"]!));
        }
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
    }

    [Theory]
    [InlineData(null, 500, 500, "ServerException")]
    [InlineData(null, 503, 503, "ServiceUnavailableException")]
    [InlineData(null, 429, 429, "ThrottlingException")]
    [InlineData("AccessDeniedException", null, 400, "AccessDeniedException")]
    [InlineData("ServerException", null, 500, "ServerException")]
    [InlineData("LimitExceededException", 418, 418, "LimitExceededException")]
    public async Task In_the_JSON_protocol_code_and_status_go_together(string? error, int? status, int answered, string code)
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "DescribeRepositories", Error = error, Status = status });
        (HttpStatusCode got, JsonObject answer) = await sandbox.Send("DescribeRepositories", new { }, "us-east-1");
        Assert.Equal((answered, code), ((int)got, (string)answer["__type"]!));
    }

    [Theory]
    [InlineData("Throttling", null, 400, "Throttling", "Sender")]
    [InlineData(null, 500, 500, "InternalFailure", "Receiver")]
    [InlineData(null, 403, 403, "AccessDenied", "Sender")]
    [InlineData("NoSuchEntity", null, 404, "NoSuchEntity", "Sender")]
    [InlineData("ServiceFailure", null, 500, "ServiceFailure", "Receiver")]
    public async Task In_the_Query_protocol_code_and_status_go_together(string? error, int? status, int answered, string code, string type)
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "iam:Get*", Error = error, Status = status });
        (HttpStatusCode got, XElement answer) = await sandbox.Query("GetRole", IamVersion, ("RoleName", "github-ci"));
        XElement told = answer.Elements().Single(e => e.Name.LocalName == "Error");
        Assert.Equal((answered, code, type),
            ((int)got, told.Elements().Single(e => e.Name.LocalName == "Code").Value,
                told.Elements().Single(e => e.Name.LocalName == "Type").Value));
        (HttpStatusCode other, _) = await sandbox.Query("ListRoles", IamVersion);
        Assert.Equal(HttpStatusCode.OK, other);
    }

    [Theory]
    [InlineData("ThrottlingException", null, 429, "TOOMANYREQUESTS")]
    [InlineData("DENIED", null, 403, "DENIED")]
    [InlineData("RepositoryNotFoundException", null, 400, "NAME_UNKNOWN")]
    [InlineData(null, 500, 500, "UNKNOWN")]
    [InlineData(null, 503, 503, "UNAVAILABLE")]
    public async Task The_registry_answers_in_codes_of_its_own(string? error, int? status, int answered, string code)
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        sandbox.Box.SetFault(new() { Operation = "GetManifest", Error = error, Status = status });
        (int got, string? told, _) = await client.Outcome(HttpMethod.Get, "manifests/latest");
        Assert.Equal((answered, code), (got, told));
        Assert.Equal((404, "MANIFEST_UNKNOWN"), await HeadThenGet(sandbox, client));
    }

    [Theory]
    [InlineData("UploadBlob", "POST", "blobs/uploads/")]
    [InlineData("HeadBlob", "HEAD", "blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("GetBlob", "GET", "blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("HeadManifest", "HEAD", "manifests/latest")]
    [InlineData("PutManifest", "PUT", "manifests/latest")]
    [InlineData("ListTags", "GET", "tags/list")]
    [InlineData("Ping", "GET", "/v2/")]
    public async Task Operations_of_the_registry_have_names(string operation, string method, string path)
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        sandbox.Box.SetFault(new() { Operation = operation, Status = 555 });
        Assert.Equal(555, (await client.Outcome(new(method), path)).Status);
        Assert.Equal($"registry:{operation}", sandbox.Box.Calls.Select(c => $"{c.Service}:{c.Operation}").Last());
    }

    [Fact]
    public async Task A_dropped_connection_is_no_answer_and_the_next_call_has_one()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "DescribeRepositories", DropConnection = true, Count = 1 });
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.Send("DescribeRepositories", new { }, "us-east-1"));
        await sandbox.Ecr("DescribeRepositories", new { });
        Assert.Equal([(null, "ConnectionDropped"), (200, null)], sandbox.Box.Calls.Select(c => (c.Status, c.ErrorCode)));
    }

    [Fact]
    public async Task Latency_delays_the_call_and_an_error_of_another_fault_follows()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "*", Latency = TimeSpan.FromMilliseconds(150) });
        sandbox.Box.SetFault(new() { Operation = "DescribeRepositories", Status = 503, Latency = TimeSpan.FromMilliseconds(150) });
        (HttpStatusCode status, _) = await sandbox.Send("DescribeRepositories", new { }, "us-east-1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.True(sandbox.Box.Calls[^1].DurationSeconds >= 0.29, "the two delays add up");
    }

    [Fact]
    public void A_share_strikes_the_same_calls_for_the_same_seed_and_about_so_many()
    {
        static List<int> Struck(int seed)
        {
            Faults faults = NewFaults();
            faults.Set(new() { Operation = "PutImage", Status = 500, Share = 0.2, Seed = seed });
            return [.. Enumerable.Range(0, 1000).Where(_ => faults.Strike("ecr", "PutImage").Count > 0)];
        }
        Assert.Equal(Struck(7), Struck(7));
        Assert.NotEqual(Struck(7), Struck(8));
        Assert.InRange(Struck(7).Count, 150, 250);
    }

    [Fact]
    public void Setting_again_replaces_and_removing_takes_what_fits()
    {
        Faults faults = NewFaults();
        faults.Set(new() { Operation = "PutImage", Status = 500 });
        faults.Set(new() { Operation = "putimage", Status = 503 });
        faults.Set(new() { Operation = "iam:*", Status = 500 });
        Assert.Equal(503, Assert.Single(faults.Strike("ecr", "PutImage")).Status);
        Assert.Equal("The fault of putimage is gone; it struck 1 calls.", Assert.Single(faults.Remove("Put*")));
        Assert.Empty(faults.Strike("ecr", "PutImage"));
        Assert.Single(faults.Strike("iam", "GetRole"));
        Assert.Single(faults.Remove("*"));
        Assert.Empty(faults.Remove("*"));
    }

    public static TheoryData<SandboxFault, string> Wrong => new()
    {
        { new() { Operation = "PutImage" }, "no trouble" },
        { new() { Operation = "Put Image", Status = 500 }, "'Put Image'" },
        { new() { Operation = "", Status = 500 }, "''" },
        { new() { Operation = "PutImage", Error = "Not a code" }, "'Not a code'" },
        { new() { Operation = "PutImage", Status = 200 }, "'200'" },
        { new() { Operation = "PutImage", Status = 500, Count = 0 }, "'0'" },
        { new() { Operation = "PutImage", Status = 500, Share = 1.5 }, "'1.5'" },
        { new() { Operation = "PutImage", Status = 500, Share = double.NaN }, "'NaN'" },
        { new() { Operation = "PutImage", Latency = TimeSpan.FromHours(1) }, "10 minutes" },
        { new() { Operation = "PutImage", Latency = TimeSpan.FromSeconds(-1) }, "10 minutes" },
        { new() { Operation = "PutImage", DropConnection = true, Status = 500 }, "DropConnection alone" },
        { new() { Operation = "PutImage", DropAnswer = true, Error = "ThrottlingException" }, "DropAnswer alone" },
        { new() { Operation = "PutImage", DropAnswer = true, DropConnection = true }, "carried out and not" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_fault_that_makes_no_sense_is_refused(SandboxFault fault, string told)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => NewFaults().Set(fault));
        Assert.Equal("InvalidFault", e.ErrorId);
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_AWS_CLI_tries_again_what_is_throttled_and_shows_what_stays()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "DescribeRepositories", Error = "ThrottlingException", Count = 1 });
        await Peer.Aws(sandbox, "ecr", "describe-repositories");
        Assert.Equal([400, 200], sandbox.Box.Calls.Select(c => c.Status));
        sandbox.Box.SetFault(new() { Operation = "CreateRepository", Error = "LimitExceededException" });
        (int exit, _, string errors) = await Peer.TryAws(sandbox, "ecr", "create-repository", "--repository-name", "pizza");
        Assert.NotEqual(0, exit);
        Assert.Contains("An error occurred (LimitExceededException) when calling the CreateRepository operation", errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boto3_meets_faults_of_both_protocols_and_bears_a_dropped_connection()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "iam:GetRole", Error = "NoSuchEntity", Count = 1 });
        sandbox.Box.SetFault(new() { Operation = "DescribeRepositories", DropConnection = true, Count = 1 });
        string told = await Peer.Boto3(sandbox, """
            import boto3
            iam, ecr = boto3.client('iam'), boto3.client('ecr')
            try: iam.get_role(RoleName='github-ci')
            except iam.exceptions.NoSuchEntityException as e: print(e.response['ResponseMetadata']['HTTPStatusCode'])
            print(iam.get_role(RoleName='github-ci')['Role']['RoleName'], ecr.describe_repositories()['repositories'])
            """);
        Assert.Equal(["404", "github-ci []"], told.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(2, sandbox.Box.Calls.Count(c => c.Operation == "DescribeRepositories"));
    }

    [Fact]
    public async Task Docker_meets_the_fault_of_a_push_and_gets_through_when_it_is_over()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        using DockerPeer docker = await DockerPeer.Open(sandbox);
        string image = $"{sandbox.Box.Info.RegistryHost}/pizza:v1";
        await docker.Run("build", "--tag", image, docker.Context("hello"));
        try
        {
            sandbox.Box.SetFault(new() { Operation = "registry:PutManifest", Error = "AccessDeniedException", Count = 1 });
            Assert.Contains("denied: A fault that was set for registry:PutManifest", await docker.Fail("push", image),
                StringComparison.Ordinal);
            await docker.Run("push", image);
            Assert.Equal([403, 201], sandbox.Box.Calls.Where(c => c.Operation == "PutManifest").Select(c => c.Status));
        }
        finally { await docker.Run("rmi", image); }
    }

    [Theory]
    [InlineData("PutImmage", "Perhaps you mean PutImage.")]
    [InlineData("iam:GetRoles", "Perhaps you mean iam:GetRole.")]
    [InlineData("putmanifests", "Perhaps you mean PutManifest.")]
    [InlineData("PutMoonPhase", "Get-PizzaSandboxCall shows")]
    [InlineData("ecr:GetRole", "'ecr:GetRole'")]
    [InlineData("*Moon*", "'*Moon*'")]
    public async Task A_fault_for_an_operation_that_is_not_there_is_refused_with_what_was_perhaps_meant(string operation, string told)
    {
        await using TestSandbox sandbox = new();
        PizzaException e = Assert.Throws<PizzaException>(() => sandbox.Box.SetFault(new() { Operation = operation, Status = 500 }));
        Assert.Equal("UnknownOperation", e.ErrorId);
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_operation_can_be_given_a_fault()
    {
        await using TestSandbox sandbox = new();
        Assert.True(sandbox.Box.Operations.Count > 100);
        Assert.All(sandbox.Box.Operations, o => sandbox.Box.SetFault(new() { Operation = o, Status = 500 }));
        Assert.Equal(sandbox.Box.Operations.Count, sandbox.Box.RemoveFaults("*").Count);
    }

    [Theory]
    [InlineData("ecs", "AmazonEC2ContainerServiceV20141113", "ListClusters")]
    [InlineData("ecr-public", "SpencerFrontendService", "DescribeRepositories")]
    [InlineData("ecr", "AmazonEC2ContainerRegistry_V20150921", "DescribeRepositories")]
    public async Task A_fault_of_one_service_leaves_the_others_alone_and_is_logged_under_its_name(
        string service, string target, string operation)
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = $"{service}:{operation}", Error = "ServerException", Count = 1 });
        foreach (string other in new[] { "ecr", "ecr-public" }.Where(o => o != service))
            await sandbox.Json(other, other == "ecr" ? "AmazonEC2ContainerRegistry_V20150921" : "SpencerFrontendService",
                "DescribeRepositories", new { });
        Assert.Equal("ServerException", (await sandbox.JsonError(service, target, operation, new { })).Code);
        await sandbox.Json(service, target, operation, new { });
        Assert.Equal([500, 200], sandbox.Box.CallsOf([$"{service}:*"]).Select(c => c.Status));
        Assert.All(sandbox.Box.CallsOf([$"{service}:*"]),
            c => Assert.Equal((service, operation, "us-east-1"), (c.Service, c.Operation, c.Region)));
    }

    [Fact]
    public async Task A_deployment_can_be_refused_and_is_in_the_log_with_its_parameters()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.SetFault(new() { Operation = "UpdateService", Error = "AccessDeniedException" });
        (string code,
            _) = await sandbox.JsonError("ecs", "AmazonEC2ContainerServiceV20141113", "UpdateService", new { cluster = "jwt-pizza-service",
                service = "jwt-pizza-service", forceNewDeployment = true });
        Assert.Equal("AccessDeniedException", code);
        SandboxCall call = Assert.Single(sandbox.Box.CallsOf(["ecs:Update*"]));
        Assert.Equal(("jwt-pizza-service", true), (call.Parameters["service"], call.Parameters["forceNewDeployment"]));
    }

    private static Faults NewFaults() => new(new(["ecr:PutImage", "iam:GetRole"]));

    private static async Task<(int, string?)> HeadThenGet(TestSandbox sandbox, RegistryClient client)
    {
        Assert.Equal(404, (await client.Outcome(HttpMethod.Head, "manifests/latest")).Status);   // another operation
        sandbox.Box.RemoveFaults("GetManifest");
        (int status, string? code, _) = await client.Outcome(HttpMethod.Get, "manifests/latest");
        return (status, code);
    }
}

using System.Text.Json;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class CallLogTests
{
    [Fact]
    public async Task Every_call_is_there_with_caller_region_parameters_and_end()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza", imageScanningConfiguration = new { scanOnPush = true },
            tags = new[] { new { Key = "team", Value = "oven" } } }, "eu-west-1");
        await sandbox.EcrError("DescribeImages", new { repositoryName = "nowhere", maxResults = 7 });
        await sandbox.Query("GetRole", "2010-05-08", ("RoleName", "github-ci"));
        SandboxCall[] calls = [.. sandbox.Box.Calls];
        Assert.Equal(["ecr:CreateRepository", "ecr:DescribeImages", "iam:GetRole"], calls.Select(c => $"{c.Service}:{c.Operation}"));
        Assert.Equal([200, 400, 200], calls.Select(c => c.Status));
        Assert.Equal([null, "RepositoryNotFoundException", null], calls.Select(c => c.ErrorCode));
        Assert.Equal(["eu-west-1", "us-east-1", "us-east-1"], calls.Select(c => c.Region));
        Assert.All(calls, c => Assert.Equal(sandbox.Box.Info.AccessKey, c.AccessKey));
        Assert.True(
            Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(
                calls[0].Parameters["imageScanningConfiguration"])["scanOnPush"] is true);
        Assert.Equal("team",
            Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(Assert.IsType<object?[]>(calls[0].Parameters["tags"])[0])["Key"]);
        Assert.Equal(7L, calls[1].Parameters["maxResults"]);
        Assert.Equal(["RoleName"], calls[2].Parameters.Keys);
        Assert.All(calls, c => Assert.True(c.DurationSeconds > 0));
    }

    [Fact]
    public async Task A_push_is_there_request_by_request()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "shop/pizza", region: "eu-west-1");
        await client.PushImage("one", "v1");
        SandboxCall put = Assert.Single(sandbox.Box.Calls, c => c.Operation == "PutManifest");
        Assert.Equal(("registry", "eu-west-1", 201, "shop/pizza", "v1"),
            (put.Service, put.Region, put.Status, put.Parameters["repositoryName"], put.Parameters["reference"]));
        Assert.All(sandbox.Box.Calls.Where(c => c.Operation == "UploadBlob"),
            c => Assert.Equal(("POST", 201), (c.Parameters["method"], c.Status)));
        (_, string? code, _) = await client.Outcome(HttpMethod.Get, "manifests/none");
        Assert.Equal((code, 404), (sandbox.Box.Calls[^1].ErrorCode, sandbox.Box.Calls[^1].Status));
    }

    [Fact]
    public async Task Calls_are_found_by_operation_and_a_misspelt_one_is_told_from_one_that_nobody_called()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("DescribeRepositories", new { });
        await sandbox.EcrError("PutMoonPhase", new { });
        Assert.Single(sandbox.Box.CallsOf(["describe*", "iam:*"]));
        Assert.Single(sandbox.Box.CallsOf(["PutMoonPhase"]));   // the sandbox has it not, but it was called
        Assert.Empty(sandbox.Box.CallsOf(["PutImage", "CreateUser", "ec2:*"]));   // a test may well make sure of that
        PizzaException e = Assert.Throws<PizzaException>(() => sandbox.Box.CallsOf(["*", "DeleteRepositry"]));
        Assert.Equal(("UnknownOperation", "The sandbox has no operation 'DeleteRepositry'. Perhaps you mean DeleteRepository."),
            (e.ErrorId, e.Message));
    }

    [Fact]
    public async Task A_call_is_there_as_soon_as_its_client_knows_the_answer()
    {
        await using TestSandbox sandbox = new();
        for (int i = 1; i <= 200; i++)
        {
            await sandbox.Ecr("DescribeRepositories", new { });
            Assert.Equal(i, sandbox.Box.Calls.Count);
        }
    }

    [Fact]
    public async Task What_no_service_knows_is_there_by_method_and_path()
    {
        await using TestSandbox sandbox = new();
        using HttpResponseMessage answer = await sandbox.Http.GetAsync("/nothing?password=x", TestContext.Current.CancellationToken);
        SandboxCall call = Assert.Single(sandbox.Box.Calls);
        Assert.Equal(("http", "GET /nothing", 404, "UnknownOperationException"),
            (call.Service, call.Operation, call.Status, call.ErrorCode));
    }

    [Fact]
    public async Task Secrets_are_in_no_record()
    {
        await using TestSandbox sandbox = new();
        string token =
            sandbox.Box.IssueGitHubToken(new() { Repository = GitHubRepository.Parse("o/r"), Scope = SubjectScope.Branch("main") });
        await sandbox.Query("AssumeRoleWithWebIdentity", "2011-06-15", ("RoleArn", "arn:aws:iam::123456789012:role/github-ci"),
            ("RoleSessionName", "me"), ("WebIdentityToken", token));
        await sandbox.Query("GetRole", "2010-05-08", ("RoleName", token), ("X-Amz-Security-Token", "s3cret"),
            ("X-Amz-Signature", "s3cret"));
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await client.PushImage("one");
        await sandbox.Send("RegisterTaskDefinition",
            new { containerDefinitions = new[] { new { environment = new[] { new { name = "DB_PASSWORD", value = "s3cret" } } } },
                masterPassword = "s3cret" }, "us-east-1");
        string all = JsonSerializer.Serialize(sandbox.Box.Calls);
        Assert.DoesNotContain(token, all, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", all, StringComparison.Ordinal);
        Assert.DoesNotContain((await RegistryClient.Login(sandbox)).Parameter!, all, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Box.Info.SecretKey, all, StringComparison.Ordinal);
        Assert.Contains("(redacted)", all, StringComparison.Ordinal);
        Assert.Contains("DB_PASSWORD", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_only_turn_pages_are_kept()
    {
        Dictionary<string, object?> kept =
            Redaction.Of(JsonDocument.Parse("""{"nextToken":"abc","authorizationToken":"def"}""").RootElement);
        Assert.Equal(("abc", "(redacted)"), (kept["nextToken"], kept["authorizationToken"]));
    }

    [Fact]
    public void Large_parameters_are_cut()
    {
        string[] many = [.. Enumerable.Repeat("x", 100_000)];
        Dictionary<string, object?> kept =
            Redaction.Of(JsonSerializer.SerializeToElement(new { text = new string('x', 1_000_000), many, layerPartBlob = "AAAA" }));
        Assert.InRange(((string)kept["text"]!).Length, Redaction.Limit / 2, Redaction.Limit + 10);
        Assert.InRange(Redaction.Of(JsonSerializer.SerializeToElement(new { many }))["many"] is object?[] some ? some.Length : -1, 100,
            Redaction.Limit / 32);
        Assert.Equal("(binary)", Redaction.Of(JsonSerializer.SerializeToElement(new { layerPartBlob = "AAAA" }))["layerPartBlob"]);
    }

    [Fact]
    public void Old_calls_are_forgotten_by_number_and_by_size()
    {
        CallLog log = new();
        for (int i = 0; i < CallLog.MaxCalls + 5; i++) log.Add(i, Call(i, "x"));
        Assert.Equal(CallLog.MaxCalls, log.Calls.Count);
        Assert.Equal("5", log.Calls[0].Operation);
        CallLog heavy = new();
        for (int i = 0; i < 2000; i++) heavy.Add(i, Call(i, new string('x', Redaction.Limit)));
        Assert.InRange(heavy.Calls.Count, 400, 512);
        Assert.Equal("1999", heavy.Calls[^1].Operation);
    }

    [Fact]
    public void Calls_come_in_the_order_of_their_beginning()
    {
        CallLog log = new();
        foreach (int i in (int[])[2, 1, 3]) log.Add(i, Call(i, "x"));
        Assert.Equal(["1", "2", "3"], log.Calls.Select(c => c.Operation));
    }

    private static SandboxCall Call(int number, string text) => new()
    {
        Time = DateTimeOffset.UnixEpoch, Service = "ecr", Operation = $"{number}", Region = null, AccessKey = null,
        Parameters = new Dictionary<string, object?> { ["text"] = text },
        Status = 200, ErrorCode = null, DurationSeconds = 0,
    };
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Faults, calls, clock and tokens for those who have no cmdlets.</summary>
public sealed class ControlTests : IAsyncDisposable
{
    private readonly TestSandbox _sandbox = new();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_fault_is_set_and_taken_away_and_calls_are_told()
    {
        JsonNode set = await Ok(HttpMethod.Post, "faults",
            """{"operation":"CreateRepository","error":"ThrottlingException","count":2,"latency":"00:00:00.010"}""");
        Assert.Equal(2, (int)set["count"]!);
        Assert.Equal(HttpStatusCode.BadRequest,
            (await _sandbox.Send("CreateRepository", new { repositoryName = "pizza" }, "us-east-1")).Status);
        JsonNode standing = Assert.Single((await Ok(HttpMethod.Get, "faults")).AsArray())!;
        Assert.Equal(("CreateRepository", 1, 0.01),
            ((string)standing["operation"]!, (int)standing["struck"]!, (double)standing["latencySeconds"]!));
        Assert.Equal("The fault of CreateRepository is gone; it struck 1 calls.",
            (string)(await Ok(HttpMethod.Delete, "faults?operation=Create*"))["removed"]![0]!);
        await _sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        JsonArray calls = (await Ok(HttpMethod.Get, "calls?operation=ecr:Create*")).AsArray();
        Assert.Equal([400, 200], calls.Select(c => (int)c!["status"]!));
        Assert.Equal("pizza", (string)calls[1]!["parameters"]!["repositoryName"]!);
        Assert.Equal(2, (await Ok(HttpMethod.Get, "calls")).AsArray().Count);   // its own requests are not among them
    }

    [Fact]
    public async Task The_clock_moves_and_the_rules_do_their_work()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, "pizza");
        await client.PushImage("one");
        await client.PushImage("two");
        await _sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "pizza",
            lifecyclePolicyText = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}""" });
        DateTimeOffset before = _sandbox.Box.Now;
        JsonNode moved = await Ok(HttpMethod.Post, "clock", """{"days":1,"hours":12}""");
        Assert.InRange((DateTimeOffset)moved["now"]! - before, TimeSpan.FromHours(36), TimeSpan.FromHours(36.1));
        Assert.Single(moved["taken"]!.AsArray());
        Assert.Single((await _sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray());
    }

    [Fact]
    public async Task A_reset_leaves_what_was_there_at_the_start_under_the_same_address_and_keys()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, "pizza");
        await client.PushImage("one");
        await Ok(HttpMethod.Post, "faults", """{"operation":"DescribeRepositories","status":500}""");
        await Ok(HttpMethod.Post, "clock", """{"days":30}""");
        Assert.Equal(HttpStatusCode.OK,
            (await _sandbox.Query("PutRolePolicy", "2010-05-08", ("RoleName", "github-ci"), ("PolicyName", "mine"),
                ("PolicyDocument", IamBox.AllowAll))).Status);
        string before = _sandbox.Box.Folder, key = _sandbox.Info.AccessKey;
        JsonNode answer = await Ok(HttpMethod.Post, "reset", "");
        Assert.InRange((DateTimeOffset)answer["now"]!, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Empty((await Ok(HttpMethod.Get, "calls")).AsArray());
        Assert.Empty((await _sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());   // and without the fault
        Assert.Equal(HttpStatusCode.OK, (await _sandbox.Query("GetRole", "2010-05-08", ("RoleName", "github-ci"))).Status);
        Assert.Equal(HttpStatusCode.NotFound,
            (await _sandbox.Query("GetRolePolicy", "2010-05-08", ("RoleName", "github-ci"), ("PolicyName", "mine"))).Status);
        Assert.Equal(key, _sandbox.Box.Info.AccessKey);
        Assert.False(Directory.Exists(before));
        RegistryClient again = await RegistryClient.Open(_sandbox, "pizza");
        await again.PushImage("one");
        Assert.Single((await _sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"repository":"my-account/jwt-pizza","roleName":"github-ci"}""", true)]
    [InlineData("""{"repository":"my-account/jwt-pizza","branch":"dev","roleName":"github-ci"}""", false)]
    [InlineData("""{"repository":"my-account/jwt-pizza","environment":"production","roleName":"github-ci"}""", false)]
    [InlineData("""{"repository":"my-account/jwt-pizza","pullRequest":true,"roleName":"github-ci"}""", false)]
    [InlineData("""{"repository":"my-account/jwt-pizza","ownerId":1,"repositoryId":2,"roleName":"github-ci"}""", false)]
    public async Task A_token_of_GitHub_is_made_and_explained(string order, bool allowed)
    {
        JsonNode answer = await Ok(HttpMethod.Post, "tokens", order);
        Assert.Equal(allowed, (bool)answer["verdict"]!["allowed"]!);
        (HttpStatusCode status, _) = await _sandbox.Query("AssumeRoleWithWebIdentity", "2011-06-15",
            ("RoleArn", "arn:aws:iam::123456789012:role/github-ci"), ("RoleSessionName", "me"),
            ("WebIdentityToken", (string)answer["token"]!));
        Assert.Equal(allowed, status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("POST", "faults", """{"operation":"PutImmage","status":500}""", "PutImage")]
    [InlineData("POST", "faults", """{"operation":"PutImage"}""", "no trouble")]
    [InlineData("POST", "faults", """{"operation":"PutImage","statuss":500}""", "statuss")]
    [InlineData("POST", "faults", """{"status":500}""", "operation")]
    [InlineData("POST", "faults", "nonsense", "InvalidRequest")]
    [InlineData("POST", "faults", "null", "InvalidRequest")]
    [InlineData("POST", "clock", """{"days":-1}""", "forward")]
    [InlineData("POST", "clock", "{}", "forward")]
    [InlineData("POST", "tokens", """{"repository":"nonsense"}""", "nonsense")]
    [InlineData("POST", "tokens", "{}", "message")]
    [InlineData("POST", "tokens", """{"repository":"o/r","ownerId":1}""", "both IDs")]
    [InlineData("GET", "calls?operation=PutImmage", null, "PutImage")]
    [InlineData("PUT", "moon", null, "There is no PUT /_sandbox/moon")]
    public async Task What_makes_no_sense_is_refused_by_name(string method, string path, string? body, string told)
    {
        (HttpStatusCode status, string answer) = await Send(new(method), path, body);
        Assert.True((int)status is 400 or 404, $"{status} {answer}");
        Assert.Contains(told, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_that_sends_a_form_sets_nothing()
    {
        using StringContent form = new("""{"operation":"*","status":500}""", Encoding.UTF8, "text/plain");
        using HttpResponseMessage answer = await _sandbox.Http.PostAsync("/_sandbox/faults", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await _sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        using HttpResponseMessage reset = await _sandbox.Http.PostAsync("/_sandbox/reset", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, reset.StatusCode);
        Assert.Single((await _sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
    }

    [Fact]
    public async Task A_pytest_of_somebody_asserts_on_what_boto3_did() => Assert.Equal("3 ['pizza']\n", await Peer.Boto3(_sandbox, """
        import boto3, json, os, urllib.request
        def control(what, body=None):
            request = urllib.request.Request(os.environ['AWS_ENDPOINT_URL'] + '/_sandbox/' + what, json.dumps(body).encode() if body else None, {'Content-Type': 'application/json'})
            return json.load(urllib.request.urlopen(request))
        control('faults', {'operation': 'CreateRepository', 'error': 'ThrottlingException', 'count': 2})
        boto3.client('ecr').create_repository(repositoryName='pizza')
        calls = control('calls?operation=CreateRepository')
        print(len(calls), sorted({c['parameters']['repositoryName'] for c in calls}))
        """));

    private async Task<JsonNode> Ok(HttpMethod method, string path, string? body = null)
    {
        (HttpStatusCode status, string answer) = await Send(method, path, body);
        Assert.True(status == HttpStatusCode.OK, answer);
        return JsonNode.Parse(answer)!;
    }

    private async Task<(HttpStatusCode, string)> Send(HttpMethod method, string path, string? body)
    {
        using HttpRequestMessage request =
            new(method, "/_sandbox/" + path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await _sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

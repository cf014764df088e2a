using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Why a call was refused, for users without PowerShell; and who may do what.</summary>
public sealed class ExplainTests : IAsyncDisposable
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15", Repository = "arn:aws:ecr:us-east-1:123456789012:repository/";
    private readonly TestSandbox _sandbox = new(new SandboxOptions { Enforce = true });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_refused_call_is_explained_statement_by_statement_under_its_request_id()
    {
        await _sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        string key = await User("cook", """
            {"Version":"2012-10-17","Statement":[
              {"Sid":"Elsewhere","Effect":"Allow","Action":"ecr:PutImage","Resource":"arn:aws:ecr:us-east-1:123456789012:repository/other"},
              {"Sid":"AtNight","Effect":"Allow","Action":"ecr:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}]}
            """);
        string id = await Refused(key, "PutImage", new { repositoryName = "pizza", imageManifest = "{}" });
        JsonNode explained = (await Get($"explain?requestId={id}"))[0]!;
        Assert.Equal(("ecr", "PutImage", "AccessDeniedException", 400),
            ((string)explained["service"]!, (string)explained["operation"]!, (string)explained["errorCode"]!, (int)explained["status"]!));
        Assert.Equal("arn:aws:iam::123456789012:user/cook", (string)explained["why"]!["caller"]!);
        JsonNode need = Assert.Single(explained["why"]!["permissions"]!.AsArray())!;
        Assert.Equal(("ecr:PutImage", Repository + "pizza", false, "identity-based policy"),
            ((string)need["action"]!, (string)need["resource"]!, (bool)need["allowed"]!, (string)need["missing"]!));
        string[] reasons = [.. need["reasons"]!.AsArray().Select(r => (string)r!)];
        Assert.Equal($"policy 'test' of user 'cook', statement 1 ('Elsewhere'): its resources do not include {Repository}pizza",
            reasons[0]);
        Assert.StartsWith("policy 'test' of user 'cook', statement 2 ('AtNight'): ", reasons[1], StringComparison.Ordinal);
        Assert.Contains("aws:CurrentTime", reasons[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deny_of_the_repository_is_named_and_the_newest_refusal_comes_first()
    {
        await _sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        await _sandbox.Ecr("SetRepositoryPolicy", new
        {
            repositoryName = "pizza",
            policyText = """{"Version":"2012-10-17","Statement":[{"Sid":"Never","Effect":"Deny","Principal":"*","Action":"ecr:ListImages"}]}""",
        });
        string key = await User("cook", IamBox.AllowAll);
        await Refused(key, "ListImages", new { repositoryName = "pizza" });
        string nobody = await User("guest", null);
        await Refused(nobody, "DescribeRepositories", new { });
        JsonArray all = (await Get("explain")).AsArray();
        Assert.Equal(["DescribeRepositories", "ListImages"], all.Select(e => (string)e!["operation"]!));
        Assert.Equal("there is no policy of this type", Reason(all[0]!));
        Assert.Equal("policy of the repository 'pizza', statement 1 ('Never'): denies it", Reason(all[1]!));
        Assert.Single((await Get("explain?operation=List*")).AsArray());
    }

    [Fact]
    public async Task A_push_that_docker_was_refused_and_roles_that_were_not_given_are_explained()
    {
        await _sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        string key = await User("cook",
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"}}""");
        JsonObject token = (await Call(key, "GetAuthorizationToken", new { })).Output;
        RegistryClient client = new(_sandbox, "pizza", new("Basic", (string)token["authorizationData"]![0]!["authorizationToken"]!));
        Assert.Equal(403, (await client.Outcome(HttpMethod.Post, "blobs/uploads/")).Status);
        Assert.Equal("no statement allows ecr:InitiateLayerUpload: policy 'test' of user 'cook'",
            Reason((await Get("explain?operation=registry:*"))[0]!));

        string web = _sandbox.Box.IssueGitHubToken(
            new() { Repository = GitHubRepository.Parse("somebody/else"), Scope = SubjectScope.Branch("main") });
        (HttpStatusCode status,
            _) = await _sandbox.Query("AssumeRoleWithWebIdentity", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/github-ci"),
                ("RoleSessionName", "me"), ("WebIdentityToken", web));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        JsonNode trust = (await Get("explain"))[0]!["why"]!["trust"]!;
        Assert.Equal(("github-ci", false), ((string)trust["roleName"]!, (bool)trust["allowed"]!));
        Assert.Contains("somebody/else", trust["reasons"]!.ToJsonString(), StringComparison.Ordinal);

        (status, _) =
            await _sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/github-ci"), ("RoleSessionName", "me"));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("trust policy of role 'github-ci'", Reason((await Get("explain"))[0]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_policy_refused_has_no_explanation()
    {
        await _sandbox.EcrError("DescribeImages", new { repositoryName = "nowhere" });
        Assert.Empty((await Get("explain")).AsArray());
        using HttpResponseMessage answer = await _sandbox.Http.GetAsync("/_sandbox/explain?requestId=x", Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("UnknownRequest", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_are_those_that_a_call_meets()
    {
        foreach (string name in new[] { "pizza", "other" }) await _sandbox.Ecr("CreateRepository", new { repositoryName = name });
        await User("cook",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"},{"Effect":"Allow","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Resource":"arn:aws:ecr:us-east-1:123456789012:repository/pizza"}]}""");
        JsonArray all = (await Get("rights")).AsArray();
        JsonNode Of(string who, string repository) =>
            all.Single(r => ((string)r!["principal"]!).EndsWith(who, StringComparison.Ordinal)
                && (string)r!["repository"]! == Repository + repository)!["rights"]!;
        bool[] Allowed(string who, string repository) => [.. Of(who, repository).AsObject().Select(r => (bool)r.Value!["allowed"]!)];
        Assert.Equal(["log in", "pull", "push", "delete images", "set its policy"], Of("user/cook", "pizza").AsObject().Select(r => r.Key));
        Assert.Equal([true, true, false, false, false], Allowed("user/cook", "pizza"));
        Assert.Equal([true, false, false, false, false], Allowed("user/cook", "other"));
        Assert.Equal([true, true, true, true, true], Allowed("user/sandbox", "other"));
        Assert.Equal("ecr:BatchCheckLayerAvailability", (string)Of("user/cook", "pizza")["push"]!["action"]!);
    }

    private static string Reason(JsonNode explained) =>
        (string)explained["why"]!["permissions"]!.AsArray().Single(n => !(bool)n!["allowed"]!)!["reasons"]!.AsArray().Single()!;

    private async Task<JsonNode> Get(string path) => JsonNode.Parse(await _sandbox.Http.GetStringAsync("/_sandbox/" + path, Stop))!;

    private async Task<string> User(string name, string? policy)
    {
        await _sandbox.Query("CreateUser", Iam, ("UserName", name));
        if (policy is not null)
            Assert.Equal(HttpStatusCode.OK,
                (await _sandbox.Query("PutUserPolicy", Iam, ("UserName", name), ("PolicyName", "test"),
                    ("PolicyDocument", policy))).Status);
        XElement key = (await _sandbox.Query("CreateAccessKey", Iam, ("UserName", name))).Answer;
        return key.Descendants().Single(e => e.Name.LocalName == "AccessKeyId").Value;
    }

    private async Task<string> Refused(string key, string operation, object input)
    {
        (HttpStatusCode status, string id, JsonObject output) = await Call(key, operation, input);
        Assert.Equal((HttpStatusCode.BadRequest, "AccessDeniedException"), (status, (string)output["__type"]!));
        return id;
    }

    private async Task<(HttpStatusCode Status, string RequestId, JsonObject Output)> Call(string key, string operation, object input)
    {
        using HttpRequestMessage request = new(HttpMethod.Post,
            "/") { Content = new StringContent(JsonSerializer.Serialize(input), Encoding.UTF8, "application/x-amz-json-1.1") };
        request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921." + operation);
        request.Headers.Authorization = new AuthenticationHeaderValue("AWS4-HMAC-SHA256",
            $"Credential={key}/20261121/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0");
        using HttpResponseMessage answer = await _sandbox.Http.SendAsync(request, Stop);
        return (answer.StatusCode, answer.Headers.GetValues("x-amzn-RequestId").Single(),
            JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!.AsObject());
    }
}

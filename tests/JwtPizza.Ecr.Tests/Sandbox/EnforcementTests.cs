using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>A sandbox that enforces policies: what a CI role may do, and AWS's words for what it may not.</summary>
public sealed class EnforcementTests
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15", Me = "arn:aws:sts::123456789012:assumed-role/github-ci/session";
    private const string Push =
        """["ecr:CompleteLayerUpload","ecr:UploadLayerPart","ecr:InitiateLayerUpload","ecr:BatchCheckLayerAvailability","ecr:PutImage","ecr:BatchGetImage"]""";
    private static readonly Dictionary<string, string> s_targets = new()
    {
        ["ecr"] = "AmazonEC2ContainerRegistry_V20150921", ["ecr-public"] = "SpencerFrontendService",
        ["ecs"] = "AmazonEC2ContainerServiceV20141113",
    };

    /// <summary>What any operation of the JSON services needs to say what it is about.</summary>
    private static readonly object s_any = new { repositoryName = "pizza",
        resourceArn = "arn:aws:ecr:us-east-1:123456789012:repository/pizza", cluster = "c", task = "t", taskDefinition = "t", service = "s",
        serviceName = "s",
        services = new[] { "s" }, tasks = new[] { "t" } };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Granted(string repository) => $$"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"},{"Effect":"Allow","Action":{{Push}},"Resource":"arn:aws:ecr:us-east-1:123456789012:repository/{{repository}}"}]}
        """;

    [Fact]
    public async Task The_role_pushes_to_its_repository_makes_none_and_touches_no_other()
    {
        await using TestSandbox sandbox = await Open("granted", "other");
        Credentials ci = await Assume(sandbox);
        await Allow(sandbox, Granted("granted"));
        AuthenticationHeaderValue login = await Login(sandbox, ci);
        Digest pushed = await new RegistryClient(sandbox, "granted", login).PushImage("one");
        Assert.Equal(pushed.Value,
            (string?)(await sandbox.Ecr("DescribeImages", new { repositoryName = "granted" }))["imageDetails"]![0]!["imageDigest"]);

        (HttpStatusCode status, JsonObject refused) = await Ecr(sandbox, ci, "CreateRepository", new { repositoryName = "x1" });
        Assert.Equal((HttpStatusCode.BadRequest, "AccessDeniedException", Lacking("ecr:CreateRepository", "x1")),
            (status, (string)refused["__type"]!, (string)refused["message"]!));
        Assert.Equal((403, "DENIED", Lacking("ecr:InitiateLayerUpload", "other")),
            await new RegistryClient(sandbox, "other", login).Outcome(HttpMethod.Post, "blobs/uploads/"));
        Assert.Equal((403, "DENIED", Lacking("ecr:GetDownloadUrlForLayer", "granted")),
            await new RegistryClient(sandbox, "granted", login).Outcome(HttpMethod.Get, $"blobs/{pushed}"));

        await sandbox.Query("DeleteRolePolicy", Iam, ("RoleName", "github-ci"), ("PolicyName", "test"));
        Assert.Equal((403, "DENIED", Lacking("ecr:InitiateLayerUpload", "granted")),
            await new RegistryClient(sandbox, "granted", login).Outcome(HttpMethod.Post, "blobs/uploads/"));
        (_, refused) = await Ecr(sandbox, ci, "GetAuthorizationToken", new { });
        Assert.Equal(
            $"User: {Me} is not authorized to perform: ecr:GetAuthorizationToken on resource: " +
            "* because no identity-based policy allows the ecr:GetAuthorizationToken action", (string)refused["message"]!);
    }

    [Fact]
    public async Task The_administrator_may_do_everything_and_without_Enforce_so_may_the_role()
    {
        await using TestSandbox enforcing = await Open("granted"), open = new();
        await (await RegistryClient.Open(enforcing, "mine")).PushImage("one");
        (HttpStatusCode status, _) = await Ecr(open, await Assume(open), "CreateRepository", new { repositoryName = "x1" });
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("""{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ecr:Create*","Resource":"*"}""", null, null,
        "with an explicit deny in an identity-based policy")]
    [InlineData("""{"Effect":"Allow","Action":"*","Resource":"*"}""", """{"Effect":"Allow","Action":"ecr:Describe*","Resource":"*"}""",
        null, "because no session policy allows the ecr:CreateRepository action")]
    [InlineData("""{"Effect":"Allow","Action":"*","Resource":"*"}""",
        """{"Effect":"Deny","Action":"ecr:CreateRepository","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}""", null,
        "with an explicit deny in a session policy")]
    [InlineData("""{"Effect":"Allow","Action":"s3:*","Resource":"*"}""", """{"Effect":"Allow","Action":"*","Resource":"*"}""", null,
        "because no identity-based policy allows the ecr:CreateRepository action")]
    [InlineData("""{"Effect":"Allow","Action":"*","Resource":"*"}""", null,
        """{"Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"ecr:CreateRepository","Resource":"*"}""",
        "with an explicit deny in a resource-based policy")]
    [InlineData("""{"Effect":"Allow","Action":"ecr:*","Resource":"arn:aws:ecr:us-east-1:123456789012:repository/y*"}""", null, null,
        "because no identity-based policy allows the ecr:CreateRepository action")]
    [InlineData("""{"Effect":"Allow","Action":"ecr:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"pizza"}}}""", null,
        null, "because no identity-based policy allows the ecr:CreateRepository action")]
    [InlineData("""{"Effect":"Allow","Action":"ecr:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}""",
        null, null, null)]
    [InlineData("""{"Effect":"Allow","Action":"ecr:CreateRepository","Resource":"arn:aws:ecr:*:*:repository/x?"}""",
        """{"Effect":"Allow","Action":"ecr:*","Resource":"*"}""", null, null)]
    public async Task All_policies_are_put_together_as_AWS_does(string role, string? session, string? registry, string? refusal)
    {
        await using TestSandbox sandbox = await Open();
        await Allow(sandbox, Document(role));
        if (registry is not null) await sandbox.Ecr("PutRegistryPolicy", new { policyText = Document(registry) });
        (HttpStatusCode status,
            JsonObject answer) = await Ecr(sandbox, await Assume(sandbox, session is null ? null : Document(session)), "CreateRepository",
                new { repositoryName = "xx" });
        if (refusal is null) Assert.True(status == HttpStatusCode.OK, answer.ToJsonString());
        else Assert.Equal($"User: {Me} is not authorized to perform: ecr:CreateRepository on resource: " +
            $"arn:aws:ecr:us-east-1:123456789012:repository/xx {refusal}", (string)answer["message"]!);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/github-ci", null)]
    [InlineData("*", null)]
    [InlineData("arn:aws:iam::123456789012:root", "because no identity-based policy allows the ecr:DescribeImages action")]
    [InlineData("arn:aws:iam::999999999999:root", "because no identity-based policy allows the ecr:DescribeImages action")]
    public async Task A_repository_that_names_the_role_needs_no_policy_of_the_role(string principal, string? refusal)
    {
        await using TestSandbox sandbox = await Open("shared");
        string who = principal == "*" ? "\"*\"" : $$"""{"AWS":"{{principal}}"}""";
        await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "shared",
            policyText = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{{who}},"Action":"ecr:Describe*"}]}""" });
        (HttpStatusCode status, JsonObject answer) =
            await Ecr(sandbox, await Assume(sandbox), "DescribeImages", new { repositoryName = "shared" });
        if (refusal is null) Assert.Equal(HttpStatusCode.OK, status);
        else Assert.EndsWith(refusal, (string)answer["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_of_another_account_must_let_the_role_in_itself()
    {
        await using TestSandbox sandbox = await Open();
        await Allow(sandbox, Document("""{"Effect":"Allow","Action":"*","Resource":"*"}"""));
        Credentials ci = await Assume(sandbox);
        await Ecr(sandbox, s_other, "CreateRepository", new { repositoryName = "theirs" });
        (_, JsonObject answer) = await Ecr(sandbox, ci, "DescribeImages", new { repositoryName = "theirs", registryId = "999999999999" });
        Assert.EndsWith("repository/theirs because no resource-based policy allows the ecr:DescribeImages action",
            (string)answer["message"]!, StringComparison.Ordinal);
        string policy =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"ecr:DescribeImages"}]}""";
        await Ecr(sandbox, s_other, "SetRepositoryPolicy", new { repositoryName = "theirs", policyText = policy });
        Assert.Equal(HttpStatusCode.OK,
            (await Ecr(sandbox, ci, "DescribeImages", new { repositoryName = "theirs", registryId = "999999999999" })).Status);
    }

    [Fact]
    public async Task The_administrator_of_one_account_needs_the_policy_of_the_other()
    {
        await using TestSandbox sandbox = await Open("ours");
        (HttpStatusCode status, JsonObject answer) =
            await Ecr(sandbox, s_other, "DescribeImages", new { repositoryName = "ours", registryId = "123456789012" });
        Assert.Equal(
            (HttpStatusCode.BadRequest, "User: arn:aws:iam::999999999999:root is not authorized to perform: " +
                "ecr:DescribeImages on resource: arn:aws:ecr:us-east-1:123456789012:repository/ours because no resource-based policy " +
                "allows the ecr:DescribeImages action"),
            (status, (string)answer["message"]!));
        string root = Document("""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"ecr:Describe*"}""");
        await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "ours", policyText = root });
        Assert.Equal(HttpStatusCode.OK,
            (await Ecr(sandbox, s_other, "DescribeImages", new { repositoryName = "ours", registryId = "123456789012" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest,
            (await Ecr(sandbox, s_other, "DeleteRepository", new { repositoryName = "ours", registryId = "123456789012" })).Status);
    }

    [Fact]
    public async Task An_access_key_that_nobody_was_given_is_refused_by_every_protocol()
    {
        await using TestSandbox enforcing = await Open(), open = new();
        Credentials invented = new("AKIAIOSFODNN7EXAMPLE", "");
        (HttpStatusCode status, JsonObject answer) = await Ecr(enforcing, invented, "DescribeRepositories", new { });
        Assert.Equal((HttpStatusCode.BadRequest, "UnrecognizedClientException"), (status, (string)answer["__type"]!));
        Assert.Equal("InvalidClientTokenId",
            Value(await StsSessionTests.Call(enforcing, invented.Key, "", "GetCallerIdentity", Sts), "Code"));
        Assert.Equal(HttpStatusCode.OK, (await Ecr(open, invented, "DescribeRepositories", new { })).Status);
    }

    [Fact]
    public async Task A_user_may_do_what_the_policies_of_the_user_and_of_the_groups_allow()
    {
        await using TestSandbox sandbox = await Open("pizza");
        string arn = Value((await sandbox.Query("CreateUser", Iam, ("UserName", "ada"))).Answer, "Arn");
        XElement made = (await sandbox.Query("CreateAccessKey", Iam, ("UserName", "ada"))).Answer;
        Credentials ada = new(Value(made, "AccessKeyId"), "");
        Assert.Equal(arn, Value(await StsSessionTests.Call(sandbox, ada.Key, "", "GetCallerIdentity", Sts), "Arn"));
        Assert.Equal(
            $"User: {arn} is not authorized to perform: ecr:DescribeImages on resource: " +
            "arn:aws:ecr:us-east-1:123456789012:repository/pizza because no identity-based policy allows the ecr:DescribeImages action",
                await Refusal());
        await sandbox.Query("CreateGroup", Iam, ("GroupName", "bakers"));
        await sandbox.Query("AttachGroupPolicy", Iam, ("GroupName", "bakers"),
            ("PolicyArn", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"));
        await sandbox.Query("AddUserToGroup", Iam, ("GroupName", "bakers"), ("UserName", "ada"));
        Assert.Null(await Refusal());
        await sandbox.Query("PutUserPermissionsBoundary", Iam, ("UserName", "ada"),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/AmazonS3FullAccess"));
        Assert.EndsWith("because no permissions boundary allows the ecr:DescribeImages action", await Refusal(), StringComparison.Ordinal);
        string named = Document($$"""{"Effect":"Allow","Principal":{"AWS":"{{arn}}"},"Action":"ecr:DescribeImages"}""");
        await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = named });
        Assert.Null(await Refusal());   // what is given to the user by name, a boundary does not cut
        await sandbox.Query("UpdateAccessKey", Iam, ("UserName", "ada"), ("AccessKeyId", ada.Key), ("Status", "Inactive"));
        Assert.Equal("The security token included in the request is invalid.", await Refusal());

        async Task<string?> Refusal() =>
            (string?)(await Ecr(sandbox, ada, "DescribeImages", new { repositoryName = "pizza" })).Output["message"];
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/nobody", false)]
    [InlineData("arn:aws:iam::123456789012:user/nobody", false)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/nobody/session", false)]
    [InlineData("AROAABCDEFGHIJKLMNOPQ", false)]
    [InlineData("arn:aws:iam::123456789012:role/github-ci", true)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/github-ci/session", true)]
    [InlineData("arn:aws:iam::123456789012:user/sandbox", true)]
    [InlineData("arn:aws:iam::210987654321:role/of-another-account", true)]
    [InlineData("210987654321", true)]
    public async Task A_policy_that_names_somebody_who_does_not_exist_is_refused(string principal, bool taken)
    {
        await using TestSandbox sandbox = await Open("pizza");
        string policy = Document($$"""{"Effect":"Allow","Principal":{"AWS":["{{principal}}"]},"Action":"ecr:DescribeImages"}""");
        if (taken) await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = policy });
        else Assert.Contains("Invalid repository policy provided",
            (await sandbox.EcrError("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = policy })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_made_a_moment_ago_does_not_exist_yet_for_the_policy_of_a_repository()
    {
        await using TestSandbox sandbox = new(new() { Enforce = true, ConsistencyDelay = TimeSpan.FromMinutes(1) });
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        await sandbox.Query("CreateRole", Iam, ("RoleName", "fresh"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust));
        object input = new { repositoryName = "pizza",
            policyText = Document(
                """{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/fresh"},"Action":"ecr:DescribeImages"}""") };
        Assert.Contains("Invalid repository policy provided", (await sandbox.EcrError("SetRepositoryPolicy", input)).Message,
            StringComparison.Ordinal);
        sandbox.Box.Advance(TimeSpan.FromMinutes(2));
        await sandbox.Ecr("SetRepositoryPolicy", input);
    }

    [Fact]
    public async Task A_policy_that_locks_its_writer_out_needs_force()
    {
        await using TestSandbox sandbox = await Open("pizza");
        string deny = Document("""{"Effect":"Deny","Principal":"*","Action":"ecr:SetRepositoryPolicy"}""");
        Assert.Equal("InvalidParameterException",
            (await sandbox.EcrError("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = deny })).Code);
        await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = deny, force = true });
        (_, JsonObject answer) =
            await Ecr(sandbox, new(sandbox.Info.AccessKey, ""), "SetRepositoryPolicy", new { repositoryName = "pizza", policyText = deny });
        Assert.Equal("AccessDeniedException", (string)answer["__type"]!);
        Assert.EndsWith(
            "ecr:SetRepositoryPolicy on resource: arn:aws:ecr:us-east-1:123456789012:repository/pizza with an explicit deny in a " +
            "resource-based policy", (string)answer["message"]!, StringComparison.Ordinal);
        await sandbox.Ecr("DeleteRepositoryPolicy", new { repositoryName = "pizza" });
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public async Task Only_temporary_credentials_have_a_time_of_issue(string missing, bool allowed)
    {
        await using TestSandbox sandbox = await Open("pizza");
        await Allow(sandbox,
            Document(
                $$$$"""{"Effect":"Allow","Action":"ecr:*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":"{{{{missing}}}}"}}}"""));
        Assert.Equal(allowed,
            (await Ecr(sandbox, await Assume(sandbox), "DescribeImages", new { repositoryName = "pizza" })).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Calls_of_IAM_are_held_against_the_policies_too_and_everybody_may_ask_who_they_are()
    {
        await using TestSandbox sandbox = await Open();
        Credentials ci = await Assume(sandbox);
        XElement refused = await StsSessionTests.Call(sandbox, ci.Key, ci.Token, "GetRole", Iam, ("RoleName", "github-ci"));
        Assert.Equal("AccessDenied", Value(refused, "Code"));
        Assert.Equal(
            $"User: {Me} is not authorized to perform: iam:GetRole on resource: arn:aws:iam::123456789012:role/github-ci because no " +
            "identity-based policy allows the iam:GetRole action", Value(refused, "Message"));
        await Allow(sandbox,
            Document("""{"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:iam::123456789012:role/github-*"}"""));
        Assert.Equal("github-ci",
            Value(await StsSessionTests.Call(sandbox, ci.Key, ci.Token, "GetRole", Iam, ("RoleName", "github-ci")), "RoleName"));
        Assert.Equal(Me, Value(await StsSessionTests.Call(sandbox, ci.Key, ci.Token, "GetCallerIdentity", Sts), "Arn"));
    }

    [Fact]
    public async Task An_operation_that_the_sandbox_does_not_have_is_named_to_every_caller()
    {
        await using TestSandbox sandbox = await Open();
        (HttpStatusCode status, JsonObject answer) = await Ecr(sandbox, await Assume(sandbox), "MakeCoffee", new { });
        Assert.Equal((HttpStatusCode.BadRequest, "UnknownOperationException"), (status, (string)answer["__type"]!));
        Assert.Contains("MakeCoffee", (string)answer["message"]!, StringComparison.Ordinal);
        using HttpResponseMessage unsigned = await sandbox.Http.PostAsync("/",
            new FormUrlEncodedContent([new("Action", "AssumeRoleWithSAML"), new("Version", Sts)]), TestContext.Current.CancellationToken);
        string error = await unsigned.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.BadRequest, true),
            (unsigned.StatusCode,
                error.Contains("InvalidAction", StringComparison.Ordinal)
                    && error.Contains("AssumeRoleWithSAML", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_tables_have_every_operation_that_the_sandbox_has()
    {
        await using TestSandbox sandbox = await Open();
        Credentials ci = await Assume(sandbox);
        foreach (string[] name in sandbox.Box.Operations.Select(o => o.Split(':')).Where(n => n[0] is not "registry" and not "sts"))
        {
            string refused = name[0] == "iam"
                ? (await StsSessionTests.Call(sandbox, ci.Key, ci.Token, name[1], Iam, ("RoleName", "r"))).Value
                : (await Call(sandbox, ci, name[0], name[1], s_any)).Output.ToJsonString();
            Assert.True(refused.Contains("no identity-based policy allows the", StringComparison.Ordinal),
                $"{name[0]}:{name[1]}: {refused}");
        }
    }

    [Fact]
    public async Task ECR_Public_has_permissions_of_its_own_and_its_login_needs_two()
    {
        await using TestSandbox sandbox = await Open();
        await sandbox.Json("ecr-public", "SpencerFrontendService", "CreateRepository", new { repositoryName = "pizza" });
        Credentials ci = await Assume(sandbox);
        string login = """{"Effect":"Allow","Action":"ecr-public:GetAuthorizationToken","Resource":"*"}""";
        await Allow(sandbox, Document(login));
        Assert.EndsWith(
            "perform: sts:GetServiceBearerToken on resource: * because no identity-based policy allows the sts:GetServiceBearerToken " +
            "action", await Refused("GetAuthorizationToken", new { }), StringComparison.Ordinal);
        await Allow(sandbox, Document(login + """,{"Effect":"Allow","Action":["sts:GetServiceBearerToken","ecr:*"],"Resource":"*"}"""));
        RegistryClient client =
            await RegistryClient.OpenPublic(sandbox, "pizza",
                (string)(await Call(sandbox, ci, "ecr-public", "GetAuthorizationToken",
                    new { })).Output["authorizationData"]!["authorizationToken"]!);
        string mine = "arn:aws:ecr-public::123456789012:repository/pizza";
        Assert.Equal(
            (403, "DENIED", $"User: {Me} is not authorized to perform: ecr-public:InitiateLayerUpload on resource: " +
                $"{mine} because no identity-based policy allows the ecr-public:InitiateLayerUpload action"),
            await client.Outcome(HttpMethod.Post, "blobs/uploads/"));
        Assert.Equal(404, (await client.Outcome(HttpMethod.Get, "manifests/none")).Status);   // everybody may pull
        Assert.Contains($"ecr-public:DescribeImages on resource: {mine}", await Refused("DescribeImages", new { repositoryName = "pizza" }),
            StringComparison.Ordinal);
        await Allow(sandbox, Document(login + $$""",{"Effect":"Allow","Action":"ecr-public:*","Resource":"{{mine}}"}"""));
        await client.PushImage("one");
        Assert.Single(
            (await Call(sandbox, ci, "ecr-public", "DescribeImages", new { repositoryName = "pizza" })).Output["imageDetails"]!.AsArray());

        async Task<string> Refused(string operation, object input) =>
            (string)(await Call(sandbox, ci, "ecr-public", operation, input)).Output["message"]!;
    }

    [Fact]
    public async Task Boto3_shows_the_refusal()
    {
        await using TestSandbox sandbox = await Open("granted", "other");
        await Allow(sandbox, Granted("granted"));
        Credentials ci = await Assume(sandbox);
        string printed = await Peer.Boto3(sandbox, $"""
            import boto3
            s = boto3.Session('{ci.Key}', 'x', '{ci.Token}')
            try: s.client('ecr').create_repository(repositoryName='x1')
            except Exception as e: print(e)
            try: s.client('iam').list_roles()
            except Exception as e: print(e)
            """);
        Assert.Contains(
            "An error occurred (AccessDeniedException) when calling the CreateRepository operation: " +
            $"{Lacking("ecr:CreateRepository", "x1")}", printed, StringComparison.Ordinal);
        Assert.Contains(
            $"An error occurred (AccessDenied) when calling the ListRoles operation: User: {Me} is not authorized to perform: " +
            "iam:ListRoles on resource: arn:aws:iam::123456789012:role/ because", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage"]""",
        "ecr:InitiateLayerUpload on resource: arn:aws:ecr:us-east-1:123456789012:repository/pizza because")]
    [InlineData(
        """["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:InitiateLayerUpload","ecr:UploadLayerPart","ecr:CompleteLayerUpload"]""", "ecr:PutImage on resource: arn:aws:ecr:us-east-1:123456789012:repository/pizza because")]
    [InlineData("\"ecr:PutImage\"", "ecr:InitiateLayerUpload on resource: arn:aws:ecr:us-east-1:123456789012:repository/pizza because")]
    public async Task Docker_shows_the_sentence_of_a_refusal(string actions, string told)
    {
        await using TestSandbox sandbox = await Open("pizza");
        await Allow(sandbox,
            Document(
                $$"""{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"},{"Effect":"Allow","Action":{{actions}},"Resource":"*"}"""));
        using DockerPeer docker = await DockerPeer.Open(sandbox, (await Login(sandbox, await Assume(sandbox))).Parameter);
        string image = $"{sandbox.Info.RegistryHost}/pizza:v1";
        await docker.Run("build", "--tag", image, docker.Context("hello"));
        try
        {
            string refused = await docker.Fail("push", image);
            Assert.True(refused.Contains(told, StringComparison.Ordinal), refused);
        }
        finally { await docker.Run("rmi", image); }
    }

    [Fact]
    public async Task Skopeo_pushes_where_the_role_may_and_is_denied_elsewhere()
    {
        await using TestSandbox sandbox = await Open("granted", "other");
        await (await RegistryClient.Open(sandbox, "source")).PushImage("one");
        await Allow(sandbox, Granted("granted"));
        string admin = await SkopeoPeer.Login(sandbox), host = sandbox.Box.Info.RegistryHost;
        string ci = Encoding.UTF8.GetString(Convert.FromBase64String((await Login(sandbox, await Assume(sandbox))).Parameter!));
        string[] Copy(string target) =>
            ["copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--src-creds", admin, "--dest-creds", ci,
                $"docker://{host}/source:latest", $"docker://{host}/{target}:v1"];
        await SkopeoPeer.Run(Copy("granted"));
        (int exit, _, string errors) = await Peer.RunAsync("skopeo", Copy("other"), new Dictionary<string, string>());
        Assert.NotEqual(0, exit);
        Assert.Contains("403", errors, StringComparison.Ordinal);
        Assert.Empty((await sandbox.Ecr("DescribeImages", new { repositoryName = "other" }))["imageDetails"]!.AsArray());
        Assert.Single((await sandbox.Ecr("DescribeImages", new { repositoryName = "granted" }))["imageDetails"]!.AsArray());
    }

    private sealed record Credentials(string Key, string Token);

    /// <summary>The administrator of another account.</summary>
    private static readonly Credentials s_other = new("999999999999", "");

    private static string Lacking(string action, string repository) =>
        $"User: {Me} is not authorized to perform: {action} on resource: arn:aws:ecr:us-east-1:123456789012:repository/{repository} " +
        $"because no identity-based policy allows the {action} action";

    private static string Document(string statements) => $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}""";

    private static async Task<TestSandbox> Open(params string[] repositories)
    {
        TestSandbox sandbox = new(new() { Enforce = true });
        foreach (string name in repositories) await sandbox.Ecr("CreateRepository", new { repositoryName = name });
        return sandbox;
    }

    private static async Task Allow(TestSandbox sandbox, string document)
    {
        (HttpStatusCode status, XElement answer) =
            await sandbox.Query("PutRolePolicy", Iam, ("RoleName", "github-ci"), ("PolicyName", "test"), ("PolicyDocument", document));
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
    }

    private static async Task<Credentials> Assume(TestSandbox sandbox, string? policy = null)
    {
        string token = sandbox.Box.IssueGitHubToken(
            new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") });
        Dictionary<string, string> fields = new()
        {
            ["Action"] = "AssumeRoleWithWebIdentity", ["Version"] = Sts, ["RoleArn"] = "arn:aws:iam::123456789012:role/github-ci",
            ["RoleSessionName"] = "session", ["WebIdentityToken"] = token,
        };
        if (policy is not null) fields["Policy"] = policy;
        using FormUrlEncodedContent form = new(fields);
        using HttpResponseMessage answer = await sandbox.Http.PostAsync("/", form, Stop);
        XElement credentials = XElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return new(Value(credentials, "AccessKeyId"), Value(credentials, "SessionToken"));
    }

    private static async Task<AuthenticationHeaderValue> Login(TestSandbox sandbox, Credentials who) =>
        new("Basic",
            (string)(await Ecr(sandbox, who, "GetAuthorizationToken", new { })).Output["authorizationData"]![0]!["authorizationToken"]!);

    private static Task<(HttpStatusCode Status, JsonObject Output)> Ecr(
        TestSandbox sandbox, Credentials who, string operation, object input) => Call(sandbox, who, "ecr", operation, input);

    private static async Task<(HttpStatusCode Status, JsonObject Output)> Call(
        TestSandbox sandbox, Credentials who, string service, string operation, object input)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new StringContent(JsonSerializer.Serialize(input)) };
        request.Headers.Authorization =
            new("AWS4-HMAC-SHA256", $"Credential={who.Key}/20261121/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        if (who.Token.Length > 0) request.Headers.Add("X-Amz-Security-Token", who.Token);
        request.Headers.Add("X-Amz-Target", $"{s_targets[service]}.{operation}");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, Stop);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!.AsObject());
    }

    private static string Value(XElement answer, string name) => answer.Descendants().First(e => e.Name.LocalName == name).Value;
}

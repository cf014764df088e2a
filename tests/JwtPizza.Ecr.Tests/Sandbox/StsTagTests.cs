using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Tags of sessions, and who is behind them.</summary>
public sealed class StsTagTests
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15", Account = "123456789012";
    private static readonly (string, string)[] s_tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "pizza")];

    [Fact]
    public async Task Who_passes_tags_needs_a_permission_for_it()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "plain", "\"sts:AssumeRole\"");
        await Role(sandbox, "tagged", """["sts:AssumeRole","sts:TagSession"]""");
        Assert.Equal(
            $"User: arn:aws:iam::{Account}:user/sandbox is not authorized to perform: sts:TagSession on resource: " +
            $"arn:aws:iam::{Account}:role/plain", Value(await Assume(sandbox, null, "plain", s_tag), "Message"));
        XElement plain = await Assume(sandbox, null, "plain"), tagged = await Assume(sandbox, null, "tagged", s_tag);
        Assert.Null(Find(plain, "PackedPolicySize"));
        Assert.InRange(int.Parse(Value(tagged, "PackedPolicySize"), null), 1, 100);
    }

    [Theory]
    [InlineData("pizza", true)]
    [InlineData("pasta", false)]
    public async Task A_trust_policy_can_look_at_the_tags_that_are_asked_for(string team, bool allowed)
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "ops", """["sts:AssumeRole","sts:TagSession"]""",
            """{"StringEquals":{"aws:RequestTag/team":"pizza"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}""");
        XElement answer = await Assume(sandbox, null, "ops", ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", team));
        Assert.Equal(allowed, Find(answer, "AccessKeyId") is not null);
    }

    [Fact]
    public async Task A_policy_sees_the_tags_of_a_session_and_a_tag_of_the_session_wins()
    {
        await using TestSandbox sandbox = new(new() { Enforce = true });
        await Role(sandbox, "ops", """["sts:AssumeRole","sts:TagSession"]""");
        await sandbox.Query("TagRole", Iam, ("RoleName", "ops"), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "pasta"));
        await sandbox.Query("PutRolePolicy", Iam, ("RoleName", "ops"), ("PolicyName", "p"), ("PolicyDocument",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"pizza"}}}]}"""));
        Assert.Equal("AccessDenied", Value(await GetRole(await Assume(sandbox, null, "ops")), "Code"));
        Assert.Equal("ops", Value(await GetRole(await Assume(sandbox, null, "ops", s_tag)), "RoleName"));

        Task<XElement> GetRole(XElement session) => StsSessionTests.Call(sandbox, session, "GetRole", Iam, ("RoleName", "ops"));
    }

    [Fact]
    public async Task A_transitive_tag_goes_on_and_cannot_be_set_again()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "first", """["sts:AssumeRole","sts:TagSession"]""");
        await Role(sandbox, "second", """["sts:AssumeRole","sts:TagSession"]""", """{"StringEquals":{"aws:PrincipalTag/team":"pizza"}}""");
        await Role(sandbox, "untagged", "\"sts:AssumeRole\"");
        await sandbox.Query("PutRolePolicy", Iam, ("RoleName", "first"), ("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll));
        XElement first = await Assume(sandbox, null, "first", [.. s_tag, ("TransitiveTagKeys.member.1", "team")]);
        Assert.NotNull(Find(await Assume(sandbox, first, "second"), "AccessKeyId"));
        Assert.EndsWith("sts:TagSession on resource: arn:aws:iam::123456789012:role/untagged",
            Value(await Assume(sandbox, first, "untagged"), "Message"), StringComparison.Ordinal);
        XElement again = await Assume(sandbox, first, "second", ("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "pasta"));
        Assert.Equal(
            ("InvalidParameterValue", "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag " +
                "key from the calling session."), (Value(again, "Code"), Value(again, "Message")));
    }

    [Fact]
    public async Task Tags_that_contradict_themselves_are_refused()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "ops", """["sts:AssumeRole","sts:TagSession"]""");
        XElement twice = await Assume(sandbox, null, "ops", [.. s_tag, ("Tags.member.2.Key", "Team"), ("Tags.member.2.Value", "x")]);
        Assert.Equal(("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
            (Value(twice, "Code"), Value(twice, "Message")));
        XElement unknown = await Assume(sandbox, null, "ops", [.. s_tag, ("TransitiveTagKeys.member.1", "other")]);
        Assert.Equal("The specified transitive tag key must be included in the requested tags.", Value(unknown, "Message"));
        XElement many = await Assume(sandbox, null, "ops",
            [.. Enumerable.Range(1, 51).SelectMany(i => new[] { ($"Tags.member.{i}.Key", $"k{i}"), ($"Tags.member.{i}.Value", "v") })]);
        Assert.Contains("at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50", Value(many, "Message"),
            StringComparison.Ordinal);
        Assert.NotNull(
            Find(await Assume(sandbox, null, "ops",
                [.. Enumerable.Range(1, 50)
                    .SelectMany(i => new[] { ($"Tags.member.{i}.Key", $"key{i}"), ($"Tags.member.{i}.Value", "value") })]), "AccessKeyId"));
    }

    [Fact]
    public async Task Who_is_behind_a_session_stays_over_a_chain_of_roles()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "first", """["sts:AssumeRole","sts:SetSourceIdentity"]""");
        await Role(sandbox, "second", """["sts:AssumeRole","sts:SetSourceIdentity"]""",
            """{"StringEquals":{"aws:SourceIdentity":"ada"}}""");
        await Role(sandbox, "without", "\"sts:AssumeRole\"");
        await sandbox.Query("PutRolePolicy", Iam, ("RoleName", "first"), ("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll));
        Assert.EndsWith("sts:SetSourceIdentity on resource: arn:aws:iam::123456789012:role/without",
            Value(await Assume(sandbox, null, "without", ("SourceIdentity", "ada")), "Message"), StringComparison.Ordinal);
        XElement first = await Assume(sandbox, null, "first", ("SourceIdentity", "ada"));
        Assert.Equal("ada", Value(first, "SourceIdentity"));
        Assert.Equal("ada", Value(await Assume(sandbox, first, "second"), "SourceIdentity"));
        Assert.Equal("AccessDenied", Value(await Assume(sandbox, first, "second", ("SourceIdentity", "bob")), "Code"));
    }

    [Fact]
    public async Task The_credentials_of_a_users_session_are_not_for_IAM_and_give_no_others()
    {
        await using TestSandbox sandbox = new();
        XElement session = (await sandbox.Query("GetSessionToken", Sts)).Answer,
            federated = (await sandbox.Query("GetFederationToken", Sts, ("Name", "deployer"))).Answer;
        Assert.Equal("InvalidClientTokenId", Value(await StsSessionTests.Call(sandbox, session, "ListRoles", Iam), "Code"));
        Assert.Equal($"arn:aws:iam::{Account}:user/sandbox",
            Value(await StsSessionTests.Call(sandbox, session, "GetCallerIdentity", Sts), "Arn"));
        Assert.Equal("Cannot call GetSessionToken with session credentials",
            Value(await StsSessionTests.Call(sandbox, session, "GetSessionToken", Sts), "Message"));
        Assert.Equal($"arn:aws:sts::{Account}:federated-user/deployer",
            Value(await StsSessionTests.Call(sandbox, federated, "GetCallerIdentity", Sts), "Arn"));
        Assert.Equal(Account,
            Value((await sandbox.Query("GetAccessKeyInfo", Sts, ("AccessKeyId", Value(federated, "AccessKeyId")))).Answer, "Account"));
        Assert.Equal("InvalidAuthorizationMessageException",
            Value((await sandbox.Query("DecodeAuthorizationMessage", Sts, ("EncodedMessage", "x"))).Answer, "Code"));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("ecr:Describe*", true)]
    [InlineData("s3:*", false)]
    public async Task A_federated_user_may_do_what_the_policy_of_the_session_allows(string? action, bool allowed)
    {
        await using TestSandbox sandbox = new(new() { Enforce = true });
        (string, string)[] policy = action is null
            ? [] : [("Policy", $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"*"}]}""")];
        XElement federated = (await sandbox.Query("GetFederationToken", Sts, [("Name", "deployer"), .. policy])).Answer;
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new StringContent("{}") };
        request.Headers.Authorization = new("AWS4-HMAC-SHA256",
            $"Credential={Value(federated, "AccessKeyId")}/20261121/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0");
        request.Headers.Add("X-Amz-Security-Token", Value(federated, "SessionToken"));
        request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(allowed, answer.IsSuccessStatusCode);
    }

    private static async Task<XElement> Assume(TestSandbox sandbox, XElement? from, string role, params (string, string)[] more)
    {
        (string, string)[] fields = [("RoleArn", $"arn:aws:iam::{Account}:role/{role}"), ("RoleSessionName", "me"), .. more];
        return from is null ? (await sandbox.Query("AssumeRole", Sts, fields)).Answer
            : await StsSessionTests.Call(sandbox, from, "AssumeRole", Sts, fields);
    }

    private static async Task Role(TestSandbox sandbox, string name, string actions, string? condition = null)
    {
        string trust =
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{Account}}"},"Action":{{actions}}{{(condition is null ? "" : $",\"Condition\":{condition}")}}}]}""";
        (System.Net.HttpStatusCode status, XElement answer) =
            await sandbox.Query("CreateRole", Iam, ("RoleName", name), ("AssumeRolePolicyDocument", trust));
        Assert.True(status == System.Net.HttpStatusCode.OK, answer.ToString());
    }

    private static string Value(XElement answer, string name) =>
        Find(answer, name) ?? throw new InvalidOperationException($"no {name} in {answer}");

    private static string? Find(XElement answer, string name) => answer.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
}

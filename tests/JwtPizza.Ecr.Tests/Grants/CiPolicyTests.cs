using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Grants;

public sealed class CiPolicyTests
{
    private const string Arn = "arn:aws:ecr:us-east-1:012345678901:repository/jwt-pizza-service";
    private static readonly CiGrant s_grant = CiGrant.For(Arn, null, null, "jwt-pizza-ecs");
    private static readonly CiGrant s_other =
        CiGrant.For(Arn.Replace("service", "worker", StringComparison.Ordinal), null, null, "jwt-pizza-ecs");

    private static Edit<CiPolicy, GrantResult<CiGrant>> Grant(string? document, params CiGrant[] grants) =>
        CiPolicy.Parse("ci", document).Grant(grants);

    private static Edit<CiPolicy, GrantResult<CiGrant>> Revoke(string document, params CiGrant[] grants) =>
        CiPolicy.Parse("ci", document).Revoke(grants, alsoTaskRoles: false);

    private static JsonNode? Statement(Edit<CiPolicy, GrantResult<CiGrant>> edit, string sid) =>
        JsonNode.Parse(edit.Document.Text!)!["Statement"]!.AsArray().SingleOrDefault(s => (string?)s!["Sid"] == sid);

    private static string[] Resources(Edit<CiPolicy, GrantResult<CiGrant>> edit, string sid) =>
        [.. Statement(edit, sid)!["Resource"]!.AsArray().Select(r => (string)r!)];

    [Fact]
    public void A_new_policy_holds_the_four_statements_of_the_course()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(null, s_grant);
        JsonNode policy = JsonNode.Parse(edit.Document.Text!)!;
        Assert.Equal("2012-10-17", (string?)policy["Version"]);
        Assert.Equal(["AuthenticateWithECR", "PushToECR", "DeployContainer", "PassRolesInTaskDefinition"],
            policy["Statement"]!.AsArray().Select(s => (string)s!["Sid"]!));
        Assert.Equal(["*"], Resources(edit, "AuthenticateWithECR"));
        Assert.Equal([Arn], Resources(edit, "PushToECR"));
        Assert.Equal(6, Statement(edit, "PushToECR")!["Action"]!.AsArray().Count);
        Assert.Equal(["arn:aws:ecs:us-east-1:012345678901:service/jwt-pizza-service/jwt-pizza-service"],
            Resources(edit, "DeployContainer"));
        Assert.Equal(["arn:aws:iam::012345678901:role/jwt-pizza-ecs"], Resources(edit, "PassRolesInTaskDefinition"));
        Assert.Equal(ChangeStatus.Created, edit.Results.Single().Status);
    }

    [Fact]
    public void Granting_twice_changes_nothing()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> again = Grant(Grant(null, s_grant).Document.Text!, s_grant);
        Assert.False(again.Changed);
        Assert.Equal(ChangeStatus.Unchanged, again.Results.Single().Status);
        Assert.Equal(4, again.Results.Single().Sids.Count);
    }

    [Fact]
    public void A_second_repository_extends_the_resources_and_shares_what_is_the_same()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(null, s_grant, s_other);
        Assert.Equal(4, JsonNode.Parse(edit.Document.Text!)!["Statement"]!.AsArray().Count);
        Assert.Equal(2, Resources(edit, "PushToECR").Length);
        Assert.Equal(2, Resources(edit, "DeployContainer").Length);
        Assert.Single(Resources(edit, "PassRolesInTaskDefinition"));
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*","Resource":"*"}]}""", 3)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}}""", 1)]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[{"Sid":"Login","Effect":"Allow","Action":["ECR:getAuthorizationToken"],"Resource":"*"}]}""",
        4)]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*","Resource":"arn:aws:ecr:*:*:repository/jwt-pizza-*"}]}""", 4)]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}""", 5)]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}""", 5)]
    public void What_another_statement_allows_already_is_not_written_again(string document, int statements)
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(document, s_grant);
        JsonNode after = JsonNode.Parse(edit.Document.Text!)!["Statement"]!;
        Assert.Equal(statements, after is JsonArray array ? array.Count : 1);
    }

    [Fact]
    public void Nothing_else_in_the_document_changes_by_a_character()
    {
        const string odd =
            "{ \"Version\" : \"2012-10-17\",\r\n\t\"Id\":\"x\", \"Statement\" : [\r\n\t{\"Effect\":\"Allow\",\"Sid\":\"S3\", " +
            "\"Action\":\"s3:*Ob\\u006aect\",\"Resource\":[ \"*\" ]}\r\n] }\r\n";
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(odd, s_grant);
        Assert.StartsWith(odd[..odd.IndexOf("\r\n] }", StringComparison.Ordinal)], edit.Document.Text!, StringComparison.Ordinal);
        Assert.EndsWith("\r\n] }\r\n", edit.Document.Text!, StringComparison.Ordinal);
        Assert.Equal(odd, Revoke(edit.Document.Text!, s_grant).Document.Text!);
    }

    [Theory]
    [InlineData(""" "Effect":"Allow","Action":["ecr:PutImage"],"Resource":["x:y"] """)]
    [InlineData(""" "Effect":"Deny","Action":["s3:PutObject"],"Resource":["*"] """)]
    [InlineData(""" "Effect":"Allow","NotAction":["iam:*"],"Resource":["x:y"] """)]
    public void Our_Sid_with_other_content_stays_and_ours_gets_a_number(string content)
    {
        string document = $$"""{"Version":"2012-10-17","Statement":[{"Sid":"PushToECR",{{content}}}]}""";
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(document, s_grant);
        Assert.Equal([Arn], Resources(edit, "PushToECR2"));
        Assert.Contains(edit.Warnings, w => w.Contains("'PushToECR2'", StringComparison.Ordinal));
        Assert.StartsWith(document[..^2], edit.Document.Text!, StringComparison.Ordinal);
        Assert.Equal(2, Resources(Grant(edit.Document.Text!, s_other), "PushToECR2").Length);
        Edit<CiPolicy, GrantResult<CiGrant>> revoked = Revoke(edit.Document.Text!, s_grant);
        Assert.Equal(document, revoked.Document.Text!);
    }

    [Fact]
    public void A_condition_that_somebody_added_stays_and_applies_to_the_next_repository_too()
    {
        string narrowed = Grant(null, s_grant).Document.Text!.Replace("\"arn:aws:iam::012345678901:role/jwt-pizza-ecs\"\n            ]",
            "\"arn:aws:iam::012345678901:role/jwt-pizza-ecs\"\n            ], \"Condition\": { \"StringEquals\": " +
            "{ \"iam:PassedToService\": \"ecs-tasks.amazonaws.com\" } }", StringComparison.Ordinal);
        Assert.False(Grant(narrowed, s_grant).Changed);
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(narrowed, CiGrant.For(Arn, null, null, "another-role"));
        Assert.Equal(2, Resources(edit, "PassRolesInTaskDefinition").Length);
        Assert.Contains(edit.Warnings, w => w.Contains("has a condition", StringComparison.Ordinal));
    }

    [Fact]
    public void A_denial_that_would_win_is_told()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(
            """{"Version":"2012-10-17","Statement":[{"Sid":"Freeze","Effect":"Deny","Action":"ecr:Put*","Resource":"*"}]}""", s_grant);
        Assert.Contains(edit.Warnings,
            w => w.Contains("'Freeze'", StringComparison.Ordinal) && w.Contains("a Deny always wins", StringComparison.Ordinal));
    }

    [Fact]
    public void Pulling_and_verifying_are_statements_of_their_own()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(null, s_grant with { IncludePull = true, IncludeVerify = true });
        Assert.Equal(["ecr:GetDownloadUrlForLayer"], Statement(edit, "PullFromECR")!["Action"]!.AsArray().Select(a => (string)a!));
        Assert.Contains("ecr:DescribeImages", Statement(edit, "VerifyInECR")!["Action"]!.AsArray().Select(a => (string)a!));
        Assert.Equal(["ecs:DescribeServices"], Statement(edit, "VerifyInECS")!["Action"]!.AsArray().Select(a => (string)a!));
        Assert.Equal(7, edit.Results.Single().Sids.Count);
    }

    [Fact]
    public void Deploying_an_image_is_a_statement_of_its_own_and_passes_roles_to_tasks_only()
    {
        const string s3 = """{"Version":"2012-10-17","Statement":[{"Sid":"S3","Effect":"Allow","Action":"s3:*","Resource":"*"}]}""";
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(s3, s_grant with { IncludeDeploy = true }, s_other with { IncludeDeploy = true });
        Assert.Equal(["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:ListTasks", "ecs:DescribeTasks"],
            Statement(edit, "DeployImageInECS")!["Action"]!.AsArray().Select(a => (string)a!));
        Assert.Equal(["ecs:DescribeServices"], Statement(edit, "VerifyInECS")!["Action"]!.AsArray().Select(a => (string)a!));
        Assert.Equal("ecs-tasks.amazonaws.com",
            (string?)Statement(edit, "PassRolesInTaskDefinition")!["Condition"]!["StringEquals"]!["iam:PassedToService"]);
        Assert.Empty(edit.Warnings);
        Assert.Equal(ChangeStatus.Unchanged, Grant(edit.After, s_grant with { IncludeDeploy = true }).Results.Single().Status);
        Assert.Null(Statement(Grant(null, s_grant), "PassRolesInTaskDefinition")!["Condition"]);
        Assert.Null(
            Statement(Grant(Grant(null, s_grant).After, s_grant with { IncludeDeploy = true }), "PassRolesInTaskDefinition")!["Condition"]);
        Edit<CiPolicy, GrantResult<CiGrant>> one = Revoke(edit.After!, s_grant);
        Assert.NotNull(Statement(one, "DeployImageInECS"));
        Assert.Equal(s3, Revoke(one.After!, s_other).After);
    }

    [Fact]
    public void Revoking_takes_out_just_the_repository_and_the_shared_parts_with_the_last()
    {
        const string s3 = """{"Version":"2012-10-17","Statement":[{"Sid":"S3","Effect":"Allow","Action":"s3:*","Resource":"*"}]}""";
        string both = Grant(s3, s_grant with { IncludeVerify = true }, s_other).Document.Text!;
        Edit<CiPolicy, GrantResult<CiGrant>> one = Revoke(both, s_grant);
        Assert.Equal(Grant(s3, s_other).Document.Text!, one.Document.Text!);
        Assert.Equal(["PushToECR", "VerifyInECR", "DeployContainer", "VerifyInECS"], one.Results.Single().Sids);
        Assert.Equal(s3, Revoke(one.Document.Text!, s_other).Document.Text!);
        Assert.Equal(s3, Revoke(both, s_grant, s_other).Document.Text!);
    }

    [Fact]
    public void Revoking_what_was_never_granted_changes_nothing_and_tells_what_still_allows_it()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit =
            Revoke("""{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"ecr:*","Resource":"*"}]}""", s_grant);
        Assert.False(edit.Changed);
        Assert.Equal(ChangeStatus.Unchanged, edit.Results.Single().Status);
        Assert.Contains(edit.Warnings,
            w => w.Contains("'All'", StringComparison.Ordinal) && w.Contains("still allows", StringComparison.Ordinal));
    }

    [Fact]
    public void The_last_statement_of_a_policy_stays_because_IAM_takes_none_without()
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Revoke(Grant(null, s_grant).Document.Text!, s_grant);
        Assert.Equal(["AuthenticateWithECR"], JsonNode.Parse(edit.Document.Text!)!["Statement"]!.AsArray().Select(s => (string)s!["Sid"]!));
        Assert.Contains(edit.Warnings, w => w.Contains("the last statement", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_of_6144_characters_is_taken_and_one_more_refused_white_space_not_counted()
    {
        int rest = CiPolicy.MaxSize - Grant(Padded(0), s_grant).Document.Size;
        Assert.Equal(CiPolicy.MaxSize, Grant(Padded(rest) + "\n\n\n", s_grant).Document.Size);
        Assert.Equal("PolicyTooLong", Assert.Throws<PizzaException>(() => Grant(Padded(rest + 1), s_grant)).ErrorId);

        static string Padded(int length) =>
            $$"""{"Version":"2012-10-17","Statement":[{"Sid":"S{{new string('x', length)}}","Effect":"Allow","Action":"s3:*","Resource":"*"}]}""";
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":[],"Statement":[]}""", "DuplicateJsonKey")]
    [InlineData("""{"Version":"2012-10-17"}""", "InvalidPolicy")]
    [InlineData("""{"Version":""", "InvalidJson")]
    public void A_document_that_is_no_policy_is_refused(string document, string error) =>
        Assert.Equal(error, Assert.Throws<PizzaException>(() => CiPolicy.Parse("ci", document)).ErrorId);

    [Theory]
    [InlineData("arn:aws-cn:ecr:cn-north-1:012345678901:repository/team-a/api", "arn:aws-cn:ecs:cn-north-1:012345678901:service/api/api",
        "arn:aws-cn:iam::012345678901:role/jwt-pizza-ecs")]
    [InlineData("arn:aws-us-gov:ecr:us-gov-west-1:012345678901:repository/api",
        "arn:aws-us-gov:ecs:us-gov-west-1:012345678901:service/api/api", "arn:aws-us-gov:iam::012345678901:role/jwt-pizza-ecs")]
    public void Partition_account_and_region_are_the_repositorys(string repository, string service, string role)
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = Grant(null, CiGrant.For(repository, null, null, "jwt-pizza-ecs"));
        Assert.Equal([repository], Resources(edit, "PushToECR"));
        Assert.Equal([service], Resources(edit, "DeployContainer"));
        Assert.Equal([role], Resources(edit, "PassRolesInTaskDefinition"));
    }

    [Theory]
    [InlineData("arn:aws:s3:::bucket", null, "r", "InvalidRepositoryArn")]
    [InlineData("arn:aws:ecr:us-east-1:12345678901:repository/abc", null, "r", "InvalidRepositoryArn")]
    [InlineData("arn:aws:ecr:us-east-1:012345678901:repository/a.b", null, "r", "InvalidEcsName")]
    [InlineData(Arn, "a/b", "r", "InvalidEcsName")]
    [InlineData(Arn, "a", "role with space", "InvalidRoleName")]
    [InlineData(Arn, "a", "", "InvalidRoleName")]
    public void Names_that_AWS_does_not_know_are_refused(string repository, string? cluster, string role, string error) =>
        Assert.Equal(error, Assert.Throws<PizzaException>(() => CiGrant.For(repository, cluster, null, role)).ErrorId);
}

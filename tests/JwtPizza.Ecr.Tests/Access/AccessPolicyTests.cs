namespace JwtPizza.Ecr.Tests.Access;

public sealed class AccessPolicyTests
{
    private const string Foreign =
        """{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"ecr:*"}]}""";

    private static AccessPrincipal Account(string id = "210987654321") => AccessPrincipal.OfAccount("aws", id);

    private static AccessPolicy Parse(string? document) => AccessPolicy.Parse("the repository 'api'", document);

    private static string Statement(string inner) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Sid":"PullFromECR","Effect":"Allow",{{inner}}}]}""";

    [Fact]
    public void The_first_grant_makes_the_policy_and_the_last_revocation_deletes_it()
    {
        Edit<AccessPolicy, GrantResult<AccessGrant>> granted = Parse(null).Grant([AccessGrant.Pull(Account())]);
        Assert.Null(granted.Before);
        Assert.Contains("arn:aws:iam::210987654321:root", granted.After, StringComparison.Ordinal);
        Edit<AccessPolicy, GrantResult<AccessGrant>> revoked = granted.Document.Revoke([AccessGrant.Pull(Account())]);
        Assert.Equal((null, true, ChangeStatus.Removed), (revoked.After, revoked.Changed, revoked.Results.Single().Status));
    }

    [Fact]
    public void A_second_principal_joins_the_statement_of_the_first()
    {
        AccessPolicy policy = Parse(Foreign)
            .Grant(
                [AccessGrant.Pull(Account()), AccessGrant.Pull(AccessPrincipal.OfRole("aws", "123456789012", "team/ci")),
                    AccessGrant.Push(Account())]).Document;
        Assert.Equal(["Theirs", "PullFromECR", "PushToECR"], policy.Statements.Select(s => s.Sid));
        Assert.Equal(["arn:aws:iam::210987654321:root", "arn:aws:iam::123456789012:role/team/ci"], policy.Statements[1].Principals);
        Assert.StartsWith(Foreign[..^2], policy.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Principal\":\"*\",\"Action\":\"ecr:*\"")]
    [InlineData("\"Principal\":{\"AWS\":\"*\"},\"Action\":[\"ecr:batchgetimage\",\"ecr:Get*\"]")]
    [InlineData("\"Principal\":{\"AWS\":\"210987654321\"},\"Action\":[\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\"]")]
    [InlineData("\"Principal\":{\"AWS\":[\"111111111111\",\"arn:aws:iam::210987654321:root\"]},\"Action\":[\"*\"]")]
    [InlineData(
        "\"Principal\":{\"AWS\":[\"arn:aws:iam::210987654321:root\"]},\"Action\":[\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\"],\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"true\"}}")]
    public void What_is_allowed_already_is_not_written_again(string statement)
    {
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit = Parse(Statement(statement)).Grant([AccessGrant.Pull(Account())]);
        Assert.Equal((false, ChangeStatus.Unchanged), (edit.Changed, edit.Results.Single().Status));
    }

    [Theory]
    [InlineData("\"Principal\":{\"AWS\":\"arn:aws:iam::210987654321:role/x\"},\"Action\":\"ecr:*\"")]
    [InlineData("\"Principal\":{\"AWS\":\"210987654321\"},\"Action\":\"ecr:BatchGetImage\"")]
    [InlineData("\"Principal\":{\"AWS\":\"210987654321\"},\"NotAction\":\"ecr:PutImage\"")]
    [InlineData("\"NotPrincipal\":{\"AWS\":\"111111111111\"},\"Action\":\"ecr:*\"")]
    [InlineData("\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"ecr:*\"")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"ecr:*\",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}")]
    [InlineData(
        "\"Principal\":{\"AWS\":\"210987654321\"},\"Action\":\"ecr:*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"true\"}}")]
    public void What_says_something_else_under_our_Sid_stays_and_the_new_statement_gets_a_number(string statement)
    {
        string before = Statement(statement);
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit = Parse(before).Grant([AccessGrant.Pull(Account())]);
        Assert.Equal((ChangeStatus.Created, "PullFromECR2"), (edit.Results.Single().Status, edit.Results.Single().Sids.Single()));
        Assert.StartsWith(before[..^2], edit.After, StringComparison.Ordinal);
        Assert.Equal(before, edit.Document.Revoke([AccessGrant.Pull(Account())]).After);
    }

    [Fact]
    public void A_Deny_is_told_because_it_wins()
    {
        string document =
            """{"Statement":{"Effect":"Deny","Principal":"*","Action":"ecr:BatchGetImage","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}}""";
        Assert.Contains("denies arn:aws:iam::210987654321:root this under its condition",
            Parse(document).Grant([AccessGrant.Pull(Account())]).Warnings.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_organization_is_a_condition_on_everybody_and_no_account_in_particular()
    {
        AccessPrincipal one = AccessPrincipal.OfOrganization("o-a1b2c3d4e5"), two = AccessPrincipal.OfOrganization("o-a1b2c3d4e6");
        AccessPolicy policy = Parse(null).Grant([AccessGrant.Pull(one), AccessGrant.Pull(two)]).Document;
        Assert.Equal(["o-a1b2c3d4e5", "o-a1b2c3d4e6"], policy.Statements.Single().Organizations);
        Assert.False(policy.Grant([AccessGrant.Pull(two)]).Changed);
        Assert.Equal(ChangeStatus.Created, policy.Grant([AccessGrant.Pull(Account())]).Results.Single().Status);
        AccessPolicy left = policy.Revoke([AccessGrant.Pull(one)]).Document;
        Assert.Equal(["o-a1b2c3d4e6"], left.Statements.Single().Organizations);
        Assert.Null(left.Revoke([AccessGrant.Pull(two)]).After);
    }

    [Fact]
    public void Revoking_leaves_what_others_wrote_and_tells_of_what_it_still_allows()
    {
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit = Parse(Foreign).Revoke([AccessGrant.Pull(Account("999999999999"))]);
        Assert.Equal((false, ChangeStatus.Unchanged), (edit.Changed, edit.Results.Single().Status));
        Assert.Contains("'Theirs'", edit.Warnings.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Taking_away_the_push_does_not_speak_of_the_pull_that_stays()
    {
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit =
            Parse(null).Grant([AccessGrant.Pull(Account()), AccessGrant.Push(Account())]).Document.Revoke([AccessGrant.Push(Account())]);
        Assert.Empty(edit.Warnings);
        Assert.Equal("PullFromECR", edit.Document.Statements.Single().Sid);
    }

    [Fact]
    public void What_a_deleted_role_left_can_be_taken_out()
    {
        const string left = "AROAEXAMPLEEXAMPLE123";
        string document = Parse(null)
            .Grant([AccessGrant.Pull(Account())]).After!.Replace("arn:aws:iam::210987654321:root", left, StringComparison.Ordinal);
        Assert.Null(Parse(document).Revoke([AccessGrant.Pull(AccessPrincipal.AsWritten(left))]).After);
    }

    [Fact]
    public void White_space_goes_before_a_limit_is_broken_and_then_nothing_is_written()
    {
        AccessGrant[] many = [.. Enumerable.Range(0, 250).Select(i => AccessGrant.Pull(Account($"{i:D12}")))];
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit = Parse(null).Grant(many);
        Assert.InRange(edit.After!.Length, 1, AccessPolicy.MaxSize);
        Assert.DoesNotContain('\n', edit.After);
        Assert.Single(edit.Notes);
        AccessGrant[] more = [.. Enumerable.Range(0, 330).Select(i => AccessGrant.Pull(Account($"{i:D12}")))];
        PizzaException e = Assert.Throws<PizzaException>(() => Parse(null).Grant(more));
        Assert.Equal(("PolicyTooLong", PizzaErrorKind.LimitExceeded), (e.ErrorId, e.Kind));
        Assert.Contains("10,240", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:sts::123456789012:assumed-role/ci/session", "name the role itself")]
    [InlineData("arn:aws:s3:::bucket", "neither the name")]
    [InlineData("a b", "neither the name")]
    [InlineData("", "neither the name")]
    public void What_is_no_role_is_refused_with_the_reason(string text, string reason)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => AccessPrincipal.OfRole("aws", "123456789012", text));
        Assert.Equal("InvalidPrincipal", e.ErrorId);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-cn", "ci", "arn:aws-cn:iam::123456789012:role/ci")]
    [InlineData("aws", "service-role/ci", "arn:aws:iam::123456789012:role/service-role/ci")]
    [InlineData("aws", "arn:aws:iam::210987654321:user/joe", "arn:aws:iam::210987654321:user/joe")]
    [InlineData("aws", "arn:aws:iam::210987654321:root", "arn:aws:iam::210987654321:root")]
    public void A_role_becomes_its_ARN(string partition, string text, string arn) =>
        Assert.Equal(arn, AccessPrincipal.OfRole(partition, "123456789012", text).Value);

    [Theory]
    [InlineData("{}", "InvalidPolicy")]
    [InlineData("not json", "InvalidJson")]
    [InlineData("""{"Statement":[],"Statement":[]}""", "DuplicateJsonKey")]
    public void What_cannot_be_edited_without_a_loss_is_refused(string document, string error) =>
        Assert.Equal(error, Assert.Throws<PizzaException>(() => Parse(document)).ErrorId);
}

using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamRoleTests
{
    [Fact]
    public void A_new_role_comes_back_as_it_was_asked_for()
    {
        IamBox iam = new();
        iam.Call("CreateRole", ("RoleName", "ci"), ("Path", "/team/"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust),
            ("Description", "Straße"),
            ("MaxSessionDuration", "7200"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "pizza"), ("Tags.member.2.Key", "x"),
            ("Tags.member.2.Value", ""));
        XElement role = iam.Call("GetRole", ("RoleName", "ci")).Element("Role")!;
        Assert.Equal("arn:aws:iam::012345678901:role/team/ci", role.Element("Arn")!.Value);
        Assert.Equal("Straße", role.Element("Description")!.Value);
        Assert.Equal("7200", role.Element("MaxSessionDuration")!.Value);
        Assert.Matches(@"\AAROA[A-Z2-7]{17}\z", role.Element("RoleId")!.Value);
        Assert.Matches(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z", role.Element("CreateDate")!.Value);
        Assert.Equal(["team=pizza", "x="],
            role.Element("Tags")!.Elements("member").Select(t => $"{t.Element("Key")!.Value}={t.Element("Value")!.Value}"));
    }

    [Fact]
    public void A_trust_policy_is_kept_to_the_last_byte_and_returned_percent_encoded()
    {
        IamBox iam = new();
        string trust = "{ \"Version\" : \"2012-10-17\",\r\n\t\"Id\": \"a+b é 100%\",\"Statement\":["
            + IamBox.ServiceTrust[IamBox.ServiceTrust.IndexOf("{\"Effect", StringComparison.Ordinal)..^1] + " ]}\n";
        iam.CreateRole("ci", trust);
        string returned = iam.Call("GetRole", ("RoleName", "ci")).Descendants("AssumeRolePolicyDocument").Single().Value;
        Assert.StartsWith("%7B%20%22Version%22%20%3A", returned, StringComparison.Ordinal);
        Assert.Contains("a%2Bb%20%C3%A9%20100%25", returned, StringComparison.Ordinal);
        Assert.Equal(trust, iam.Trust("ci"));
    }

    [Fact]
    public void Two_equal_keys_are_stored_as_they_are_and_the_last_one_counts()
    {
        string subInTheLast =
            IamBox.GitHubTrust.Replace("\"Condition\":{",
                "\"Condition\":{\"StringEquals\":{\"token.actions.githubusercontent.com:aud\":\"sts.amazonaws.com\"},",
                StringComparison.Ordinal);
        string subInTheFirst = IamBox.GitHubTrust.Replace("main\"}}",
            "main\"},\"StringEquals\":{\"token.actions.githubusercontent.com:aud\":\"sts.amazonaws.com\"}}", StringComparison.Ordinal);
        IamBox iam = new();
        iam.CreateRole("ci", subInTheLast);
        Assert.Equal(subInTheLast, iam.Trust("ci"));
        Assert.Equal("MalformedPolicyDocument",
            iam.Refused("UpdateAssumeRolePolicy", ("RoleName", "ci"), ("PolicyDocument", subInTheFirst)).Code);
    }

    [Fact]
    public void A_name_that_differs_only_in_case_is_the_same_name()
    {
        IamBox iam = new();
        iam.CreateRole("GitHub-CI");
        ApiError e = iam.Refused("CreateRole", ("RoleName", "github-ci"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust));
        Assert.Equal(("EntityAlreadyExists", 409, "Role with name github-ci already exists."), (e.Code, e.Status, e.Message));
        Assert.Equal("GitHub-CI", iam.Call("GetRole", ("RoleName", "github-ci")).Descendants("RoleName").Single().Value);
    }

    [Theory]
    [InlineData("GetRole")]
    [InlineData("DeleteRole")]
    [InlineData("UpdateAssumeRolePolicy")]
    [InlineData("ListRolePolicies")]
    [InlineData("ListAttachedRolePolicies")]
    [InlineData("ListInstanceProfilesForRole")]
    [InlineData("AttachRolePolicy")]
    [InlineData("PutRolePolicy")]
    public void A_role_that_is_not_there_is_named_in_a_404(string action)
    {
        ApiError e = new IamBox()
            .Refused(action, ("RoleName", "nobody"), ("PolicyDocument", IamBox.ServiceTrust), ("PolicyName", "p"),
                ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"));
        Assert.Equal(("NoSuchEntity", 404, "The role with name nobody cannot be found."), (e.Code, e.Status, e.Message));
    }

    [Fact]
    public void A_trust_policy_of_2048_characters_fits_and_one_more_does_not()
    {
        IamBox iam = new();
        string exact = Padded(2048);
        iam.CreateRole("ci", exact);
        ApiError e = iam.Refused("UpdateAssumeRolePolicy", ("RoleName", "ci"), ("PolicyDocument", Padded(2049)));
        Assert.Equal(("LimitExceeded", 409, "Cannot exceed quota for ACLSizePerRole: 2048"), (e.Code, e.Status, e.Message));
        Assert.Equal(exact, iam.Trust("ci"));

        static string Padded(int length) =>
            IamBox.GitHubTrust.Replace("refs/heads/main", "refs/heads/main" + new string('x', length - IamBox.GitHubTrust.Length),
                StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_goes_only_after_its_policies()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        iam.Call("AttachRolePolicy", ("RoleName", "ci"), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"));
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "inline"), ("PolicyDocument", IamBox.AllowAll));
        Assert.Equal("Cannot delete entity, must detach all policies first.", iam.Refused("DeleteRole", ("RoleName", "ci")).Message);
        iam.Call("DetachRolePolicy", ("RoleName", "ci"), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"));
        ApiError e = iam.Refused("DeleteRole", ("RoleName", "ci"));
        Assert.Equal(("DeleteConflict", 409, "Cannot delete entity, must delete policies first."), (e.Code, e.Status, e.Message));
        iam.Call("DeleteRolePolicy", ("RoleName", "ci"), ("PolicyName", "INLINE"));
        iam.Call("DeleteRole", ("RoleName", "ci"));
        Assert.Equal("NoSuchEntity", iam.Refused("GetRole", ("RoleName", "ci")).Code);
    }

    [Theory]
    [InlineData("RoleName", "a b",
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")]
    [InlineData("RoleName", "",
        "1 validation error detected: Value at 'roleName' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 1")]
    [InlineData("RoleName", null, "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must not be null")]
    [InlineData("Path", "team",
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / " +
        "characters.")]
    [InlineData("AssumeRolePolicyDocument", "{\"a\":\"\u2013\"}",
        "The specified value for assumeRolePolicyDocument is invalid. It must contain only printable ASCII characters.")]
    [InlineData("MaxSessionDuration", "60",
        "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: " +
        "Member must have value greater than or equal to 3600")]
    public void A_parameter_that_breaks_the_model_is_refused_in_the_validators_words(string parameter, string? value, string message)
    {
        Dictionary<string, string> fields = new() { ["RoleName"] = "ci", ["AssumeRolePolicyDocument"] = IamBox.ServiceTrust };
        if (value is null) fields.Remove(parameter);
        else fields[parameter] = value;
        ApiError e = new IamBox().Refused("CreateRole", [.. fields.Select(f => (f.Key, f.Value))]);
        Assert.Equal(("ValidationError", 400, message), (e.Code, e.Status, e.Message));
    }

    [Fact]
    public void A_name_of_65_characters_is_too_long() =>
        Assert.EndsWith("Member must have length less than or equal to 64",
            new IamBox().Refused("GetRole", ("RoleName", new string('r', 65))).Message, StringComparison.Ordinal);

    [Fact]
    public void Tags_that_differ_only_in_case_are_refused() =>
        Assert.Equal("InvalidInput",
            new IamBox().Refused("CreateRole", ("RoleName", "ci"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust),
            ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "a"), ("Tags.member.2.Key", "team"), ("Tags.member.2.Value", "b")).Code);

    [Fact]
    public void Pages_hold_every_role_once_even_when_roles_come_and_go_between_them()
    {
        IamBox iam = new();
        for (int i = 0; i < 25; i++) iam.CreateRole($"role-{i:D2}");
        List<string> seen = [];
        for (string? marker = null; ;)
        {
            XElement page = iam.Call("ListRoles", [("MaxItems", "10"), .. marker is null ? [] : new[] { ("Marker", marker) }]);
            seen.AddRange(page.Descendants("RoleName").Select(n => n.Value));
            marker = page.Element("Marker")?.Value;
            Assert.Equal(marker is null ? "false" : "true", page.Element("IsTruncated")!.Value);
            if (marker is null) break;
            iam.Call("DeleteRole", ("RoleName", seen[^1]));
        }
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"role-{i:D2}"), seen);
    }

    [Theory]
    [InlineData("MaxItems", "0")]
    [InlineData("MaxItems", "1001")]
    [InlineData("Marker", "not-ours")]
    public void A_page_that_cannot_be_is_refused(string parameter, string value) =>
        Assert.Equal("ValidationError", new IamBox().Refused("ListRoles", (parameter, value)).Code);

    [Fact]
    public void A_path_prefix_narrows_the_list()
    {
        IamBox iam = new(seeded: true);
        iam.Call("CreateRole", ("RoleName", "deep"), ("Path", "/team/"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust));
        Assert.Equal(["deep"], iam.Call("ListRoles", ("PathPrefix", "/team")).Descendants("RoleName").Select(n => n.Value));
    }

    [Fact]
    public async Task Of_twenty_writers_the_last_one_wins_and_nothing_breaks()
    {
        IamBox iam = new(seeded: true);
        string before = iam.Trust("github-ci");
        string[] documents =
            [.. Enumerable.Range(0, 20).Select(i => before.Replace("heads/main", $"heads/b{i}", StringComparison.Ordinal))];
        await Task.WhenAll(documents.Select(d => Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                iam.Call("UpdateAssumeRolePolicy", ("RoleName", "github-ci"), ("PolicyDocument", d));
                Assert.Contains(iam.Trust("github-ci"), documents);
            }
        }, TestContext.Current.CancellationToken))).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains(iam.Trust("github-ci"), documents);
    }
}

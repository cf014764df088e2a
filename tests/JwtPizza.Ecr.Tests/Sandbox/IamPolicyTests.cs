using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamPolicyTests
{
    private const string DynamoDb = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess";

    [Fact]
    public void A_new_policy_has_one_version_and_returns_it_byte_for_byte()
    {
        IamBox iam = new();
        string document =
            "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": { \"Effect\": \"Allow\", \"Action\": [\"ecr:*\"], \"Resource\": " +
            "\"*\" }\n}";
        XElement created =
            iam.Call("CreatePolicy", ("PolicyName", "deploy"), ("Path", "/ci/"), ("Description", "for CI"), ("PolicyDocument", document))
                .Element("Policy")!;
        Assert.Equal("arn:aws:iam::012345678901:policy/ci/deploy", created.Element("Arn")!.Value);
        Assert.Equal(("v1", "0", "true"),
            (created.Element("DefaultVersionId")!.Value, created.Element("AttachmentCount")!.Value,
                created.Element("IsAttachable")!.Value));
        Assert.Matches(@"\AANPA[A-Z2-7]{17}\z", created.Element("PolicyId")!.Value);
        Assert.Equal("for CI",
            iam.Call("GetPolicy", ("PolicyArn", created.Element("Arn")!.Value)).Descendants("Description").Single().Value);
        Assert.Equal(document, Document(iam, created.Element("Arn")!.Value, "v1"));
    }

    [Fact]
    public void A_sixth_version_is_refused_until_one_goes_and_its_number_never_comes_back()
    {
        IamBox iam = new();
        string arn = iam.CreatePolicy("deploy");
        for (int i = 2; i <= 5; i++) Assert.Equal($"v{i}", NewVersion(iam, arn));
        ApiError e = iam.Refused("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", IamBox.AllowAll));
        Assert.Equal(("LimitExceeded", 409), (e.Code, e.Status));
        Assert.Equal("A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
            e.Message);
        iam.Call("DeletePolicyVersion", ("PolicyArn", arn), ("VersionId", "v5"));
        Assert.Equal("v6", NewVersion(iam, arn));
        Assert.Equal(["v6", "v4", "v3", "v2", "v1"],
            iam.Call("ListPolicyVersions", ("PolicyArn", arn)).Descendants("VersionId").Select(v => v.Value));
    }

    [Fact]
    public void Only_the_version_that_is_set_as_default_is_in_force()
    {
        IamBox iam = new();
        string arn = iam.CreatePolicy("deploy");
        NewVersion(iam, arn);
        Assert.Equal("v1", Default(iam, arn));
        iam.Call("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", IamBox.AllowAll), ("SetAsDefault", "true"));
        Assert.Equal("v3", Default(iam, arn));
        iam.Call("SetDefaultPolicyVersion", ("PolicyArn", arn), ("VersionId", "v1"));
        Assert.Equal("v1", Default(iam, arn));
        Assert.Equal(["false", "false", "true"],
            iam.Call("ListPolicyVersions", ("PolicyArn", arn)).Descendants("IsDefaultVersion").Select(v => v.Value));
        ApiError e = iam.Refused("DeletePolicyVersion", ("PolicyArn", arn), ("VersionId", "v1"));
        Assert.Equal(("DeleteConflict", 409, "Cannot delete the default version of a policy."), (e.Code, e.Status, e.Message));
    }

    [Theory]
    [InlineData("GetPolicyVersion")]
    [InlineData("DeletePolicyVersion")]
    [InlineData("SetDefaultPolicyVersion")]
    public void A_version_that_is_not_there_is_named_in_a_404(string action)
    {
        IamBox iam = new();
        ApiError e = iam.Refused(action, ("PolicyArn", iam.CreatePolicy("deploy")), ("VersionId", "v9"));
        Assert.Equal(
            ("NoSuchEntity", 404, "Policy arn:aws:iam::012345678901:policy/deploy version v9 does not exist or is not attachable."),
            (e.Code, e.Status, e.Message));
    }

    [Theory]
    [InlineData("GetPolicy", "arn:aws:iam::012345678901:policy/none", "NoSuchEntity",
        "Policy arn:aws:iam::012345678901:policy/none was not found.")]
    [InlineData("AttachRolePolicy", "arn:aws:iam::012345678901:policy/none", "NoSuchEntity",
        "Policy arn:aws:iam::012345678901:policy/none does not exist or is not attachable.")]
    [InlineData("DetachRolePolicy", DynamoDb, "NoSuchEntity", $"Policy {DynamoDb} was not found.")]
    [InlineData("GetPolicy", "arn:aws:iam::999999999999:policy/jwt-pizza-ci-deployment", "NoSuchEntity",
        "Policy arn:aws:iam::999999999999:policy/jwt-pizza-ci-deployment was not found.")]
    [InlineData("GetPolicy", "jwt-pizza-ci-deployment", "InvalidInput", "ARN jwt-pizza-ci-deployment is not valid.")]
    [InlineData("GetPolicy", "arn:aws:iam::012345678901:role/github-ci", "InvalidInput",
        "ARN arn:aws:iam::012345678901:role/github-ci is not valid.")]
    public void A_policy_that_is_not_there_is_named(string action, string arn, string code, string message)
    {
        ApiError e = new IamBox(seeded: true).Refused(action, ("RoleName", "github-ci"), ("PolicyArn", arn));
        Assert.Equal((code, message), (e.Code, e.Message));
    }

    [Fact]
    public void White_space_between_tokens_does_not_count_toward_the_6144_characters()
    {
        IamBox iam = new();
        string arn = iam.CreatePolicy("deploy", Padded(6144) + new string(' ', 5000) + "\n");
        ApiError e = iam.Refused("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Padded(6145)));
        Assert.Equal(("LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144"), (e.Code, e.Status, e.Message));

        static string Padded(int length) =>
            IamBox.AllowAll.Replace("\"Resource\":\"*\"",
                $"\"Resource\":\"arn:aws:s3:::{new string('b', length - IamBox.AllowAll.Length - "arn:aws:s3:::".Length + 1)}\"",
                StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_policy_of_the_name_is_refused_in_either_case_and_under_any_path()
    {
        IamBox iam = new();
        iam.CreatePolicy("Deploy");
        ApiError e = iam.Refused("CreatePolicy", ("PolicyName", "deploy"), ("Path", "/other/"), ("PolicyDocument", IamBox.AllowAll));
        Assert.Equal(("EntityAlreadyExists", 409, "A policy called deploy already exists. Duplicate names are not allowed."),
            (e.Code, e.Status, e.Message));
    }

    [Fact]
    public void A_policy_goes_only_when_it_is_attached_nowhere_and_has_one_version()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        string arn = iam.CreatePolicy("deploy");
        NewVersion(iam, arn);
        iam.Call("AttachRolePolicy", ("RoleName", "ci"), ("PolicyArn", arn));
        Assert.Equal("Cannot delete a policy attached to entities.", iam.Refused("DeletePolicy", ("PolicyArn", arn)).Message);
        iam.Call("DetachRolePolicy", ("RoleName", "ci"), ("PolicyArn", arn));
        Assert.StartsWith("This policy has more than one version.", iam.Refused("DeletePolicy", ("PolicyArn", arn)).Message,
            StringComparison.Ordinal);
        iam.Call("DeletePolicyVersion", ("PolicyArn", arn), ("VersionId", "v2"));
        iam.Call("DeletePolicy", ("PolicyArn", arn));
        Assert.Equal("NoSuchEntity", iam.Refused("GetPolicy", ("PolicyArn", arn)).Code);
    }

    [Fact]
    public void Attaching_twice_is_attaching_once_and_is_counted()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        string arn = iam.CreatePolicy("deploy");
        for (int i = 0; i < 2; i++) iam.Call("AttachRolePolicy", ("RoleName", "ci"), ("PolicyArn", arn));
        Assert.Equal([arn], iam.Call("ListAttachedRolePolicies", ("RoleName", "ci")).Descendants("PolicyArn").Select(a => a.Value));
        Assert.Equal("1", iam.Call("GetPolicy", ("PolicyArn", arn)).Descendants("AttachmentCount").Single().Value);
        Assert.Equal(["ci"], iam.Call("ListEntitiesForPolicy", ("PolicyArn", arn)).Descendants("RoleName").Select(r => r.Value));
        Assert.Empty(iam.Call("ListEntitiesForPolicy", ("PolicyArn", arn), ("EntityFilter", "User")).Descendants("RoleName"));
    }

    [Fact]
    public void An_eleventh_policy_on_a_role_is_refused()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        for (int i = 0; i < 10; i++) iam.Call("AttachRolePolicy", ("RoleName", "ci"), ("PolicyArn", iam.CreatePolicy($"p{i}")));
        Assert.Equal("Cannot exceed quota for PoliciesPerRole: 10",
            iam.Refused("AttachRolePolicy", ("RoleName", "ci"), ("PolicyArn", DynamoDb)).Message);
    }

    [Theory]
    [InlineData("CreatePolicyVersion")]
    [InlineData("DeletePolicyVersion")]
    [InlineData("SetDefaultPolicyVersion")]
    [InlineData("DeletePolicy")]
    public void A_policy_of_AWS_can_be_read_and_attached_but_not_changed(string action)
    {
        IamBox iam = new(seeded: true);
        string version = Default(iam, DynamoDb);
        Assert.Contains("dynamodb:*", Document(iam, DynamoDb, version), StringComparison.Ordinal);
        iam.Call("AttachRolePolicy", ("RoleName", "github-ci"), ("PolicyArn", DynamoDb));
        ApiError e = iam.Refused(action, ("PolicyArn", DynamoDb), ("PolicyDocument", IamBox.AllowAll), ("VersionId", version));
        Assert.Equal(("AccessDenied", 403), (e.Code, e.Status));
        Assert.Equal(
            $"User: arn:aws:iam::012345678901:user/sandbox is not authorized to perform: iam:{action} on resource: policy {DynamoDb}",
            e.Message);
    }

    [Fact]
    public void Scopes_tell_the_accounts_policies_from_those_of_AWS()
    {
        IamBox iam = new(seeded: true);
        iam.CreatePolicy("unattached");
        Assert.Equal(["jwt-pizza-ci-deployment", "unattached"], Names(("Scope", "Local")));
        Assert.Equal(
            ["AdministratorAccess", "AmazonECSTaskExecutionRolePolicy", "AWSElasticBeanstalkMulticontainerDocker",
                "AWSElasticBeanstalkWebTier", "AWSElasticBeanstalkWorkerTier", "jwt-pizza-ci-deployment"],
            Names(("OnlyAttached", "true")));
        Assert.Contains("AmazonDynamoDBFullAccess", Names(("Scope", "AWS")));
        Assert.Equal(Names(("Scope", "AWS")).Length + 2, Names().Length);
        Assert.Contains("AmazonECSTaskExecutionRolePolicy", Names(("PathPrefix", "/service-role/")));
        Assert.DoesNotContain("AdministratorAccess", Names(("PathPrefix", "/service-role/")));
        Assert.Equal("ValidationError", iam.Refused("ListPolicies", ("Scope", "Mine")).Code);

        string[] Names(params (string, string)[] fields) =>
            [.. iam.Call("ListPolicies", fields).Descendants("PolicyName").Select(n => n.Value)];
    }

    [Fact]
    public void Inline_policies_are_written_read_listed_and_deleted()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "a"), ("PolicyDocument", IamBox.AllowAll));
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "a"), ("PolicyDocument", IamBox.AllowAll + " "));
        XElement read = iam.Call("GetRolePolicy", ("RoleName", "ci"), ("PolicyName", "a"));
        Assert.Equal(IamBox.AllowAll + " ", Uri.UnescapeDataString(read.Element("PolicyDocument")!.Value));
        Assert.Equal(["a"], iam.Call("ListRolePolicies", ("RoleName", "ci")).Descendants("member").Select(m => m.Value));
        iam.Call("DeleteRolePolicy", ("RoleName", "ci"), ("PolicyName", "a"));
        ApiError e = iam.Refused("GetRolePolicy", ("RoleName", "ci"), ("PolicyName", "a"));
        Assert.Equal(("NoSuchEntity", 404, "The role policy with name a cannot be found."), (e.Code, e.Status, e.Message));
    }

    [Fact]
    public void The_inline_policies_of_a_role_share_10240_characters()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        string half = IamBox.AllowAll.Replace("\"Resource\":\"*\"", $"\"Resource\":\"arn:aws:s3:::{new string('b', 5000)}\"",
            StringComparison.Ordinal);
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "a"), ("PolicyDocument", half));
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "b"), ("PolicyDocument", half));
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "b"), ("PolicyDocument", half));
        ApiError e = iam.Refused("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "c"), ("PolicyDocument", IamBox.AllowAll));
        Assert.Equal(("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role ci"), (e.Code, e.Message));
    }

    private static string NewVersion(IamBox iam, string arn) =>
        iam.Call("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", IamBox.AllowAll)).Descendants("VersionId").Single().Value;

    private static string Default(IamBox iam, string arn) =>
        iam.Call("GetPolicy", ("PolicyArn", arn)).Descendants("DefaultVersionId").Single().Value;

    private static string Document(IamBox iam, string arn, string version) =>
        Uri.UnescapeDataString(iam.Call("GetPolicyVersion", ("PolicyArn", arn), ("VersionId", version)).Descendants("Document")
            .Single().Value);
}

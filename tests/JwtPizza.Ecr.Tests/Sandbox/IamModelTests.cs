using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>What the sandbox's IAM and STS answer, held against AWS's own models.</summary>
public sealed class IamModelTests
{
    private const string Arn = "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment",
        Aws = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess";
    private const string Provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        Other = "arn:aws:iam::123456789012:oidc-provider/ci.example.com";

    /// <summary>Every operation, in an order that makes each succeed.</summary>
    private static readonly (string Action, (string, string)[] Fields)[] s_calls =
    [
        ("CreateRole",
            [("RoleName", "r"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust), ("Description", "d"), ("Tags.member.1.Key", "k"),
                ("Tags.member.1.Value", "v")]),
        ("GetRole", [("RoleName", "r")]),
        ("ListRoles", [("MaxItems", "1")]),
        ("UpdateAssumeRolePolicy", [("RoleName", "r"), ("PolicyDocument", IamBox.ServiceTrust)]),
        ("ListInstanceProfilesForRole", [("RoleName", "r")]),
        ("CreatePolicy",
            [("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("GetPolicy", [("PolicyArn", Arn)]),
        ("ListPolicies", [("MaxItems", "2")]),
        ("CreatePolicyVersion", [("PolicyArn", Arn), ("PolicyDocument", IamBox.AllowAll)]),
        ("GetPolicyVersion", [("PolicyArn", Arn), ("VersionId", "v2")]),
        ("ListPolicyVersions", [("PolicyArn", Arn)]),
        ("SetDefaultPolicyVersion", [("PolicyArn", Arn), ("VersionId", "v2")]),
        ("DeletePolicyVersion", [("PolicyArn", Arn), ("VersionId", "v1")]),
        ("AttachRolePolicy", [("RoleName", "r"), ("PolicyArn", Aws)]),
        ("ListAttachedRolePolicies", [("RoleName", "r")]),
        ("ListEntitiesForPolicy", [("PolicyArn", Aws)]),
        ("DetachRolePolicy", [("RoleName", "r"), ("PolicyArn", Aws)]),
        ("PutRolePolicy", [("RoleName", "r"), ("PolicyName", "i"), ("PolicyDocument", IamBox.AllowAll)]),
        ("GetRolePolicy", [("RoleName", "r"), ("PolicyName", "i")]),
        ("ListRolePolicies", [("RoleName", "r")]),
        ("DeleteRolePolicy", [("RoleName", "r"), ("PolicyName", "i")]),
        ("DeleteRole", [("RoleName", "r")]),
        ("DeletePolicy", [("PolicyArn", "arn:aws:iam::123456789012:policy/p")]),
        ("CreateOpenIDConnectProvider", [("Url", "https://ci.example.com"), ("ClientIDList.member.1", "a")]),
        ("GetOpenIDConnectProvider", [("OpenIDConnectProviderArn", Provider)]),
        ("ListOpenIDConnectProviders", []),
        ("AddClientIDToOpenIDConnectProvider", [("OpenIDConnectProviderArn", Other), ("ClientID", "b")]),
        ("RemoveClientIDFromOpenIDConnectProvider", [("OpenIDConnectProviderArn", Other), ("ClientID", "a")]),
        ("UpdateOpenIDConnectProviderThumbprint", [("OpenIDConnectProviderArn", Other), ("ThumbprintList.member.1", new string('f', 40))]),
        ("DeleteOpenIDConnectProvider", [("OpenIDConnectProviderArn", Other)]),
        .. NewerCalls,
        ("GetAccountSummary", []),
        ("SimulateCustomPolicy",
            [("PolicyInputList.member.1", IamBox.AllowAll), ("ActionNames.member.1", "ecr:PutImage"),
                ("ActionNames.member.2", "ecr:BatchGetImage"), ("MaxItems", "1")]),
        ("SimulatePrincipalPolicy",
            [("PolicySourceArn", "arn:aws:iam::123456789012:role/github-ci"), ("ActionNames.member.1", "s3:PutObject"),
                ("ResourceArns.member.1", "arn:aws:s3:::b/x")]),
    ];

    private static (string Action, (string, string)[] Fields)[] NewerCalls =>
    [
        ("CreateRole", [("RoleName", "s"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust)]),
        ("UpdateRole", [("RoleName", "s"), ("MaxSessionDuration", "7200")]),
        ("UpdateRoleDescription", [("RoleName", "s"), ("Description", "d")]),
        ("TagRole", [("RoleName", "s"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("ListRoleTags", [("RoleName", "s")]),
        ("UntagRole", [("RoleName", "s"), ("TagKeys.member.1", "k")]),
        ("PutRolePermissionsBoundary", [("RoleName", "s"), ("PermissionsBoundary", Aws)]),
        ("DeleteRolePermissionsBoundary", [("RoleName", "s")]),
        ("CreateServiceLinkedRole", [("AWSServiceName", "replication.ecr.amazonaws.com")]),
        ("DeleteServiceLinkedRole", [("RoleName", "AWSServiceRoleForECRReplication")]),
        ("CreateUser", [("UserName", "u"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("GetUser", [("UserName", "u")]),
        ("ListUsers", [("MaxItems", "1")]),
        ("UpdateUser", [("UserName", "u"), ("NewPath", "/team/")]),
        ("PutUserPermissionsBoundary", [("UserName", "u"), ("PermissionsBoundary", Aws)]),
        ("DeleteUserPermissionsBoundary", [("UserName", "u")]),
        ("TagUser", [("UserName", "u"), ("Tags.member.1.Key", "k2"), ("Tags.member.1.Value", "v")]),
        ("ListUserTags", [("UserName", "u"), ("MaxItems", "1")]),
        ("UntagUser", [("UserName", "u"), ("TagKeys.member.1", "k2")]),
        ("CreateAccessKey", [("UserName", "u")]),
        ("ListAccessKeys", [("UserName", "u")]),
        ("CreateGroup", [("GroupName", "g")]),
        ("AddUserToGroup", [("GroupName", "g"), ("UserName", "u")]),
        ("GetGroup", [("GroupName", "g")]),
        ("ListGroups", []),
        ("ListGroupsForUser", [("UserName", "u")]),
        .. Policies("User", "u"), .. Policies("Group", "g"),
        ("UpdateGroup", [("GroupName", "g"), ("NewGroupName", "h")]),
        ("CreateInstanceProfile", [("InstanceProfileName", "i"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("AddRoleToInstanceProfile", [("InstanceProfileName", "i"), ("RoleName", "s")]),
        ("GetInstanceProfile", [("InstanceProfileName", "i")]),
        ("ListInstanceProfiles", []),
        ("TagInstanceProfile", [("InstanceProfileName", "i"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "w")]),
        ("ListInstanceProfileTags", [("InstanceProfileName", "i")]),
        ("UntagInstanceProfile", [("InstanceProfileName", "i"), ("TagKeys.member.1", "k")]),
        ("GetAccountAuthorizationDetails", []),
        ("RemoveRoleFromInstanceProfile", [("InstanceProfileName", "i"), ("RoleName", "s")]),
        ("DeleteInstanceProfile", [("InstanceProfileName", "i")]),
        ("RemoveUserFromGroup", [("GroupName", "h"), ("UserName", "u")]),
        ("DeleteGroup", [("GroupName", "h")]),
        ("TagPolicy", [("PolicyArn", Arn), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("ListPolicyTags", [("PolicyArn", Arn)]),
        ("UntagPolicy", [("PolicyArn", Arn), ("TagKeys.member.1", "k")]),
        ("TagOpenIDConnectProvider", [("OpenIDConnectProviderArn", Provider), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("ListOpenIDConnectProviderTags", [("OpenIDConnectProviderArn", Provider)]),
        ("UntagOpenIDConnectProvider", [("OpenIDConnectProviderArn", Provider), ("TagKeys.member.1", "k")]),
        ("CreateAccountAlias", [("AccountAlias", "pizza")]),
        ("ListAccountAliases", []),
        ("DeleteAccountAlias", [("AccountAlias", "pizza")]),
    ];

    /// <summary>Those that name what only an answer tells.</summary>
    private static readonly string[] s_named =
        ["UpdateAccessKey", "GetAccessKeyLastUsed", "DeleteAccessKey", "DeleteUser", "GetServiceLinkedRoleDeletionStatus"];

    private static (string, (string, string)[])[] Policies(string kind, string name) =>
    [
        ($"Put{kind}Policy", [(kind + "Name", name), ("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll)]),
        ($"Get{kind}Policy", [(kind + "Name", name), ("PolicyName", "p")]),
        ($"List{kind}Policies", [(kind + "Name", name)]),
        ($"Delete{kind}Policy", [(kind + "Name", name), ("PolicyName", "p")]),
        ($"Attach{kind}Policy", [(kind + "Name", name), ("PolicyArn", Aws)]),
        ($"ListAttached{kind}Policies", [(kind + "Name", name)]),
        ($"Detach{kind}Policy", [(kind + "Name", name), ("PolicyArn", Aws)]),
    ];

    [Fact]
    public async Task The_answers_about_keys_and_tasks_fit_the_model()
    {
        ServiceModel model = ServiceModel.Load("iam");
        await using TestSandbox sandbox = new();
        await Call("CreateUser", ("UserName", "u"));
        string key = Value(await Call("CreateAccessKey", ("UserName", "u")), "AccessKeyId");
        await Call("UpdateAccessKey", ("UserName", "u"), ("AccessKeyId", key), ("Status", "Inactive"));
        Assert.Equal("N/A", Value(await Call("GetAccessKeyLastUsed", ("AccessKeyId", key)), "Region"));
        await Call("DeleteAccessKey", ("UserName", "u"), ("AccessKeyId", key));
        await Call("DeleteUser", ("UserName", "u"));
        await Call("CreateServiceLinkedRole", ("AWSServiceName", "ecs.amazonaws.com"));
        await Call("UpdateRole", ("RoleName", "AWSServiceRoleForECS"), ("Description", "all that an account may change of it"));
        (_, XElement refusal) =
            await sandbox.Query("UpdateRole", "2010-05-08", ("RoleName", "AWSServiceRoleForECS"), ("MaxSessionDuration", "7200"));
        Assert.Equal("UnmodifiableEntity", Value(refusal, "Code"));
        string task = Value(await Call("DeleteServiceLinkedRole", ("RoleName", "AWSServiceRoleForECS")), "DeletionTaskId");
        Assert.Equal("SUCCEEDED", Value(await Call("GetServiceLinkedRoleDeletionStatus", ("DeletionTaskId", task)), "Status"));

        async Task<XElement> Call(string action, params (string, string)[] fields)
        {
            (System.Net.HttpStatusCode status, XElement answer) = await sandbox.Query(action, "2010-05-08", fields);
            Assert.True(status == System.Net.HttpStatusCode.OK, $"{action}: {answer}");
            Assert.Empty(model.CheckOutput(action, answer));
            return answer;
        }
    }

    private static string Value(XElement answer, string name) => answer.Descendants().First(e => e.Name.LocalName == name).Value;

    [Fact]
    public async Task Every_answer_of_IAM_fits_the_model()
    {
        ServiceModel model = ServiceModel.Load("iam");
        await using TestSandbox sandbox = new();
        foreach ((string action, (string, string)[] fields) in s_calls)
        {
            (System.Net.HttpStatusCode status, XElement answer) = await sandbox.Query(action, "2010-05-08", fields);
            Assert.True(status == System.Net.HttpStatusCode.OK, $"{action}: {answer}");
            // The simulator answers with types of policies that its own model does not have.
            Assert.DoesNotContain(model.CheckOutput(action, answer), p => !p.Contains("SourcePolicyType", StringComparison.Ordinal));
        }
    }

    /// <summary>AWS refuses a call without them before anything else.</summary>
    [Fact]
    public async Task An_operation_requires_what_its_model_requires()
    {
        await using TestSandbox sandbox = new();
        foreach ((string service, string version) in new[] { ("iam", "2010-05-08"), ("sts", "2011-06-15") })
        {
            ServiceModel model = ServiceModel.Load(service);
            foreach (string action in sandbox.Box.Operations.Where(o => o.StartsWith(service + ":", StringComparison.Ordinal))
                .Select(o => o[(service.Length + 1)..]))
            {
                string[] required = [.. model.Required(action).Order(StringComparer.Ordinal)];
                if (required.Length == 0) continue;
                (_, XElement answer) = await sandbox.Query(action, version);
                string message = answer.Descendants().First(e => e.Name.LocalName == "Message").Value;
                Assert.Equal((action, string.Join(' ', required.Select(r => char.ToLowerInvariant(r[0]) + r[1..]))),
                    (action, string.Join(' ', message.Split("at '")[1..].Select(m => m.Split('\'')[0]))));
            }
        }
    }

    [Fact]
    public void No_operation_is_left_out_here() =>
        Assert.Equal(new IamBox().Operations.Order(), s_calls.Select(c => c.Action).Concat(s_named).Distinct().Order());

    [Theory]
    [InlineData("GetCallerIdentity")]
    [InlineData("GetSessionToken")]
    [InlineData("GetFederationToken", "Name", "deployer")]
    [InlineData("GetAccessKeyInfo", "AccessKeyId", "KEY")]
    public async Task An_answer_of_STS_fits_the_model(string action, params string[] field)
    {
        await using TestSandbox sandbox = new();
        (string, string)[] fields = field is [var name, var value] ? [(name, value == "KEY" ? sandbox.Info.AccessKey : value)] : [];
        (_, XElement answer) = await sandbox.Query(action, "2011-06-15", fields);
        Assert.Empty(ServiceModel.Load("sts").CheckOutput(action, answer));
    }
}

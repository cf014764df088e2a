using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>What the sandbox's IAM and STS answer, held against AWS's own models.</summary>
public sealed class IamModelTests
{
    private const string Arn = "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment", Aws = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess";
    private const string Provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com", Other = "arn:aws:iam::123456789012:oidc-provider/ci.example.com";

    /// <summary>Every operation, in an order that makes each succeed.</summary>
    private static readonly (string Action, (string, string)[] Fields)[] s_calls =
    [
        ("CreateRole", [("RoleName", "r"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust), ("Description", "d"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
        ("GetRole", [("RoleName", "r")]),
        ("ListRoles", [("MaxItems", "1")]),
        ("UpdateAssumeRolePolicy", [("RoleName", "r"), ("PolicyDocument", IamBox.ServiceTrust)]),
        ("ListInstanceProfilesForRole", [("RoleName", "r")]),
        ("CreatePolicy", [("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")]),
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
        ("GetAccountSummary", []),
        ("SimulateCustomPolicy", [("PolicyInputList.member.1", IamBox.AllowAll), ("ActionNames.member.1", "ecr:PutImage"), ("ActionNames.member.2", "ecr:BatchGetImage"), ("MaxItems", "1")]),
        ("SimulatePrincipalPolicy", [("PolicySourceArn", "arn:aws:iam::123456789012:role/github-ci"), ("ActionNames.member.1", "s3:PutObject"), ("ResourceArns.member.1", "arn:aws:s3:::b/x")]),
    ];

    [Fact]
    public async Task Every_answer_of_IAM_fits_the_model()
    {
        ServiceModel model = ServiceModel.Load("iam");
        await using TestSandbox sandbox = new();
        foreach ((string action, (string, string)[] fields) in s_calls)
        {
            (System.Net.HttpStatusCode status, XElement answer) = await sandbox.Query(action, "2010-05-08", fields);
            Assert.True(status == System.Net.HttpStatusCode.OK, $"{action}: {answer}");
            Assert.Empty(model.CheckOutput(action, answer));
        }
    }

    [Fact]
    public void No_operation_is_left_out_here() => Assert.Equal(new IamBox().Operations.Order(), s_calls.Select(c => c.Action).Order());

    [Fact]
    public async Task An_answer_of_STS_fits_the_model()
    {
        await using TestSandbox sandbox = new();
        (_, XElement answer) = await sandbox.Query("GetCallerIdentity", "2011-06-15");
        Assert.Empty(ServiceModel.Load("sts").CheckOutput("GetCallerIdentity", answer));
    }
}

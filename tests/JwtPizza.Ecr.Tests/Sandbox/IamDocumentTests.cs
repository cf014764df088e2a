using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamDocumentTests
{
    private const string Version = "\"Version\":\"2012-10-17\"";
    private const string GitHub =
        "\"Principal\":{\"Federated\":\"arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\"";

    [Theory]
    [InlineData("{", "Syntax errors in policy.")]
    [InlineData("[]", "Syntax errors in policy.")]
    [InlineData("{\"\\ud800\":1}", "Syntax errors in policy.")]
    [InlineData("{" + Version + "}", "Syntax errors in policy.")]
    [InlineData("{" + Version + ",\"Statement\":[]}", "Syntax errors in policy.")]
    [InlineData("{" + Version + ",\"Statement\":[7]}", "Syntax errors in policy.")]
    [InlineData("{" + Version + ",\"Comment\":\"x\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "Syntax errors in policy.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Maybe\",\"Action\":\"*\",\"Resource\":\"*\"}}", "Syntax errors in policy.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"NotAction\":\"*\",\"Resource\":\"*\"}}",
        "Syntax errors in policy.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringAlike\":{\"a:b\":\"c\"}}}}",
            "Syntax errors in policy.")]
    [InlineData(
        "{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":[]}}}",
        "Syntax errors in policy.")]
    [InlineData("{\"Version\":\"2020-01-01\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "Syntax errors in policy.")]
    [InlineData("{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "Policy document must be version 2012-10-17 or greater.")]
    [InlineData("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "Policy document must be version 2012-10-17 or greater.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "The policy failed legacy parsing")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "Policy document should not specify a principal.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}", "Statement IDs (SID) in a single policy must be unique.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Sid\":\"A-b_c\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Resource\":\"*\"}}", "Policy statement must contain actions.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":[],\"Resource\":\"*\"}}",
        "Policy statement must contain actions.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"PutImage\",\"Resource\":\"*\"}}",
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b:c\",\"Resource\":\"*\"}}",
        "Actions/Condition can contain only one colon.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"e c:b\",\"Resource\":\"*\"}}",
        "Vendor e c is not valid")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\"}}", "Policy statement must contain resources.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[]}}",
        "Policy statement must contain resources.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"bucket\"}}",
        "Resource bucket must be in ARN format or \"*\".")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aw:s3:::b\"}}",
        "Partition \"aw\" is not valid for resource \"arn:aw:s3:::b\".")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3::b\"}}",
        "The policy failed legacy parsing")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws\"}}",
        "Resource vendor must be fully qualified and cannot contain regexes.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:iam:eu-west-1:012345678901:role/x\"}}",
            "IAM resource arn:aws:iam:eu-west-1:012345678901:role/x cannot contain region information.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:eu-west-1::bucket\"}}",
        "Resource arn:aws:s3:eu-west-1::bucket can not contain region information.")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:iam::012345678901:cook/x\"}}",
        "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, " +
        "server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"DateLessThan\":{\"aws:CurrentTime\":\"soon\"}}}}", "The policy failed legacy parsing")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"DateLessThan\":{\"aws:CurrentTime\":\"2026-13-01\"}}}}", "The policy failed legacy parsing")]
    [InlineData("{" + Version + ",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a:b:c\",\"Resource\":\"bucket\"}}",
        "Resource bucket must be in ARN format or \"*\".")]
    public void An_identity_policy_that_IAM_cannot_take_is_refused_with_the_reason(string document, string message)
    {
        ApiError e = new IamBox().Refused("CreatePolicy", ("PolicyName", "p"), ("PolicyDocument", document));
        Assert.Equal(("MalformedPolicyDocument", 400, message), (e.Code, e.Status, e.Message));
    }

    [Theory]
    [InlineData(
        "{" + Version
            + ",\"Id\":\"x\",\"Statement\":{\"Sid\":\"\",\"Effect\":\"Deny\",\"NotAction\":[\"ecr:*\",\"iam:Get*\"],\"NotResource\":[\"arn:aws:ecr:*:*:repository/*\",\"arn:aws:s3:::b\"]}}")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ForAnyValue:StringLikeIfExists\":{\"aws:x\":[\"a\",\"b\"]},\"Bool\":{\"aws:MultiFactorAuthPresent\":true},\"NumericLessThan\":{\"s3:max-keys\":10}}}]}")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Sid\":\"\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Sid\":\"\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":[\"arn:aws:s3\",\"arn:aws:iam::*:user/${aws:username}\",\"arn:aws:s3:eu-west-1:012345678901:accesspoint/x\"],\"Condition\":{\"StringLike\":{\"a:b\":[]},\"DateLessThan\":{\"aws:CurrentTime\":[\"2026-11-27T10:00:00.5+02:00\",\"2026-11\",\"1800000000\"]}}}]}")]
    public void A_sound_identity_policy_is_taken(string document) => Assert.NotEmpty(new IamBox().CreatePolicy("p", document));

    [Fact]
    public void An_inline_policy_may_be_of_the_old_version()
    {
        IamBox iam = new();
        iam.CreateRole("ci");
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "p"),
            ("PolicyDocument", IamBox.AllowAll.Replace("2012-10-17", "2008-10-17", StringComparison.Ordinal)));
        Assert.Equal("MalformedPolicyDocument",
            iam.Refused("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "p"), ("PolicyDocument", "{}")).Code);
    }

    [Theory]
    [InlineData("not json", "This policy contains invalid Json")]
    [InlineData("[]", "This policy contains invalid Json")]
    [InlineData("{\"version\":\"2012-10-17\"}", "Unknown field version")]
    [InlineData("{\"Version\":\"2012\",\"Statement\":[]}", "The policy must contain a valid version string")]
    [InlineData("{" + Version + ",\"Statement\":[]}", "Could not parse the policy: Statement is empty!")]
    [InlineData("{" + Version + ",\"Statement\":[\"x\"]}", "Syntax error in policy.")]
    [InlineData("{" + Version + ",\"Statement\":[{}]}", "Missing required field Effect")]
    [InlineData("{" + Version + ",\"Statement\":[{\"Effect\":\"Perhaps\"}]}", "Invalid effect: Perhaps")]
    [InlineData("{" + Version + ",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"}]}",
        "Missing required field Principal")]
    [InlineData("{" + Version + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{},\"Action\":\"sts:AssumeRole\"}]}",
        "Missing required field Principal cannot be empty!")]
    [InlineData("{" + Version + ",\"Statement\":[{\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\"}]}",
        "Allow with NotPrincipal is not allowed.")]
    [InlineData("{" + Version + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"}}]}", "Missing required field Action")]
    [InlineData("{" + Version + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"ecr:PutImage\"}]}",
        "AssumeRole policy may only specify STS AssumeRole actions.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":[\"sts:AssumeRole\",\"sts:AssumeRoleWithWebIdendity\"]}]}", "AssumeRole policy may only specify STS AssumeRole actions.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"}]}",
            "Has prohibited field Resource")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\",\"Condition\":{\"StringEquals\":{\"aws:x\":[]}}}]}", "Syntax error in policy.")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::012345678901:role/gone\"},\"Action\":\"sts:AssumeRole\"}]}", "Invalid principal in policy: \"AWS\":\"arn:aws:iam::012345678901:role/gone\"")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"AROAABCDEFGHIJKLMNOPQ\"},\"Action\":\"sts:AssumeRole\"}]}",
            "Invalid principal in policy: \"AWS\":\"AROAABCDEFGHIJKLMNOPQ\"")]
    [InlineData(
        "{" + Version + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ecs\"},\"Action\":\"sts:AssumeRole\"}]}",
        "Invalid principal in policy: \"SERVICE\":\"ecs\"")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"https://token.actions.githubusercontent.com\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\"}]}", "Invalid principal in policy: \"Federated\":\"https://token.actions.githubusercontent.com\"")]
    [InlineData(
        "{" + Version
            + ",\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\"},{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\"}]}", "The Statement Ids in the policy are not unique")]
    public void A_trust_policy_that_IAM_cannot_take_is_refused_with_the_reason(string document, string message)
    {
        IamBox iam = new(seeded: true);
        string before = iam.Trust("github-ci");
        ApiError e = iam.Refused("UpdateAssumeRolePolicy", ("RoleName", "github-ci"), ("PolicyDocument", document));
        Assert.Equal(("MalformedPolicyDocument", 400, message), (e.Code, e.Status, e.Message));
        Assert.Equal(before, iam.Trust("github-ci"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"Condition\":{\"StringEquals\":{\"token.actions.githubusercontent.com:aud\":\"sts.amazonaws.com\"}}")]
    [InlineData(",\"Condition\":{\"StringLike\":{\"token.actions.githubusercontent.com:sub\":\"*\"}}")]
    [InlineData(",\"Condition\":{\"StringLike\":{\"token.actions.githubusercontent.com:sub\":[\"repo:o/r:*\",\"**?\"]}}")]
    [InlineData(",\"Condition\":{\"StringNotEquals\":{\"token.actions.githubusercontent.com:sub\":\"repo:o/r:x\"}}")]
    [InlineData(",\"Condition\":{\"StringEquals\":{\"example.com:sub\":\"repo:o/r:x\"}}")]
    public void Trust_in_GitHub_that_does_not_say_whose_workflows_is_refused(string condition)
    {
        ApiError e = new IamBox()
            .Refused("CreateRole", ("RoleName", "ci"),
                ("AssumeRolePolicyDocument", $"{{{Version},\"Statement\":[{{\"Effect\":\"Allow\",{GitHub}{condition}}}]}}"));
        Assert.Equal("MalformedPolicyDocument", e.Code);
        Assert.Contains("token.actions.githubusercontent.com:sub", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "\"Effect\":\"Allow\"," + GitHub
            + ",\"Condition\":{\"StringLike\":{\"Token.Actions.GitHubUserContent.com:Sub\":[\"repo:o/r:*\",\"repo:o@1/r@2:*\"]}}")]
    [InlineData(
        "\"Effect\":\"Allow\"," + GitHub
            + ",\"Condition\":{\"ForAnyValue:StringEquals\":{\"token.actions.githubusercontent.com:job_workflow_ref\":\"o/r/.github/workflows/x.yml@main\"}}")]
    [InlineData("\"Effect\":\"Deny\"," + GitHub)]
    [InlineData(
        "\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"arn:aws:iam::012345678901:oidc-provider/ci.example.com\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\"")]
    [InlineData(
        "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"arn:aws:iam::999999999999:role/any\",\"012345678901\",\"arn:aws:iam::012345678901:root\",\"arn:aws:iam::012345678901:role/github-ci\"]},\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"]")]
    public void A_sound_trust_policy_is_taken(string statement)
    {
        IamBox iam = new(seeded: true);
        string document = $"{{{Version},\"Statement\":[{{{statement}}}]}}";
        iam.Call("UpdateAssumeRolePolicy", ("RoleName", "github-ci"), ("PolicyDocument", document));
        Assert.Equal(document, iam.Trust("github-ci"));
    }
}

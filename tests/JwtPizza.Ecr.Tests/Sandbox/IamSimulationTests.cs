using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamSimulationTests
{
    private const string Role = "arn:aws:iam::012345678901:role/github-ci", Policy = "arn:aws:iam::012345678901:policy/jwt-pizza-ci-deployment";

    [Theory]
    [InlineData("s3:PutObject", "arn:aws:s3:::pizza.my-account.click/index.html", "allowed")]
    [InlineData("s3:PutObject", "arn:aws:s3:::other/index.html", "implicitDeny")]
    [InlineData("S3:listbucket", "arn:aws:s3:::pizza.my-account.click", "allowed")]
    [InlineData("ecr:PutImage", "arn:aws:ecr:us-east-1:012345678901:repository/jwt-pizza-service", "implicitDeny")]
    public void A_role_may_do_what_its_policies_allow(string action, string resource, string decision) =>
        Assert.Equal(decision, Decision(new(seeded: true), "SimulatePrincipalPolicy", ("PolicySourceArn", Role), ("ActionNames.member.1", action), ("ResourceArns.member.1", resource)));

    [Fact]
    public void An_inline_Deny_beats_the_attached_Allow_and_is_named()
    {
        IamBox iam = new(seeded: true);
        iam.Call("PutRolePolicy", ("RoleName", "github-ci"), ("PolicyName", "stop"), ("PolicyDocument", IamBox.AllowAll.Replace("Allow", "Deny", StringComparison.Ordinal)));
        XElement result = iam.Call("SimulatePrincipalPolicy", ("PolicySourceArn", Role), ("ActionNames.member.1", "s3:PutObject"), ("ResourceArns.member.1", "arn:aws:s3:::pizza.my-account.click/x"));
        Assert.Equal(("explicitDeny", "stop", "role"), (result.Descendants("EvalDecision").Single().Value, result.Descendants("SourcePolicyId").Single().Value, result.Descendants("SourcePolicyType").Single().Value));
    }

    [Fact]
    public void Only_the_default_version_counts()
    {
        IamBox iam = new(seeded: true);
        (string, string)[] question = [("PolicySourceArn", Role), ("ActionNames.member.1", "ecr:PutImage")];
        iam.Call("CreatePolicyVersion", ("PolicyArn", Policy), ("PolicyDocument", IamBox.AllowAll));
        Assert.Equal("implicitDeny", Decision(iam, "SimulatePrincipalPolicy", question));
        iam.Call("SetDefaultPolicyVersion", ("PolicyArn", Policy), ("VersionId", "v2"));
        Assert.Equal("allowed", Decision(iam, "SimulatePrincipalPolicy", question));
    }

    [Fact]
    public void A_condition_is_asked_of_the_context_and_what_is_missing_is_told()
    {
        const string Document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}]}""";
        (string, string)[] question = [("PolicyInputList.member.1", Document), ("ActionNames.member.1", "iam:PassRole")];
        XElement without = new IamBox().Call("SimulateCustomPolicy", question);
        Assert.Equal(("implicitDeny", "iam:PassedToService"), (without.Descendants("EvalDecision").Single().Value, without.Descendants("MissingContextValues").Single().Value));
        Assert.Equal("allowed", Decision(new(), "SimulateCustomPolicy",
        [
            .. question, ("ContextEntries.member.1.ContextKeyName", "iam:passedtoservice"), ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "ecs-tasks.amazonaws.com"),
        ]));
    }

    [Fact]
    public void Results_come_in_the_order_asked_and_in_pages()
    {
        IamBox iam = new();
        (string, string)[] question = [("PolicyInputList.member.1", IamBox.AllowAll), .. Enumerable.Range(1, 12).Select(i => ($"ActionNames.member.{i}", $"ecr:Action{i}")), ("MaxItems", "5")];
        List<string> seen = [];
        for (string? marker = null; ;)
        {
            XElement page = iam.Call("SimulateCustomPolicy", [.. question, .. marker is null ? [] : new[] { ("Marker", marker) }]);
            seen.AddRange(page.Descendants("EvalActionName").Select(a => a.Value));
            if ((marker = page.Element("Marker")?.Value) is null) break;
        }
        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"ecr:Action{i}"), seen);
    }

    [Theory]
    [InlineData("ResourcePolicy", "ResourcePolicy")]
    [InlineData("PermissionsBoundaryPolicyInputList.member.1", "PermissionsBoundaryPolicyInputList")]
    public void What_the_simulator_cannot_evaluate_it_refuses_by_name(string parameter, string named) => Assert.Contains(named,
        new IamBox().Refused("SimulateCustomPolicy", ("PolicyInputList.member.1", IamBox.AllowAll), ("ActionNames.member.1", "ecr:PutImage"), (parameter, IamBox.AllowAll)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_principal_that_is_not_there_is_named()
    {
        IamBox iam = new(seeded: true);
        Assert.Equal("NoSuchEntity", iam.Refused("SimulatePrincipalPolicy", ("PolicySourceArn", Role + "x"), ("ActionNames.member.1", "ecr:PutImage")).Code);
        Assert.Equal("MalformedPolicyDocument", iam.Refused("SimulateCustomPolicy", ("PolicyInputList.member.1", "{}"), ("ActionNames.member.1", "ecr:PutImage")).Code);
    }

    [Fact]
    public async Task Boto3_simulates()
    {
        await using TestSandbox sandbox = new();
        string printed = await Peer.Boto3(sandbox, """
            import boto3
            iam = boto3.client('iam')
            pages = iam.get_paginator('simulate_principal_policy').paginate(PolicySourceArn='arn:aws:iam::123456789012:role/github-ci', ActionNames=['s3:PutObject', 'ecr:PutImage'],
                ResourceArns=['arn:aws:s3:::pizza.my-account.click/x'], PaginationConfig={'PageSize': 1})
            print([(r['EvalActionName'], r['EvalDecision']) for p in pages for r in p['EvaluationResults']])
            """);
        Assert.Equal("[('s3:PutObject', 'allowed'), ('ecr:PutImage', 'implicitDeny')]", printed.Trim());
    }

    private static string Decision(IamBox iam, string action, params (string, string)[] fields) => iam.Call(action, fields).Descendants("EvalDecision").Single().Value;
}

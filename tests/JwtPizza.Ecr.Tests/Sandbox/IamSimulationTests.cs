using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamSimulationTests
{
    private const string Role = "arn:aws:iam::012345678901:role/github-ci",
        Policy = "arn:aws:iam::012345678901:policy/jwt-pizza-ci-deployment";

    [Theory]
    [InlineData("s3:PutObject", "arn:aws:s3:::pizza.my-account.click/index.html", "allowed")]
    [InlineData("s3:PutObject", "arn:aws:s3:::other/index.html", "implicitDeny")]
    [InlineData("S3:listbucket", "arn:aws:s3:::pizza.my-account.click", "allowed")]
    [InlineData("ecr:PutImage", "arn:aws:ecr:us-east-1:012345678901:repository/jwt-pizza-service", "implicitDeny")]
    public void A_role_may_do_what_its_policies_allow(string action, string resource, string decision) =>
        Assert.Equal(decision,
            Decision(new(seeded: true), "SimulatePrincipalPolicy", ("PolicySourceArn", Role), ("ActionNames.member.1", action),
                ("ResourceArns.member.1", resource)));

    [Fact]
    public void An_inline_Deny_beats_the_attached_Allow_and_is_named()
    {
        IamBox iam = new(seeded: true);
        iam.Call("PutRolePolicy", ("RoleName", "github-ci"), ("PolicyName", "stop"),
            ("PolicyDocument", IamBox.AllowAll.Replace("Allow", "Deny", StringComparison.Ordinal)));
        XElement result = iam.Call("SimulatePrincipalPolicy", ("PolicySourceArn", Role), ("ActionNames.member.1", "s3:PutObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::pizza.my-account.click/x"));
        Assert.Equal(("explicitDeny", "stop", "IAM Policy"),
            (result.Descendants("EvalDecision").Single().Value, result.Descendants("SourcePolicyId").First().Value,
                result.Descendants("SourcePolicyType").First().Value));
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
        const string Document =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}}]}""";
        (string, string)[] question = [("PolicyInputList.member.1", Document), ("ActionNames.member.1", "iam:PassRole")];
        XElement without = new IamBox().Call("SimulateCustomPolicy", question);
        Assert.Equal(("implicitDeny", "iam:PassedToService"),
            (without.Descendants("EvalDecision").Single().Value, without.Descendants("MissingContextValues").Single().Value));
        Assert.Equal("allowed", Decision(new(), "SimulateCustomPolicy",
        [
            .. question, ("ContextEntries.member.1.ContextKeyName", "iam:passedtoservice"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "ecs-tasks.amazonaws.com"),
        ]));
    }

    [Fact]
    public void Results_come_in_the_order_asked_and_in_pages()
    {
        IamBox iam = new();
        (string, string)[] question = [("PolicyInputList.member.1", IamBox.AllowAll),
            .. Enumerable.Range(1, 12).Select(i => ($"ActionNames.member.{i}", $"ecr:Action{i}")), ("MaxItems", "5")];
        List<string> seen = [];
        for (string? marker = null; ;)
        {
            XElement page = iam.Call("SimulateCustomPolicy", [.. question, .. marker is null ? [] : new[] { ("Marker", marker) }]);
            seen.AddRange(page.Descendants("EvalActionName").Select(a => a.Value));
            if ((marker = page.Element("Marker")?.Value) is null) break;
        }
        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"ecr:Action{i}"), seen);
    }

    [Fact]
    public void What_the_simulator_cannot_evaluate_it_refuses_by_name() => Assert.Contains("ResourceHandlingOption", new IamBox().Refused(
        "SimulateCustomPolicy", ("PolicyInputList.member.1", IamBox.AllowAll), ("ActionNames.member.1", "ecr:PutImage"),
        ("ResourceHandlingOption", "EC2-VPC-EBS")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_whole_shape_is_as_AWS_answers_it()
    {
        const string Document = """
            {"Version": "2012-10-17",
             "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
               {"Sid": "", "Effect": "Allow", "Action": "ecr:PutImage", "Resource": "*"}]}
            """;
        XElement result = new IamBox(seeded: true).Call("SimulatePrincipalPolicy",
            ("PolicySourceArn", Role), ("PolicyInputList.member.1", Document), ("ActionNames.member.1", "ecr:PutImage"),
            ("ResourceArns.member.1", "arn:aws:ecr:us-east-1:012345678901:repository/r"));
        XElement one = result.Element("EvaluationResults")!.Element("member")!,
            matched = one.Element("MatchedStatements")!.Element("member")!;
        Assert.Equal(
            ["EvalActionName", "EvalResourceName", "EvalDecision", "MatchedStatements", "MissingContextValues",
                "OrganizationsDecisionDetail", "EvalDecisionDetails", "ResourceSpecificResults"],
            one.Elements().Select(e => e.Name.LocalName));
        Assert.Equal(("PolicyInputList.1", "3", "5", "3", "77"), (matched.Element("SourcePolicyId")!.Value,
            matched.Element("StartPosition")!.Element("Line")!.Value, matched.Element("StartPosition")!.Element("Column")!.Value,
            matched.Element("EndPosition")!.Element("Line")!.Value, matched.Element("EndPosition")!.Element("Column")!.Value));
        Assert.Equal("true", one.Element("OrganizationsDecisionDetail")!.Element("AllowedByOrganizations")!.Value);
        Assert.Equal("allowed", one.Element("ResourceSpecificResults")!.Element("member")!.Element("EvalResourceDecision")!.Value);
    }

    [Theory]
    [InlineData("ecr:*", "allowed", "true")]
    [InlineData("s3:*", "implicitDeny", "false")]
    public void A_boundary_limits_what_is_allowed(string within, string decision, string allowed)
    {
        string boundary = IamBox.AllowAll.Replace("\"Action\":\"*\"", $"\"Action\":\"{within}\"", StringComparison.Ordinal);
        XElement given = new IamBox().Call("SimulateCustomPolicy",
            ("PolicyInputList.member.1", IamBox.AllowAll), ("PermissionsBoundaryPolicyInputList.member.1", boundary),
            ("ActionNames.member.1", "ecr:PutImage"));
        Assert.Equal((decision, allowed),
            (given.Descendants("EvalDecision").Single().Value, given.Descendants("AllowedByPermissionsBoundary").Single().Value));
        IamBox iam = new();
        iam.CreateRole("ci");
        iam.Call("PutRolePolicy", ("RoleName", "ci"), ("PolicyName", "all"), ("PolicyDocument", IamBox.AllowAll));
        iam.Call("PutRolePermissionsBoundary", ("RoleName", "ci"), ("PermissionsBoundary", iam.CreatePolicy("boundary", boundary)));
        Assert.Equal(decision,
            Decision(iam, "SimulatePrincipalPolicy", ("PolicySourceArn", "arn:aws:iam::012345678901:role/ci"),
                ("ActionNames.member.1", "ecr:PutImage")));
    }

    [Theory]
    [InlineData("arn:aws:iam::012345678901:role/other", "Allow", "allowed")]
    [InlineData("arn:aws:iam::012345678901:role/other", "Deny", "explicitDeny")]
    [InlineData("arn:aws:iam::012345678901:role/third", "Allow", "implicitDeny")]
    public void The_policy_of_a_resource_counts_for_whom_it_names(string caller, string effect, string decision)
    {
        string resource =
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"{{effect}}","Principal":{"AWS":"arn:aws:iam::012345678901:role/other"},"Action":"ecr:*","Resource":"*"}]}""";
        string own = IamBox.AllowAll.Replace("\"Action\":\"*\"", "\"Action\":\"s3:*\"", StringComparison.Ordinal);
        Assert.Equal(decision, Decision(new(), "SimulateCustomPolicy",
            ("PolicyInputList.member.1", own), ("ResourcePolicy", resource), ("CallerArn", caller),
            ("ActionNames.member.1", "ecr:PutImage"), ("ResourceArns.member.1", "arn:aws:ecr:us-east-1:012345678901:repository/r")));
    }

    [Fact]
    public void A_principal_that_is_not_there_is_named()
    {
        IamBox iam = new(seeded: true);
        Assert.Equal("NoSuchEntity",
            iam.Refused("SimulatePrincipalPolicy", ("PolicySourceArn", Role + "x"), ("ActionNames.member.1", "ecr:PutImage")).Code);
        Assert.Equal("MalformedPolicyDocument",
            iam.Refused("SimulateCustomPolicy", ("PolicyInputList.member.1", "{}"), ("ActionNames.member.1", "ecr:PutImage")).Code);
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

    private static string Decision(IamBox iam, string action, params (string, string)[] fields) =>
        iam.Call(action, fields).Descendants("EvalDecision").Single().Value;
}

using System.Management.Automation;
using System.Reflection;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What cannot be a role's name is refused alike by every cmdlet that takes one.</summary>
public sealed class RoleNameTests(SandboxShell sandbox) : IClassFixture<SandboxShell>
{
    private static readonly Dictionary<string, string> s_cmdlets = new()
    {
        ["Add-PizzaTrustSubject"] = "o/r -Form Name",
        ["Connect-PizzaAws"] = "-Account 123456789012",
        ["Get-PizzaCiPolicy"] = "",
        ["Get-PizzaCiRole"] = "",
        ["Get-PizzaRolePolicy"] = "",
        ["Get-PizzaTrustSubject"] = "",
        ["Grant-PizzaCiPolicy"] = "team/one",
        ["Grant-PizzaRolePolicy"] = "-PolicyName AmazonDynamoDBFullAccess",
        ["New-PizzaCiRole"] = "o/r -Form Name",
        ["Remove-PizzaCiRole"] = "-Force",
        ["Remove-PizzaTrustSubject"] = "o/r -Force",
        ["Revoke-PizzaCiPolicy"] = "team/one",
        ["Revoke-PizzaRolePolicy"] = "-PolicyName AmazonDynamoDBFullAccess",
        ["Test-PizzaTrustSubject"] = "o/r -Form Name",
    };

    public static TheoryData<string> Names => [.. s_cmdlets.Keys];

    // Test-PizzaSetup makes findings of what is wrong; the other two do not call IAM for it.
    [Fact]
    public void Every_cmdlet_that_calls_iam_for_a_role_is_tried() =>
        Assert.Equal(s_cmdlets.Keys.Order(), typeof(PizzaCmdlet).Assembly.GetExportedTypes()
            .Where(t => !t.IsAbstract && t.GetProperty("RoleName")?.IsDefined(typeof(ParameterAttribute)) == true)
            .Select(t => t.GetCustomAttribute<CmdletAttribute>()!).Select(c => $"{c.VerbName}-{c.NounName}")
            .Except(["Test-PizzaSetup", "Export-PizzaWorkflow", "New-PizzaSandboxToken"]).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_not_the_name_of_a_role_is_refused(string name)
    {
        Finished run = sandbox.Run($"{name} -RoleName 'two words' {s_cmdlets[name]}");
        Assert.StartsWith("InvalidRoleName,", run.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'two words'", run.Error.Exception.Message, StringComparison.Ordinal);
    }
}

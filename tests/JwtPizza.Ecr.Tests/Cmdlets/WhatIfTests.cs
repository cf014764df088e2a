
namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>-WhatIf of every cmdlet that changes something in AWS: it reads what it must, and sends no call that changes
/// anything.</summary>
public sealed class WhatIfTests : IAsyncDisposable
{
    private readonly SandboxShell _sandbox = new();

    public WhatIfTests() => _sandbox.Run("""
        Push-PizzaImage $layout team/one -LayoutTag v2 -Tag v1    # the first v1 has no tag any more, and can be cleared
        New-PizzaRepository jwt-pizza-service | Push-PizzaImage $layout -LayoutTag v1 -Tag latest
        """).Of<object>();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("'o/r' | Add-PizzaTrustSubject -Form Name")]
    [InlineData("Clear-PizzaImage team/one")]
    [InlineData("Copy-PizzaImage team/one:v1 -Tag v2")]
    [InlineData("Grant-PizzaCiPolicy team/one")]
    [InlineData("Grant-PizzaReplication 210987654321")]
    [InlineData("Grant-PizzaRepositoryAccess team/one -Account 210987654321 -Pull")]
    [InlineData("Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess")]
    [InlineData("New-PizzaCiRole o/new -Form Name")]
    [InlineData("New-PizzaRepository new")]
    [InlineData("New-PizzaRepository new -Public")]
    [InlineData("Push-PizzaImage $layout team/two -LayoutTag v2 -Tag v2")]
    [InlineData("Register-PizzaOidcProvider -Audience other")]
    [InlineData("Remove-PizzaCiRole github-ci -Force")]
    [InlineData("Remove-PizzaImage team/one -Tag v1 -Force")]
    [InlineData("Remove-PizzaLifecycle team/one -Force")]
    [InlineData("Remove-PizzaRepository team/one -IncludeImages -Force")]
    [InlineData("Set-PizzaLifecycle team/one -KeepLast 7")]
    [InlineData("Set-PizzaReplication us-west-2")]
    [InlineData("Set-PizzaRepository team/one -ImageTagMutability IMMUTABLE")]
    [InlineData("Set-PizzaScanning -ScanOnPush 'x*'")]
    [InlineData("Unregister-PizzaOidcProvider -IgnoreTrust -Force")]
    [InlineData("Update-PizzaService jwt-pizza-service")]
    public void WhatIf_sends_no_call_that_changes_anything(string script)
    {
        _sandbox.NewCalls();
        Assert.Empty(_sandbox.Run($"{script} -WhatIf").Errors);
        Assert.DoesNotContain(_sandbox.NewCalls(), SandboxShell.IsChange);
        Assert.Empty(_sandbox.Run($"{script} -Confirm:$false").Errors);
        Assert.Contains(_sandbox.NewCalls(), SandboxShell.IsChange);
    }
}

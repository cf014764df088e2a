using System.Management.Automation;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>Ctrl+C while AWS is silent.</summary>
public sealed class StopTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("Get-PizzaRepository one @to")]
    [InlineData("'a/b' | Add-PizzaTrustSubject -Form Name @to")]
    [InlineData("Grant-PizzaCiPolicy one @to")]
    [InlineData("Get-PizzaImage one @to | Remove-PizzaImage -Force @to")]
    [InlineData("Push-PizzaImage $b one -LayoutTag v1 @to")]
    public async Task A_cmdlet_ends_and_leaves_no_error(string script)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer silent = new((_, _) => { asked.TrySetResult(); return Answer.Hang; });
        PowerShell running = _shell.Begin(
            $"$to = @{{ EndpointUrl = $a; AccessKey = 'a'; SecretKey = 'b'; Region = 'us-east-1' }}; {script}",
            silent.Url, RepositoryRoot.File("examples", "oci-layout"));
        await asked.Task.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        await Task.Run(running.Stop, Sessions.Soon).WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(PSInvocationState.Stopped, running.InvocationStateInfo.State);
        Assert.Empty(running.Streams.Error);
    }
}

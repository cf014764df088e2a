namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What a command asks of AWS: each thing once before it changes something, then whether the change has stayed.</summary>
public sealed class CallTests : IAsyncDisposable
{
    private readonly SandboxShell _sandbox = new();

    public CallTests() =>
        _sandbox.Run("$null = New-PizzaRepository jwt-pizza-service | Push-PizzaImage $layout -LayoutTag v1 -Tag latest").Of<object>();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    /// <param name="script">The command.</param>
    /// <param name="asked">What it asks before it changes something.</param>
    /// <param name="changes">What it changes.</param>
    /// <param name="lookedAt">What it reads afterwards.</param>
    [Theory]
    [InlineData("Add-PizzaTrustSubject o/r -Form Name", "GetRole", "UpdateAssumeRolePolicy", "GetRole")]
    [InlineData("Set-PizzaLifecycle team/one -KeepLast 7",
        "GetLifecyclePolicy", "PutLifecyclePolicy", "GetLifecyclePolicy DescribeRepositories")]
    [InlineData("Get-PizzaRepository team/one | Set-PizzaLifecycle -KeepLast 7",
        "DescribeRepositories GetLifecyclePolicy", "PutLifecyclePolicy", "GetLifecyclePolicy")]
    [InlineData("Grant-PizzaCiPolicy jwt-pizza-service",
        "DescribeRepositories ListAttachedRolePolicies ListPolicyVersions GetPolicyVersion ListEntitiesForPolicy",
        "CreatePolicyVersion", "ListPolicyVersions GetPolicyVersion")]
    [InlineData("New-PizzaCiRole o/new -Form Name -RoleName new -RepositoryName jwt-pizza-service",
        "DescribeRepositories GetRole GetCallerIdentity GetOpenIDConnectProvider ListPolicyVersions",
        "CreateRole CreatePolicy AttachRolePolicy", "")]
    [InlineData("Copy-PizzaImage jwt-pizza-service:latest -DestinationTag prod",
        "BatchGetImage DescribeRepositories", "PutImage", "BatchGetImage")]
    [InlineData("Test-PizzaSetup o/r -RepositoryName jwt-pizza-service -Form Both -OwnerId 1 -RepositoryId 2",
        "GetCallerIdentity DescribeRepositories GetLifecyclePolicy GetOpenIDConnectProvider GetRole ListAttachedRolePolicies " +
        "ListPolicyVersions GetPolicyVersion DescribeImages BatchGetImage GetDownloadUrlForLayer DownloadLayer", "", "")]
    public void A_command_asks_for_each_thing_once(string script, string asked, string changes, string lookedAt)
    {
        _sandbox.NewCalls();
        Assert.Empty(_sandbox.Run(script).Errors);
        SandboxCall[] calls = [.. _sandbox.NewCalls()];
        SandboxCall[] before = [.. calls.TakeWhile(c => !SandboxShell.IsChange(c))], changing = [.. calls.Where(SandboxShell.IsChange)];
        Assert.Equal(Words(asked), before.Select(c => c.Operation).Order(StringComparer.Ordinal));
        Assert.Equal(changes, string.Join(' ', changing.Select(c => c.Operation)));
        Assert.Equal(Words(lookedAt),
            calls.Skip(before.Length).Except(changing).Select(c => c.Operation).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Add-PizzaTrustSubject o/r -Form Name", 1)]
    [InlineData("Grant-PizzaCiPolicy jwt-pizza-service", 4)]
    [InlineData("New-PizzaCiRole o/new -Form Name -RoleName new -RepositoryName jwt-pizza-service", 6)]
    [InlineData("Copy-PizzaImage jwt-pizza-service:latest -DestinationTag prod", 2)]
    public void A_command_that_has_nothing_to_do_asks_and_does_no_more(string script, int calls)
    {
        Assert.Empty(_sandbox.Run(script).Errors);
        _sandbox.NewCalls();
        Assert.Empty(_sandbox.Run(script).Errors);
        IReadOnlyList<SandboxCall> second = _sandbox.NewCalls();
        Assert.DoesNotContain(second, SandboxShell.IsChange);
        Assert.Equal(calls, second.Count);
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
}

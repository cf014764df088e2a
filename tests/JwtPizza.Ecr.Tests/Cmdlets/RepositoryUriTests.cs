using System.Management.Automation;
using System.Reflection;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>A repository is named by its name or by its URI in every cmdlet that takes one; the URI's account and region count.</summary>
public sealed class RepositoryUriTests : IAsyncDisposable
{
    /// <summary>What each cmdlet with -RepositoryName needs besides.</summary>
    private static readonly Dictionary<string, string> s_cmdlets = new()
    {
        ["Clear-PizzaImage"] = "-WhatIf",
        ["Copy-PizzaImage"] = "-Tag v2 -ImageTag v1 -WhatIf",
        ["Export-PizzaState"] = "-AsText",
        ["Export-PizzaWorkflow"] = "-AsText -Path ./none.yml",
        ["Get-PizzaCiPolicy"] = "",
        ["Get-PizzaImage"] = "",
        ["Get-PizzaLifecycle"] = "",
        ["Get-PizzaRepository"] = "",
        ["Get-PizzaScanFinding"] = "-ImageTag v1",
        ["Grant-PizzaCiPolicy"] = "-WhatIf",
        ["Grant-PizzaRepositoryAccess"] = "-Account 210987654321 -Pull -WhatIf",
        ["Measure-PizzaStorage"] = "",
        ["New-PizzaCiRole"] = "o/r -Form Name -WhatIf",
        ["New-PizzaRepository"] = "-Force -WhatIf",
        ["Publish-PizzaImage"] = "-WhatIf",
        ["Push-PizzaImage"] = "$layout -LayoutTag v1 -Tag v1 -WhatIf",
        ["Remove-PizzaImage"] = "-ImageTag v1 -WhatIf",
        ["Remove-PizzaLifecycle"] = "-WhatIf",
        ["Remove-PizzaReplication"] = "us-west-2 -WhatIf",
        ["Remove-PizzaRepository"] = "-WhatIf",
        ["Revoke-PizzaCiPolicy"] = "-WhatIf",
        ["Revoke-PizzaRepositoryAccess"] = "-Account 210987654321 -WhatIf",
        ["Save-PizzaImage"] = "-Path ./none.tar -ImageTag v1 -WhatIf",
        ["Set-PizzaLifecycle"] = "-KeepLast 3 -WhatIf",
        ["Set-PizzaReplication"] = "us-west-2 -WhatIf",
        ["Set-PizzaRepository"] = "-ImageTagMutability IMMUTABLE -WhatIf",
        ["Test-PizzaLifecycle"] = "-KeepLast 3 -Offline",
        ["Test-PizzaSetup"] = "o/r -Form Name",
        ["Update-PizzaService"] = "-WhatIf",
        ["Wait-PizzaReplication"] = "-ImageTag v1 -TimeoutSec 1",
    };

    private static readonly Type[] s_types =
    [
        .. typeof(PizzaCmdlet).Assembly.GetExportedTypes()
            .Where(t => !t.IsAbstract && t.GetProperty("RepositoryName")?.IsDefined(typeof(ParameterAttribute)) == true),
    ];

    private readonly SandboxShell _sandbox = new();

    public static TheoryData<string> Names => [.. s_cmdlets.Keys];

    /// <summary>All but the one that reads images at the URI's host, which the endpoint of these tests does not serve.</summary>
    public static TheoryData<string> OfAnyHost => [.. s_cmdlets.Keys.Except(["Copy-PizzaImage"])];

    /// <summary>Those that also take the account apart from the URI.</summary>
    public static TheoryData<string> WithRegistryId =>
        [.. s_types.Where(t => t.GetProperty("RegistryId")?.IsDefined(typeof(ParameterAttribute)) == true).Select(NameOf)];

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public void Every_cmdlet_is_tried() => Assert.Equal(s_cmdlets.Keys.Order(), s_types.Select(NameOf).Order());

    [Theory]
    [MemberData(nameof(OfAnyHost))]
    public void A_uri_is_taken_for_its_name(string name)
    {
        Finished run = Run(name, "123456789012", "us-east-1", "");
        Assert.DoesNotContain(run.Thrown is null ? run.Errors : [.. run.Errors, run.Thrown], e =>
            e.FullyQualifiedErrorId.Split(',')[0] is var id && (id.StartsWith("Invalid", StringComparison.Ordinal)
                || id is "RegistryMismatch" or "RepositoryNotFoundException" || id.StartsWith("Parameter", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_uri_of_another_region_than_the_parameter_says_is_refused(string name) =>
        Refused(Run(name, "123456789012", "eu-central-1", "-Region us-east-1"));

    [Theory]
    [MemberData(nameof(WithRegistryId))]
    public void A_uri_of_another_account_than_the_parameter_says_is_refused(string name) =>
        Refused(Run(name, "123456789012", "us-east-1", "-RegistryId 210987654321"));

    private static string NameOf(Type type) =>
        type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet ? $"{cmdlet.VerbName}-{cmdlet.NounName}" : type.Name;

    private static void Refused(Finished run) =>
        Assert.StartsWith("RegistryMismatch,", run.Error.FullyQualifiedErrorId, StringComparison.Ordinal);

    private Finished Run(string name, string account, string region, string more) =>
        _sandbox.Run($"{name} -RepositoryName {account}.dkr.ecr.{region}.amazonaws.com/team/one {s_cmdlets[name]} {more}");
}

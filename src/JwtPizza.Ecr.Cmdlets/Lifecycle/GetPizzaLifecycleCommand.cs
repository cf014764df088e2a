using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Lifecycle;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Gets the rules by which repositories of Amazon ECR clean themselves.</summary>
/// <remarks>
/// <para>A repository without a lifecycle policy gives an object without rules, not an error, so that you can ask which repositories have
/// none.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaLifecycle jwt-pizza-service | Select-Object -ExpandProperty Rules</code>
/// The rules in the order in which ECR applies them.
/// </example>
/// <example>
/// <code>Get-PizzaRepository | Get-PizzaLifecycle | Where-Object { -not $_.Rules } | Set-PizzaLifecycle -UntaggedDays 7</code>
/// Gives a policy to every repository that has none.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaLifecycle")]
[OutputType(typeof(RepositoryLifecycle))]
public sealed class GetPizzaLifecycleCommand : RepositoryCmdlet
{
    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        (RepositoryLifecycle lifecycle, string? unreadable) =
            await new LifecycleService(Registry, Aws.Region).GetAsync(name.Value, cancellationToken);
        if (unreadable is not null)
            WriteWarning(
                $"{name}: Rules is empty, because this version does not understand the whole policy; PolicyText has it. {unreadable}");
        if (lifecycle.PolicyText is null) WriteVerbose($"{name} has no lifecycle policy. Set one with Set-PizzaLifecycle.");
        WriteObject(lifecycle);
    }
}

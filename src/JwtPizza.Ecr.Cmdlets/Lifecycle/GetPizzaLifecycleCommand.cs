using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Lifecycle;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Gets the lifecycle policies of Amazon ECR repositories.</summary>
/// <remarks>
/// <para>For a repository without a lifecycle policy, the cmdlet returns an object without rules instead of an error. You can therefore
/// find the repositories that have no lifecycle policy.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaLifecycle jwt-pizza-service | Select-Object -ExpandProperty Rules</code>
/// Gets the rules in the order in which ECR applies them.
/// </example>
/// <example>
/// <code>Get-PizzaRepository | Get-PizzaLifecycle | Where-Object { -not $_.Rules } | Set-PizzaLifecycle -UntaggedDays 7</code>
/// Sets a lifecycle policy on every repository that has none.
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

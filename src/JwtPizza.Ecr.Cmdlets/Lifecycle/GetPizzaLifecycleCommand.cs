using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Lifecycle;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Gets the rules by which repositories of Amazon ECR clean themselves.</summary>
/// <remarks>
/// <para>A repository without a lifecycle policy gives an object without rules, not an error, so that you can ask which repositories have none.</para>
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
public sealed class GetPizzaLifecycleCommand : AwsCmdlet
{
    /// <summary>The names of the repositories.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The 12 digits of the account that owns the registry. Default: the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => WriteAsync(Ecr.RepositoryName.Parse(name).Value, cancellationToken), name);
    }

    private async Task WriteAsync(string name, CancellationToken cancellationToken)
    {
        (RepositoryLifecycle lifecycle, string? unreadable) = await new LifecycleService(Aws.Ecr.For(RegistryId), Aws.Region).GetAsync(name, cancellationToken);
        if (unreadable is not null) WriteWarning($"{name}: Rules is empty, because this version does not understand the whole policy; PolicyText has it. {unreadable}");
        if (lifecycle.PolicyText is null) WriteVerbose($"{name} has no lifecycle policy. Set one with Set-PizzaLifecycle.");
        WriteObject(lifecycle);
    }
}

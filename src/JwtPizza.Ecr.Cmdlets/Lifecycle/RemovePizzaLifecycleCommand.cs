using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Deletes the lifecycle policy of an Amazon ECR repository, or removes some of its rules.</summary>
/// <remarks>
/// <para>Without -Priority and -Rule, the cmdlet deletes the whole policy. Remaining rules keep their numbers. If no rule remains, the
/// policy is deleted. This does not delete any image; it stops the deletions.</para>
/// <para>A policy or rule that does not exist is not an error, so a second run changes nothing. The cmdlet passes on the repository, and
/// its Status shows what happened to the policy. With -WhatIf, it passes on nothing.</para>
/// <para>The cmdlet prompts for confirmation before each change. -Force suppresses only this prompt.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaLifecycle jwt-pizza-service</code>
/// Deletes the lifecycle policy, so that images are kept indefinitely from now on.
/// </example>
/// <example>
/// <code>Remove-PizzaLifecycle jwt-pizza-service -Priority 2 -WhatIf</code>
/// Shows the policy without its rule of priority 2.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Remove-PizzaLifecycle -Rule (New-PizzaLifecycleRule -TagPattern 'pr-*' -SinceImagePushed 14) -Force</code>
/// Removes the rule for images tagged pr-* from every repository of a team, regardless of its number of days.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaLifecycle", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Repository))]
public sealed class RemovePizzaLifecycleCommand : LifecycleCmdlet
{
    /// <summary>Specifies the priorities of the rules to remove, as Get-PizzaLifecycle shows them.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(PriorityCompleter))]
    public int[] Priority { get; set; } = [];

    /// <summary>Specifies rules to match. Only rules that select the same images (by tag status, tags, and storage class) are removed,
    /// regardless of their action.</summary>
    [Parameter]
    public LifecycleRule[] Rule { get; set; } = [];

    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        // An empty list comes of a filter that found nothing; taking the whole policy instead would be a bad surprise.
        if ((IsBound(nameof(Rule)) || IsBound(nameof(Priority))) && Rule.Length + Priority.Length == 0)
            throw LifecycleChange.Incomplete("-Rule and -Priority name no rule. Leave them out to remove the whole policy.");
        await ChangeAsync(
            Lifecycles.Editor(name.Value, new LifecycleRemoval(Priority, Rule)), name.Value,
            edit => (edit.After is null ? "Remove" : "Change", edit.After is null ? "lifecycle policy removed" : "rules removed",
                edit.Before is null
                    ? "there is no lifecycle policy; nothing changed" : "the lifecycle policy has no such rule; nothing changed"),
            Force, cancellationToken);
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Takes the lifecycle policy of a repository of Amazon ECR away, or some of its rules.</summary>
/// <remarks>
/// <para>Without -Priority and -Rule the whole policy goes. The rules that stay keep their numbers; when none would stay, the policy goes.
/// No image is deleted by this: it ends the deletions.</para>
/// <para>What is not there is no error: the second run changes nothing. The repository is passed on, and its Status tells what became of
/// the policy; with -WhatIf nothing is passed on.</para>
/// <para>You are asked for each change; -Force leaves the question out, and nothing else.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaLifecycle jwt-pizza-service</code>
/// Images stay for ever from now on.
/// </example>
/// <example>
/// <code>Remove-PizzaLifecycle jwt-pizza-service -Priority 2 -WhatIf</code>
/// Shows the policy without its rule of priority 2.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Remove-PizzaLifecycle -Rule (New-PizzaLifecycleRule -TagPattern 'pr-*' -SinceImagePushed 14) -Force</code>
/// Takes the rule for images tagged pr-* out of every repository of a team, whatever its number of days.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaLifecycle", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Repository))]
public sealed class RemovePizzaLifecycleCommand : LifecycleCmdlet
{
    /// <summary>Only the rules of these priorities, as Get-PizzaLifecycle shows them.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(PriorityCompleter))]
    public int[] Priority { get; set; } = [];

    /// <summary>Only the rules that select the same images (by tag status, tags and storage class) as these; what they do with them does
    /// not matter.</summary>
    [Parameter]
    public LifecycleRule[] Rule { get; set; } = [];

    /// <summary>Do not ask.</summary>
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

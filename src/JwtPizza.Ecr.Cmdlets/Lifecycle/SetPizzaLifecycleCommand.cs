using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Sets the rules by which a repository of Amazon ECR cleans itself.</summary>
/// <remarks>
/// <para>New rules are merged with those that are there: a rule for the same images replaces the old one, every other rule stays. With
/// -Replace the new rules are the only ones. When nothing would change, nothing is sent.</para>
/// <para>Every rule of ECR's is checked before anything is sent, and an error names the rule at fault. ECR applies a policy within 24
/// hours, so a mistake can be taken back until then; see what would change with -WhatIf, and which images would go with
/// Test-PizzaLifecycle.</para>
/// <para>The repository is passed on, so that the next cmdlet of a chain can go on with it; its Status tells what became of the policy.
/// With -WhatIf nothing is passed on.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10</code>
/// Images that lost their tag go a day after their push, and no more than ten images stay.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Set-PizzaLifecycle -KeepLastTagged 5 -TagPattern 'release-*', 'v*' -WhatIf</code>
/// Shows for each repository of a team what would change in its policy: five releases stay, and five versions.
/// </example>
/// <example>
/// <code>Set-PizzaLifecycle jwt-pizza-service -Policy (Get-Content ./lifecycle.json -Raw) -Replace</code>
/// Puts the policy of a file in the place of what is there.
/// </example>
/// <example>
/// <code>New-PizzaLifecycleRule -TagPattern 'pr-*' -SinceImagePushed 14 | Set-PizzaLifecycle jwt-pizza-service</code>
/// Images of pull requests go after two weeks.
/// </example>
/// <example>
/// <code>Get-PizzaLifecycle jwt-pizza-service | Set-PizzaLifecycle jwt-pizza-worker -Replace</code>
/// Gives one repository the rules of another.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaLifecycle", SupportsShouldProcess = true, DefaultParameterSetName = "Simple")]
[OutputType(typeof(Repository))]
public sealed class SetPizzaLifecycleCommand : LifecycleRulesCmdlet
{
    private protected override async Task ActAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        LifecycleChange change = Change()
            ?? throw LifecycleChange.Incomplete(
                "Say what to do: -UntaggedDays 1, -KeepLast 10, -KeepLastTagged 5 -TagPattern 'release-*', -Rule or -Policy.");
        await ChangeAsync(Lifecycles.Editor(name.Value, change), name.Value,
            _ => ("Set", "lifecycle policy set", "the lifecycle policy is like this already; nothing changed"), false, cancellationToken);
    }
}

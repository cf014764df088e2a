using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Sets the lifecycle policy of an Amazon ECR repository.</summary>
/// <remarks>
/// <para>The cmdlet merges the new rules with the existing rules. A rule for the same images replaces the existing rule, and every other
/// rule stays. With -Replace, the new rules replace all existing rules. If nothing would change, nothing is sent.</para>
/// <para>The cmdlet checks all of ECR's constraints before it sends anything, and an error names the invalid rule. ECR applies a policy
/// within 24 hours, so you can undo a mistake until then. Use -WhatIf to see what would change, and Test-PizzaLifecycle to see which images
/// would be affected.</para>
/// <para>The cmdlet passes on the repository for the next cmdlet in the pipeline, and its Status shows what happened to the policy. With
/// -WhatIf, it passes on nothing.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10</code>
/// Deletes untagged images one day after their push, and keeps at most ten images.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Set-PizzaLifecycle -KeepLastTagged 5 -TagPattern 'release-*', 'v*' -WhatIf</code>
/// Shows what would change in the policy of each repository of a team if five releases and five versions are kept.
/// </example>
/// <example>
/// <code>Set-PizzaLifecycle jwt-pizza-service -Policy (Get-Content ./lifecycle.json -Raw) -Replace</code>
/// Replaces the existing policy with the policy from a file.
/// </example>
/// <example>
/// <code>New-PizzaLifecycleRule -TagPattern 'pr-*' -SinceImagePushed 14 | Set-PizzaLifecycle jwt-pizza-service</code>
/// Deletes images of pull requests after two weeks.
/// </example>
/// <example>
/// <code>Get-PizzaLifecycle jwt-pizza-service | Set-PizzaLifecycle jwt-pizza-worker -Replace</code>
/// Copies the rules of one repository to another.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaLifecycle", SupportsShouldProcess = true, DefaultParameterSetName = "Simple")]
[OutputType(typeof(Repository))]
public sealed class SetPizzaLifecycleCommand : LifecycleRulesCmdlet
{
    private protected override async Task ActAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        LifecycleChange change = Change()
            ?? throw LifecycleChange.Incomplete(
                "No rule is specified. Specify -UntaggedDays 1, -KeepLast 10, -KeepLastTagged 5 -TagPattern 'release-*', -Rule or " +
                "-Policy.");
        await ChangeAsync(Lifecycles.Editor(name.Value, change), name.Value,
            _ => ("Set", "lifecycle policy set", "the lifecycle policy already has these rules; nothing " +
                "changed"), false, cancellationToken);
    }
}

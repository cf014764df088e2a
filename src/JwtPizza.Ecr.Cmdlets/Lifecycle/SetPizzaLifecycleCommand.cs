using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Sets the rules by which a repository of Amazon ECR cleans itself.</summary>
/// <remarks>
/// <para>New rules are merged with those that are there: a rule for the same images replaces the old one, every other rule stays. With -Replace the new rules are the only ones. When nothing would change, nothing is sent.</para>
/// <para>Every rule of ECR's is checked before anything is sent, and an error names the rule at fault. ECR applies a policy within 24 hours, so a mistake can be taken back until then; see what would change with -WhatIf.</para>
/// <para>The repository is passed on, so that the next cmdlet of a chain can go on with it; with -WhatIf nothing is.</para>
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
/// <code>Get-PizzaLifecycle jwt-pizza-service | Set-PizzaLifecycle jwt-pizza-worker -Replace</code>
/// Gives one repository the rules of another.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaLifecycle", SupportsShouldProcess = true, DefaultParameterSetName = "Simple")]
[OutputType(typeof(Repository))]
public sealed class SetPizzaLifecycleCommand : RepositoryCmdlet
{
    /// <summary>Filled by the pipeline: the object to pass on.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Delete untagged images that were pushed more than so many days ago. The days count from the push, not from the loss of the tag.</summary>
    [Parameter(ParameterSetName = "Simple")]
    [ValidateRange(1, int.MaxValue)]
    public int UntaggedDays { get; set; }

    /// <summary>Keep so many of the newest images, tagged or not, and delete the others.</summary>
    [Parameter(ParameterSetName = "Simple")]
    [ValidateRange(1, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>Keep so many of the newest images of each -TagPattern, and delete the others that match it.</summary>
    [Parameter(ParameterSetName = "Simple")]
    [ValidateRange(1, int.MaxValue)]
    public int KeepLastTagged { get; set; }

    /// <summary>Tag patterns with up to four '*', for example 'release-*'. Each pattern becomes a rule of its own.</summary>
    [Parameter(ParameterSetName = "Simple")]
    public string[] TagPattern { get; set; } = [];

    /// <summary>Rules in AWS's terms. Hashtables will do: @{ TagStatus = 'untagged'; CountType = 'sinceImagePushed'; CountUnit = 'days'; CountNumber = 7 }.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rule", ValueFromPipelineByPropertyName = true)]
    [Alias("Rules")]
    [AllowEmptyCollection]
    public LifecycleRule[] Rule { get; set; } = [];

    /// <summary>A whole policy as JSON text, in the form that the console and the AWS CLI take.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Policy")]
    [Alias("LifecyclePolicyText")]
    public string Policy { get; set; } = "";

    /// <summary>Let the new rules be the only ones, instead of merging them with those that are there.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        LifecycleService lifecycles = new(Registry, Aws.Region);
        LifecyclePlan plan = await lifecycles.PlanAsync(name.Value, new(Rules(), Replace, ParameterSetName == "Simple"), cancellationToken);
        if (plan.IsChange)
        {
            string action = $"Set the lifecycle policy of {name} in {Aws.Region}:\n{plan.Difference}";
            if (!ShouldProcess(action, $"{action}\nContinue?", "Set-PizzaLifecycle")) return;
            await lifecycles.ApplyAsync(plan, cancellationToken);
        }
        WriteVerbose($"{name}: {(plan.IsChange ? "lifecycle policy set" : "the lifecycle policy is like this already; nothing changed")}.");
        WriteObject(PassesOn(name.Value) ? InputObject : await new RepositoryService(Registry).GetAsync(name.Value, cancellationToken));
    }

    private IReadOnlyList<LifecycleRule> Rules() => ParameterSetName switch
    {
        "Rule" => Rule.Length > 0 ? Rule : throw LifecycleChange.Incomplete("-Rule holds no rule."),
        "Policy" => LifecyclePolicy.Parse(Policy).Rules,
        _ => SimpleRules(),
    };

    /// <summary>Whether an object with this name came in that can go on as it is; the lifecycle itself would be out of date.</summary>
    private bool PassesOn(string name) => InputObject is { BaseObject: not (string or RepositoryLifecycle) } && InputObject.Properties["RepositoryName"]?.Value?.ToString() == name;

    private List<LifecycleRule> SimpleRules()
    {
        List<LifecycleRule> rules = [];
        if (IsBound(nameof(UntaggedDays))) rules.Add(LifecycleRule.UntaggedAfter(UntaggedDays));
        if (IsBound(nameof(KeepLastTagged)) != TagPattern.Length > 0) throw LifecycleChange.Incomplete("-KeepLastTagged and -TagPattern go together: -KeepLastTagged 5 -TagPattern 'release-*'.");
        rules.AddRange(TagPattern.Select(pattern => LifecycleRule.KeepLastTagged(KeepLastTagged, pattern)));
        if (IsBound(nameof(KeepLast))) rules.Add(LifecycleRule.KeepLast(KeepLast));
        return rules.Count > 0 ? rules : throw LifecycleChange.Incomplete("Say what to do: -UntaggedDays 1, -KeepLast 10, -KeepLastTagged 5 -TagPattern 'release-*', -Rule or -Policy.");
    }
}

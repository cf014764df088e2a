using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Base of the cmdlets that take rules: in short, as objects, or as JSON. Rules from the pipeline are collected first, for
/// together they are one change.</summary>
public abstract class LifecycleRulesCmdlet : LifecycleCmdlet
{
    private readonly Dictionary<(RepositoryName, string?, AwsOptions), LifecycleRulesCmdlet> _repositories = [];
    private readonly List<LifecycleRule> _piped = [];
    private readonly HashSet<string> _remarked = [];

    /// <summary>Specifies a number of days. Untagged images that were pushed more than this number of days ago are deleted. The days count
    /// from the push, not from the loss of the tag.</summary>
    [Parameter(ParameterSetName = "Simple")]
    [ValidateRange(1, int.MaxValue)]
    public int UntaggedDays { get; set; }

    /// <summary>Specifies how many of the newest images to keep, tagged or not. The other images are deleted.</summary>
    [Parameter(ParameterSetName = "Simple")]
    [ValidateRange(1, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>Specifies how many of the newest images of each -TagPattern to keep. The other images that match the pattern are
    /// deleted.</summary>
    [Parameter(ParameterSetName = "Simple")]
    [ValidateRange(1, int.MaxValue)]
    public int KeepLastTagged { get; set; }

    /// <summary>Specifies tag patterns with up to four '*', for example 'release-*'. Each pattern becomes a separate rule.</summary>
    [Parameter(ParameterSetName = "Simple")]
    public string[] TagPattern { get; set; } = [];

    /// <summary>Specifies rules in AWS's terms, from New-PizzaLifecycleRule (also through the pipeline) or as hashtables: @{ TagStatus =
    /// 'untagged'; CountType = 'sinceImagePushed'; CountUnit = 'days'; CountNumber = 7 }.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rule", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Rules")]
    [AllowEmptyCollection]
    public LifecycleRule[] Rule { get; set; } = [];

    /// <summary>Specifies a complete policy as JSON text, in the format that the console and the AWS CLI use.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Policy")]
    [Alias("LifecyclePolicyText")]
    public string Policy { get; set; } = "";

    /// <summary>Indicates that the new rules replace all existing rules, instead of being merged with them.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    /// <summary>The work of one repository.</summary>
    private protected abstract Task ActAsync(RepositoryName name, CancellationToken cancellationToken);

    private protected sealed override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        if (InputObject?.BaseObject is not LifecycleRule rule)
        {
            await ActAsync(name, cancellationToken);
            return;
        }
        _repositories.TryAdd((name, RegistryId, OptionsFor()), this);
        if (!_piped.Contains(rule)) _piped.Add(rule);
    }

    private protected sealed override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (((RepositoryName name, _, _), LifecycleRulesCmdlet there) in _repositories)
        {
            (there.Rule, there.InputObject) = ([.. _piped], null);
            await there.StartAsync<LifecycleRulesCmdlet>((self, token) => self.ActAsync(name, token), name.Value, cancellationToken);
        }
    }

    /// <summary>What the caller says is to be there; null when he says nothing.</summary>
    private protected LifecycleChange? Change()
    {
        IReadOnlyList<LifecycleRule> rules = Rules();
        Remark(rules);
        return rules.Count > 0 ? new(rules, Replace, ParameterSetName == "Simple") : null;
    }

    // Once for a whole pipeline of repositories.
    private void Remark(IEnumerable<LifecycleRule> rules)
    {
        foreach (string remark in LifecycleRemarks.Of(rules))
            if (_remarked.Add(remark)) WriteWarning(remark);
    }

    private IReadOnlyList<LifecycleRule> Rules() => ParameterSetName switch
    {
        "Rule" => Rule.Length > 0 ? Rule : throw LifecycleChange.Incomplete("-Rule contains no rule."),
        "Policy" => LifecyclePolicy.Parse(Policy).Rules,
        _ => SimpleRules(),
    };

    private List<LifecycleRule> SimpleRules()
    {
        List<LifecycleRule> rules = [];
        if (IsBound(nameof(UntaggedDays))) rules.Add(LifecycleRule.UntaggedAfter(UntaggedDays));
        if (IsBound(nameof(KeepLastTagged)) != TagPattern.Length > 0)
            throw LifecycleChange.Incomplete("-KeepLastTagged and -TagPattern must be specified together, for example -KeepLastTagged 5 " +
                "-TagPattern 'release-*'.");
        rules.AddRange(TagPattern.Select(pattern => LifecycleRule.KeepLastTagged(KeepLastTagged, pattern)));
        if (IsBound(nameof(KeepLast))) rules.Add(LifecycleRule.KeepLast(KeepLast));
        return rules;
    }
}

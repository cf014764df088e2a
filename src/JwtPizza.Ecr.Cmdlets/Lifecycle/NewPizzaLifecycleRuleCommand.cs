using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Creates a rule for an Amazon ECR lifecycle policy, without a call to AWS.</summary>
/// <remarks>
/// <para>A rule selects images with -TagStatus, -TagPattern, or -TagPrefix. Without these parameters, it selects all images. AWS's count
/// types specify when the action applies to them: -ImageCountMoreThan, -SinceImagePushed, -SinceImagePulled, or -SinceImageTransitioned.
/// The cmdlet immediately rejects what ECR would reject, in ECR's terms.</para>
/// <para>Pass the rule to Set-PizzaLifecycle, Test-PizzaLifecycle, or Remove-PizzaLifecycle. A rule without -Priority gets the next free
/// number there. A rule for all images comes last, because ECR requires it.</para>
/// <para>Several patterns in one rule must all match the same image. To select images that match any of the patterns, create a rule for
/// each pattern.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaLifecycleRule -TagStatus untagged -SinceImagePushed 1 | Set-PizzaLifecycle jwt-pizza-service</code>
/// Deletes untagged images one day after their push.
/// </example>
/// <example>
/// <code>'release-*', 'v*' | ForEach-Object { New-PizzaLifecycleRule -TagPattern $_ -ImageCountMoreThan 5 } | Test-PizzaLifecycle jwt-pizza-service</code>
/// Shows which images would be deleted if five releases and five versions were kept.
/// </example>
/// <example>
/// <code>$rules = @(New-PizzaLifecycleRule -SinceImagePulled 90; New-PizzaLifecycleRule -SinceImageTransitioned 365); Set-PizzaLifecycle jwt-pizza-service -Rule $rules</code>
/// Archives images that have not been pulled for 90 days, and deletes them after a year in the archive.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaLifecycleRule")]
[OutputType(typeof(LifecycleRule))]
public sealed class NewPizzaLifecycleRuleCommand : PizzaCmdlet
{
    /// <summary>Specifies how many of the newest images that the rule selects to keep. The action applies to the other images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Count", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ImageCountMoreThan { get; set; }

    /// <summary>Specifies a number of days. The action applies to images that were pushed more than this number of days ago. The days count
    /// from the push, not from the loss of the tag.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pushed", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int SinceImagePushed { get; set; }

    /// <summary>Specifies a number of days. Images that have not been pulled for more than this number of days are archived. ECR cannot
    /// delete them directly; see -SinceImageTransitioned.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pulled", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int SinceImagePulled { get; set; }

    /// <summary>Specifies a number of days. Archived images are deleted after more than this number of days in the archive. The minimum is
    /// 90.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Transitioned", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(90, int.MaxValue)]
    public int SinceImageTransitioned { get; set; }

    /// <summary>Specifies the tag status of the images: tagged, untagged, or any. The value tagged requires -TagPattern or -TagPrefix, and
    /// these parameters imply it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateSet("tagged", "untagged", "any")]
    public string? TagStatus { get; set; }

    /// <summary>Specifies tag patterns with up to four '*' each. The rule selects an image when each pattern matches one of its
    /// tags.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TagPatternList")]
    public string[] TagPattern { get; set; } = [];

    /// <summary>Specifies tag prefixes. This is the older form of -TagPattern. You cannot use both parameters together.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TagPrefixList")]
    public string[] TagPrefix { get; set; } = [];

    /// <summary>Specifies the action: expire deletes the images, and transition moves them to ECR's archive. The default is
    /// expire.</summary>
    [Parameter(ParameterSetName = "Count", ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = "Pushed", ValueFromPipelineByPropertyName = true)]
    [ValidateSet("expire", "transition")]
    public string Action { get; set; } = "expire";

    /// <summary>Specifies AWS's rulePriority, which is unique in the policy. The rule with the lowest number is applied first. The default
    /// is the next free number.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RulePriority")]
    [ValidateRange(1, int.MaxValue)]
    public int Priority { get; set; }

    /// <summary>Specifies a description of the rule.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Description { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) => TryAsync(() =>
    {
        WriteObject(Rule().Checked());
        return Task.CompletedTask;
    });

    private LifecycleRule Rule()
    {
        string action = ParameterSetName switch { "Pulled" => "transition", "Transitioned" => "expire", _ => Action.ToLowerInvariant() };
        return new()
        {
            Priority = Priority,
            Description = string.IsNullOrEmpty(Description) ? null : Description,
            TagStatus = TagStatus?.ToLowerInvariant() ?? (TagPattern.Length + TagPrefix.Length > 0 ? "tagged" : "any"),
            TagPattern = TagPattern,
            TagPrefix = TagPrefix,
            CountType = CountType,
            CountUnit = ParameterSetName == "Count" ? null : "days",
            CountNumber = CountNumber,
            StorageClass = ParameterSetName == "Transitioned" ? "archive" : null,
            Action = action,
            TargetStorageClass = action == "transition" ? "archive" : null,
        };
    }

    private string CountType => ParameterSetName switch
    {
        "Pushed" => "sinceImagePushed",
        "Pulled" => "sinceImagePulled",
        "Transitioned" => "sinceImageTransitioned",
        _ => "imageCountMoreThan",
    };

    private int CountNumber => ParameterSetName switch
    {
        "Pushed" => SinceImagePushed,
        "Pulled" => SinceImagePulled,
        "Transitioned" => SinceImageTransitioned,
        _ => ImageCountMoreThan,
    };
}

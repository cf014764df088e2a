using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Makes a rule of a lifecycle policy of Amazon ECR, without asking AWS.</summary>
/// <remarks>
/// <para>A rule selects images (-TagStatus, -TagPattern, -TagPrefix; without any of them: all images) and says when they go:
/// -ImageCountMoreThan, -SinceImagePushed, -SinceImagePulled or -SinceImageTransitioned, which are AWS's count types. What ECR would refuse
/// is refused at once, in its terms.</para>
/// <para>Give the rule to Set-PizzaLifecycle, Test-PizzaLifecycle or Remove-PizzaLifecycle. A rule without -Priority gets the next free
/// number there; one for all images comes last, as ECR wants it.</para>
/// <para>Several patterns in one rule must all match the same image. For images that match any of them make a rule for each.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaLifecycleRule -TagStatus untagged -SinceImagePushed 1 | Set-PizzaLifecycle jwt-pizza-service</code>
/// Untagged images go a day after their push.
/// </example>
/// <example>
/// <code>'release-*', 'v*' | ForEach-Object { New-PizzaLifecycleRule -TagPattern $_ -ImageCountMoreThan 5 } | Test-PizzaLifecycle jwt-pizza-service</code>
/// Which images would go if five releases and five versions were kept.
/// </example>
/// <example>
/// <code>$rules = @(New-PizzaLifecycleRule -SinceImagePulled 90; New-PizzaLifecycleRule -SinceImageTransitioned 365); Set-PizzaLifecycle jwt-pizza-service -Rule $rules</code>
/// What nobody has pulled for 90 days is archived, and deleted after a year in the archive.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaLifecycleRule")]
[OutputType(typeof(LifecycleRule))]
public sealed class NewPizzaLifecycleRuleCommand : PizzaCmdlet
{
    /// <summary>Keep so many of the newest images that the rule selects; the others go.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Count", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ImageCountMoreThan { get; set; }

    /// <summary>Images go more than so many days after their push; the loss of a tag does not count.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pushed", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int SinceImagePushed { get; set; }

    /// <summary>Images that nobody has pulled for more than so many days are archived. ECR cannot delete them at once: see
    /// -SinceImageTransitioned.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pulled", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int SinceImagePulled { get; set; }

    /// <summary>Archived images are deleted after more than so many days in the archive; 90 at least.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Transitioned", ValueFromPipelineByPropertyName = true)]
    [ValidateRange(90, int.MaxValue)]
    public int SinceImageTransitioned { get; set; }

    /// <summary>tagged (needs -TagPattern or -TagPrefix, which imply it), untagged, or any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateSet("tagged", "untagged", "any")]
    public string? TagStatus { get; set; }

    /// <summary>Tag patterns with up to four '*' each. An image is selected when each of them matches one of its tags.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TagPatternList")]
    public string[] TagPattern { get; set; } = [];

    /// <summary>Beginnings of tags, the older form of -TagPattern; not together with it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TagPrefixList")]
    public string[] TagPrefix { get; set; } = [];

    /// <summary>expire (the default) deletes the images, transition moves them to ECR's archive.</summary>
    [Parameter(ParameterSetName = "Count", ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = "Pushed", ValueFromPipelineByPropertyName = true)]
    [ValidateSet("expire", "transition")]
    public string Action { get; set; } = "expire";

    /// <summary>AWS's rulePriority, unique in the policy; the lowest is applied first. Default: the next free number.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RulePriority")]
    [ValidateRange(1, int.MaxValue)]
    public int Priority { get; set; }

    /// <summary>What the rule is for, in words.</summary>
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

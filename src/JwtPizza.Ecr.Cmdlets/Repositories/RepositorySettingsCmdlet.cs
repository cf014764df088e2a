using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Base of the cmdlets that make repositories and change them: the settings that can be changed at any time.</summary>
public abstract class RepositorySettingsCmdlet : AwsCmdlet
{
    /// <summary>Specifies the repository names. Each has 2 to 256 characters: lowercase letters, digits, '-', '_', '.', and '/' between
    /// parts.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>Indicates that each image is scanned when it is pushed. This is on for a new repository; -ScanOnPush:$false turns it
    /// off.</summary>
    [Parameter]
    public virtual SwitchParameter ScanOnPush { get; set; } = true;

    /// <summary>Specifies whether a tag can be pushed again: MUTABLE (the default of ECR) allows it, IMMUTABLE does not.
    /// -MutabilityExclusion implies the _WITH_EXCLUSION forms.</summary>
    [Parameter]
    [ValidateSet("MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION")]
    public virtual string? ImageTagMutability { get; set; }

    /// <summary>Specifies one to five tag patterns with '*' for which the opposite of -ImageTagMutability applies, for example 'latest' or
    /// 'dev-*'.</summary>
    [Parameter]
    public virtual string[]? MutabilityExclusion { get; set; }

    /// <summary>Specifies the resource tags, at most 50: @{ team = 'a' }. They are added to an existing repository, and its other tags
    /// remain.</summary>
    [Parameter]
    [Alias("Tags")]
    public Hashtable? Tag { get; set; }

    /// <summary>Indicates that the repository is in ECR Public. The pipeline sets this parameter. Features that ECR Public does not support
    /// are rejected.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public virtual SwitchParameter Public { get; set; }

    /// <summary>The settings that are named; the others are null.</summary>
    private protected RepositorySettings Named() => new()
    {
        ScanOnPush = IsBound(nameof(ScanOnPush)) ? (bool)ScanOnPush : null,
        ImageTagMutability = ImageTagMutability is { Length: > 0 } ? ImageTagMutability.ToUpperInvariant() : null,
        MutabilityExclusion = MutabilityExclusion is [] && !IsTyped(nameof(MutabilityExclusion)) ? null : MutabilityExclusion,
        Tags = Tag?.Cast<DictionaryEntry>().ToDictionary(e => $"{e.Key}", e => $"{e.Value}"),
    };
}

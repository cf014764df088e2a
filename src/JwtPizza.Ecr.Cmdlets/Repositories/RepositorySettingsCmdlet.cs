using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Base of the cmdlets that make repositories and change them: the settings that can be changed at any time.</summary>
public abstract class RepositorySettingsCmdlet : AwsCmdlet
{
    /// <summary>The names: 2 to 256 lowercase letters, digits, '-', '_', '.', and '/' between parts.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>Scan each image when it is pushed. A new repository does; -ScanOnPush:$false turns it off.</summary>
    [Parameter]
    public virtual SwitchParameter ScanOnPush { get; set; } = true;

    /// <summary>MUTABLE (ECR's default): a tag can be pushed again. IMMUTABLE: it cannot. With -MutabilityExclusion the _WITH_EXCLUSION
    /// forms are implied.</summary>
    [Parameter]
    [ValidateSet("MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION")]
    public virtual string? ImageTagMutability { get; set; }

    /// <summary>One to five tag patterns with '*' for which the opposite of -ImageTagMutability holds, for example 'latest' or
    /// 'dev-*'.</summary>
    [Parameter]
    public virtual string[]? MutabilityExclusion { get; set; }

    /// <summary>Resource tags, at most 50: @{ team = 'a' }. To a repository that exists they are added; its other tags stay.</summary>
    [Parameter]
    [Alias("Tags")]
    public Hashtable? Tag { get; set; }

    /// <summary>Filled by the pipeline: the repository is one of ECR Public. What ECR Public does not have is refused for it.</summary>
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

using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// What a new repository is to be, checked against ECR's rules before any call. Null means: not said, so that an existing repository
/// keeps what it has.
/// </summary>
public sealed partial record RepositorySettings
{
    private const int MaxExclusions = 5, MaxTags = 50, MaxTagKey = 128, MaxTagValue = 256;

    /// <summary>Whether ECR scans each image when it is pushed.</summary>
    public bool? ScanOnPush { get; init; }

    /// <summary><c>MUTABLE</c>, <c>IMMUTABLE</c>, <c>MUTABLE_WITH_EXCLUSION</c> or <c>IMMUTABLE_WITH_EXCLUSION</c>.</summary>
    public string? ImageTagMutability { get; init; }

    /// <summary>One to five tag patterns with <c>*</c> for which the opposite holds.</summary>
    public IReadOnlyList<string>? MutabilityExclusion { get; init; }

    /// <summary><c>AES256</c>, <c>KMS</c> or <c>KMS_DSSE</c>.</summary>
    public string? EncryptionType { get; init; }

    /// <summary>Id, ARN or alias of a KMS key in the repository's region.</summary>
    public string? KmsKey { get; init; }

    /// <summary>Up to 50 resource tags; keys of 1 to 128 characters, values of at most 256.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The settings in ECR's own terms: exclusions imply <c>_WITH_EXCLUSION</c>, a key implies <c>KMS</c>.</summary>
    /// <exception cref="PizzaException"><c>InvalidMutability</c>, <c>InvalidEncryption</c>, <c>InvalidTag</c>.</exception>
    public RepositorySettings Checked()
    {
        CheckTags();
        return this with { ImageTagMutability = CheckedMutability(), EncryptionType = CheckedEncryption() };
    }

    /// <summary>Whether a repository is as these settings say, as far as it shows.</summary>
    internal bool AreOf(Repository there) =>
        (ScanOnPush ?? there.ScanOnPush) == there.ScanOnPush && (EncryptionType ?? there.EncryptionType) == there.EncryptionType
        && (ImageTagMutability is null
            || (ImageTagMutability == there.ImageTagMutability && there.MutabilityExclusion.SequenceEqual(MutabilityExclusion ?? [])));

    private string? CheckedMutability()
    {
        if (MutabilityExclusion is not { Count: > 0 } exclusions)
            return ImageTagMutability is not { } plain || !plain.EndsWith("_WITH_EXCLUSION", StringComparison.Ordinal)
                ? ImageTagMutability
                : throw Bad("InvalidMutability",
                    $"{plain} needs at least one tag pattern: add -MutabilityExclusion, for example 'latest' or 'dev-*'.", plain);
        if (exclusions.Count > MaxExclusions)
            throw Bad("InvalidMutability", $"{exclusions.Count} exclusion patterns were given; ECR accepts at most {MaxExclusions}.",
                exclusions);
        if (exclusions.FirstOrDefault(e => !ExclusionPattern().IsMatch(e)) is { } wrong)
            throw Bad("InvalidMutability",
                $"'{wrong}' is not an exclusion pattern: 1 to 128 letters, digits, '.', '_', '-' and the wildcard '*'.", wrong);
        string setting = ImageTagMutability
            ?? throw Bad("InvalidMutability",
                "-MutabilityExclusion names exceptions to a rule. Specify the rule with -ImageTagMutability IMMUTABLE or " +
                "MUTABLE.", exclusions);
        return setting.EndsWith("_WITH_EXCLUSION", StringComparison.Ordinal) ? setting : setting + "_WITH_EXCLUSION";
    }

    private string? CheckedEncryption() => (EncryptionType, KmsKey) switch
    {
        (null, not null) => "KMS",
        ("AES256", not null) =>
            throw Bad("InvalidEncryption",
                $"AES256 does not use a key, but -KmsKey '{KmsKey}' was given: use -EncryptionType KMS, or leave the key out.", KmsKey),
        _ => EncryptionType,
    };

    private void CheckTags()
    {
        if (Tags is null) return;
        if (Tags.Count > MaxTags) throw Bad("InvalidTag", $"{Tags.Count} tags were given; a repository has at most {MaxTags}.", Tags);
        foreach ((string key, string value) in Tags)
        {
            if (key.Length is 0 or > MaxTagKey)
                throw Bad("InvalidTag", $"The tag key '{key}' has {key.Length} characters; 1 to {MaxTagKey} are allowed.", key);
            if (value.Length > MaxTagValue)
                throw Bad("InvalidTag", $"The value of tag '{key}' has {value.Length} characters; at most {MaxTagValue} are allowed.", key);
        }
    }

    private static PizzaException Bad(string id, string message, object? target) =>
        new(id, PizzaErrorKind.InvalidArgument, message, target);

    [GeneratedRegex(@"\A[0-9a-zA-Z._*-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ExclusionPattern();
}

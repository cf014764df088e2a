namespace JwtPizza.Ecr;

/// <summary>What a registry and its CI roles are to be, as a file says it. A section that is null is not looked at.</summary>
internal sealed record PizzaState
{
    /// <summary>What every repository of the file has, unless its own entry says otherwise.</summary>
    public RepositoryState Defaults { get; init; } = new();

    /// <summary>Repositories by name, and settings by pattern for those that match; later patterns count more.</summary>
    public IReadOnlyList<KeyValuePair<string, RepositoryState>>? Repositories { get; init; }

    /// <summary>Roles by name.</summary>
    public IReadOnlyList<KeyValuePair<string, RoleState>>? Roles { get; init; }

    /// <summary>The names that are to be there; patterns create nothing.</summary>
    public IEnumerable<string> Names => Repositories?.Select(r => r.Key).Where(k => !IsPattern(k)) ?? [];

    /// <summary>Whether the file says something about this repository.</summary>
    /// <param name="name">The repository.</param>
    public bool Holds(string name) => Repositories?.Any(r => Fits(r.Key, name)) == true;

    /// <summary>All that the file says about a repository.</summary>
    /// <param name="name">The repository.</param>
    public RepositoryState For(string name) => (Repositories ?? []).Where(r => Fits(r.Key, name)).OrderBy(r => !IsPattern(r.Key))
        .Aggregate(Defaults, (below, entry) => entry.Value.Over(below));

    /// <summary>Whether a key of the file is a pattern.</summary>
    public static bool IsPattern(string key) => key.Contains('*', StringComparison.Ordinal);

    private static bool Fits(string key, string name) => IsPattern(key) ? new EcrPattern(key).Matches(name) : key == name;
}

/// <summary>What a file says about a repository; what is null it does not say.</summary>
internal sealed record RepositoryState
{
    /// <summary><c>MUTABLE</c> or <c>IMMUTABLE</c>.</summary>
    public string? ImageTagMutability { get; init; }

    /// <summary>Tag patterns for which the opposite holds.</summary>
    public IReadOnlyList<string>? MutabilityExclusion { get; init; }

    /// <summary>Whether each image is scanned when it is pushed.</summary>
    public bool? ScanOnPush { get; init; }

    /// <summary><c>AES256</c>, <c>KMS</c> or <c>KMS_DSSE</c>.</summary>
    public string? EncryptionType { get; init; }

    /// <summary>The key for KMS.</summary>
    public string? KmsKey { get; init; }

    /// <summary>Resource tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Lifecycle rules, in the order in which ECR is to apply them.</summary>
    public IReadOnlyList<LifecycleRule>? Lifecycle { get; init; }

    /// <summary>Who may pull: accounts, ARNs of roles and users, organizations.</summary>
    public IReadOnlyList<string>? Pull { get; init; }

    /// <summary>Who may push.</summary>
    public IReadOnlyList<string>? Push { get; init; }

    /// <summary>Statements of the repository policy that the module did not write: their names, and a digest of each.</summary>
    public IReadOnlyDictionary<string, string>? OtherStatements { get; init; }

    /// <summary>The settings, in ECR's terms.</summary>
    public RepositorySettings Settings => new RepositorySettings
    {
        ImageTagMutability = ImageTagMutability, MutabilityExclusion = MutabilityExclusion, ScanOnPush = ScanOnPush,
        EncryptionType = EncryptionType, KmsKey = KmsKey, Tags = Tags,
    }.Checked();

    /// <summary>This, and below it what it does not say.</summary>
    /// <param name="below">What is more general.</param>
    public RepositoryState Over(RepositoryState below) => new()
    {
        ImageTagMutability = ImageTagMutability ?? below.ImageTagMutability,
        MutabilityExclusion = ImageTagMutability is null ? MutabilityExclusion ?? below.MutabilityExclusion : MutabilityExclusion,
        ScanOnPush = ScanOnPush ?? below.ScanOnPush, EncryptionType = EncryptionType ?? below.EncryptionType,
        KmsKey = EncryptionType is null ? KmsKey ?? below.KmsKey : KmsKey,
        Tags = Tags is null || below.Tags is null ? Tags ?? below.Tags
            : below.Tags.Where(t => !Tags.ContainsKey(t.Key)).Concat(Tags).ToDictionary(),
        Lifecycle = Lifecycle ?? below.Lifecycle, Pull = Pull ?? below.Pull, Push = Push ?? below.Push,
        OtherStatements = OtherStatements ?? below.OtherStatements,
    };
}

/// <summary>What a file says about a CI role.</summary>
internal sealed record RoleState
{
    /// <summary>Subjects of GitHub's tokens; at least one.</summary>
    public IReadOnlyList<string> Trust { get; init; } = [];

    /// <summary>The managed policy; null for the role's usual one.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The roles that task definitions name; null for the course's.</summary>
    public IReadOnlyList<string>? TaskRoles { get; init; }

    /// <summary>Repositories, by name or ARN, with what CI does there.</summary>
    public IReadOnlyList<KeyValuePair<string, PushState>> Push { get; init; } = [];

    /// <summary>Statements that the module did not write, in the trust policy and in the managed policy.</summary>
    public IReadOnlyDictionary<string, string> OtherStatements { get; init; } = new Dictionary<string, string>();
}

/// <summary>What CI does with a repository.</summary>
/// <param name="Cluster">The ECS cluster; null for the last part of the repository's name.</param>
/// <param name="Service">The ECS service; null for the same.</param>
internal sealed record PushState(string? Cluster = null, string? Service = null)
{
    /// <summary>As -IncludePull of Grant-PizzaCiPolicy.</summary>
    public bool IncludePull { get; init; }

    /// <summary>As -IncludeVerify.</summary>
    public bool IncludeVerify { get; init; }

    /// <summary>As -IncludeDeploy.</summary>
    public bool IncludeDeploy { get; init; }
}

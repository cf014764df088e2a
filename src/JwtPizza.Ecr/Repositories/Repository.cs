namespace JwtPizza.Ecr;

/// <summary>An ECR repository. Every Pizza cmdlet that takes a repository binds it from the pipeline by property name.</summary>
public sealed record Repository
{
    /// <summary>The name, for example <c>jwt-pizza-service</c>.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry. Text, because a leading zero counts.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry, for example <c>us-east-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>Whether it is in ECR Public, where everybody may pull. The cmdlets for public repositories take it as -Public, the others
    /// refuse it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Host and name, as <c>docker push</c> takes it; without scheme and tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>The Amazon resource name.</summary>
    public required string RepositoryArn { get; init; }

    /// <summary>When the repository was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary><c>MUTABLE</c>, <c>IMMUTABLE</c>, <c>MUTABLE_WITH_EXCLUSION</c> or <c>IMMUTABLE_WITH_EXCLUSION</c>.</summary>
    public string ImageTagMutability { get; init; } = "MUTABLE";

    /// <summary>Tag patterns with <c>*</c> for which the opposite of <see cref="ImageTagMutability"/> holds; at most five.</summary>
    public ValueList<string> MutabilityExclusion { get; init; } = [];

    /// <summary>Whether ECR scans each image when it is pushed.</summary>
    public bool ScanOnPush { get; init; }

    /// <summary><c>AES256</c>, <c>KMS</c> or <c>KMS_DSSE</c>; fixed when the repository is created.</summary>
    public string EncryptionType { get; init; } = "AES256";

    /// <summary>The key's ARN when <see cref="EncryptionType"/> is KMS.</summary>
    public string? KmsKey { get; init; }

    /// <summary>The repository policy as ECR holds it; null when there is none, or when it was not asked for.</summary>
    public string? PolicyText { get; init; }

    /// <summary>What <see cref="PolicyText"/> says, one record for each principal.</summary>
    public ValueList<RepositoryAccess> Access { get; init; } = [];

    /// <summary>What the public gallery shows of it; null for a private repository, and where it may not be read.</summary>
    public RepositoryCatalog? Catalog { get; init; }

    /// <summary>What the cmdlet did about the repository, or about its lifecycle policy; null when the repository was only read.</summary>
    public ChangeStatus? Status { get; init; }

    /// <summary>The name, so that a repository piped to a parameter that takes names is its name.</summary>
    public override string ToString() => RepositoryName;
}

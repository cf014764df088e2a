namespace JwtPizza.Ecr;

/// <summary>How bad a finding is, from the least to the worst, so that <c>-ge</c> compares.</summary>
public enum FindingSeverity : long
{
    /// <summary>Not rated, or not yet (Inspector's UNTRIAGED).</summary>
    Undefined,

    /// <summary>Good to know.</summary>
    Informational,

    /// <summary>LOW.</summary>
    Low,

    /// <summary>MEDIUM.</summary>
    Medium,

    /// <summary>HIGH.</summary>
    High,

    /// <summary>CRITICAL.</summary>
    Critical,
}

/// <summary>A known vulnerability in an image of Amazon ECR.</summary>
public sealed record ScanFinding
{
    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>The digest of the image.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The tag by which the image was asked for; null when it was asked for by digest.</summary>
    public string? ImageTag { get; init; }

    /// <summary>How bad it is.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>The vulnerability's name, for example <c>CVE-2026-1234</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The packages that have it, joined by commas.</summary>
    public string? Package { get; init; }

    /// <summary>The packages' versions in the image.</summary>
    public string? PackageVersion { get; init; }

    /// <summary>The versions in which it is mended, where that is known (enhanced scanning).</summary>
    public string? FixedInVersion { get; init; }

    /// <summary>The CVSS score, 0 to 10, where one is given.</summary>
    public double? Score { get; init; }

    /// <summary>What it is about.</summary>
    public string? Description { get; init; }

    /// <summary>Where to read more.</summary>
    public string? Uri { get; init; }

    /// <summary>When the scan was done.</summary>
    public DateTimeOffset? ScannedAt { get; init; }
}

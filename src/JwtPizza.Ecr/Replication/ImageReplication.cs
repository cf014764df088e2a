namespace JwtPizza.Ecr;

/// <summary>How far the copy of an image to one destination is.</summary>
public sealed record ImageReplication
{
    /// <summary>The repository, which has the same name at the destination.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that the image was pushed to.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region that the image was pushed to.</summary>
    public required string Region { get; init; }

    /// <summary>The image's tag; null when it was asked for by digest.</summary>
    public string? ImageTag { get; init; }

    /// <summary>The image's digest; null when it was asked for by tag and ECR did not say.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The region that it is copied to.</summary>
    public required string DestinationRegion { get; init; }

    /// <summary>The 12 digits of the account that it is copied to.</summary>
    public required string DestinationRegistryId { get; init; }

    /// <summary><c>IN_PROGRESS</c>, <c>COMPLETE</c> or <c>FAILED</c>.</summary>
    public required string Status { get; init; }

    /// <summary>ECR's word for why it failed; null unless it did.</summary>
    public string? FailureCode { get; init; }

    /// <summary>Whether ECR will not change the status any more.</summary>
    public bool IsFinal => Status is "COMPLETE" or "FAILED";

    /// <summary>Destination and status.</summary>
    public override string ToString() => $"{DestinationRegion} of account {DestinationRegistryId}: {Status}";
}

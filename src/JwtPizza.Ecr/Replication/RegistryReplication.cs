namespace JwtPizza.Ecr;

/// <summary>One destination of one rule by which a registry replicates its images.</summary>
public sealed record RegistryReplication
{
    /// <summary>The 12 digits of the account whose images are replicated.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region whose images are replicated.</summary>
    public required string Region { get; init; }

    /// <summary>The region that they are copied to.</summary>
    public required string DestinationRegion { get; init; }

    /// <summary>The 12 digits of the account that they are copied to.</summary>
    public required string DestinationRegistryId { get; init; }

    /// <summary>How the names of the repositories begin; empty for all repositories.</summary>
    public ValueList<string> Prefix { get; init; } = [];

    /// <summary>The number of the rule, from 1.</summary>
    public int Rule { get; init; }

    /// <summary>What the cmdlet did about it; null when the rules were only read.</summary>
    public ChangeStatus? Status { get; init; }

    /// <summary>The destination.</summary>
    public override string ToString() => $"{DestinationRegion} of account {DestinationRegistryId}";
}

namespace JwtPizza.Ecr;

/// <summary>What the policy of a registry lets another account replicate into it.</summary>
public sealed record ReplicationAccess
{
    /// <summary>The account whose images come.</summary>
    public required string SourceRegistryId { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The registry's region; each region has a policy of its own.</summary>
    public required string Region { get; init; }

    /// <summary>How the names of the repositories begin; empty for all repositories.</summary>
    public ValueList<string> Prefix { get; init; } = [];

    /// <summary>Whether repositories that are missing are created.</summary>
    public bool CreateRepository { get; init; }

    /// <summary>The statement of the policy; null when nothing of it was there.</summary>
    public string? Sid { get; init; }

    /// <summary>What the cmdlet did.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>The account.</summary>
    public override string ToString() => SourceRegistryId;
}

namespace JwtPizza.Ecr;

/// <summary>What the policy of a registry lets another account replicate into it.</summary>
public sealed record ReplicationAccess
{
    /// <summary>The account whose images come; another principal as the policy has it.</summary>
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

    /// <summary>What the cmdlet did; null when it was only read.</summary>
    public required ChangeStatus? Status { get; init; }

    /// <summary>What a registry's policy says, one record for each principal of each statement that allows replication.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="registry">The ARN of the registry's repositories, up to their names.</param>
    internal static IEnumerable<ReplicationAccess> Of(AccessPolicy policy, string registry)
    {
        Arn own = Arn.Parse(registry);
        return from statement in policy.Statements
               where statement.Allows && statement.CoversAction("ecr:ReplicateImage")
               from principal in statement.Organizations is { Count: > 0 } organizations ? organizations : statement.Principals
               select new ReplicationAccess
               {
                   SourceRegistryId = AccessPrincipal.AsWritten(principal).RegistryId ?? principal, RegistryId = own.AccountId,
                   Region = own.Region, Prefix = PrefixesOf(statement.Resources ?? [], registry),
                   CreateRepository = statement.CoversAction("ecr:CreateRepository"), Sid = statement.Sid, Status = null,
               };
    }

    /// <summary>How the names of repositories begin, by the resources of a statement; none for all repositories.</summary>
    /// <param name="resources">The resources.</param>
    /// <param name="registry">The ARN of the registry's repositories, up to their names.</param>
    internal static string[] PrefixesOf(IEnumerable<string> resources, string registry) =>
    [
        .. resources.Select(r => r.StartsWith(registry, StringComparison.Ordinal) ? r[registry.Length..].TrimEnd('*') : r.TrimEnd('*'))
            .Where(p => p.Length > 0),
    ];

    /// <summary>The account.</summary>
    public override string ToString() => SourceRegistryId;
}

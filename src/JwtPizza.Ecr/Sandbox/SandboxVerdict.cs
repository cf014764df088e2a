namespace JwtPizza.Ecr;

/// <summary>Whether the sandbox's STS lets a token assume a role, and if not, what keeps it out.</summary>
public sealed record SandboxVerdict
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>The token's <c>sub</c>; null when the token is not good enough to have one.</summary>
    public required string? Subject { get; init; }

    /// <summary>Whether AssumeRoleWithWebIdentity succeeds.</summary>
    public required bool Allowed { get; init; }

    /// <summary>What is wrong with the token, or for each statement of the trust policy the clause that fails. AWS itself never tells.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}

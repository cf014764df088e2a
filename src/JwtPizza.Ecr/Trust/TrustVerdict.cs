namespace JwtPizza.Ecr;

/// <summary>Whether the token of a run may assume a role, and if not, what keeps it out. AWS itself never tells.</summary>
public sealed record TrustVerdict
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>The token's <c>sub</c>; null when the token is not good enough to have one.</summary>
    public required string? Subject { get; init; }

    /// <summary>Whether AssumeRoleWithWebIdentity succeeds.</summary>
    public required bool Allowed { get; init; }

    /// <summary>What is wrong with the token or the account's provider, or for each statement of the trust policy the clause that
    /// fails.</summary>
    public required ValueList<string> Reasons { get; init; }

    /// <summary>The statements that let it in, or that deny it.</summary>
    public ValueList<string> Statements { get; init; } = [];

    /// <summary>What may help: a near miss that is a matter of case, of an operator, of the other form of the subject.</summary>
    public ValueList<string> Hints { get; init; } = [];

    /// <summary>What should not be so, whether the run is let in or not: trust that is open to anybody, a provider that could not be
    /// seen.</summary>
    public ValueList<string> Warnings { get; init; } = [];

    /// <summary>The role's ARN, where it is known.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The verdict in a line.</summary>
    public override string ToString() =>
        Allowed ? $"{Subject} can assume {RoleName}" : $"{Subject} cannot assume {RoleName}: {string.Join("; ", Reasons)}";
}

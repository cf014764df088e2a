using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>A tag of a session.</summary>
/// <param name="Key">Not case-sensitive.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsTransitive">Whether the sessions that are made from this one have it, too.</param>
internal sealed record SessionTag(string Key, string Value, bool IsTransitive);

/// <summary>Temporary credentials, and what they stand for.</summary>
internal sealed record Session
{
    public required string Partition { get; init; }

    public required string AccountId { get; init; }

    /// <summary>The role whose permissions it has, as they are when a call is made.</summary>
    public string? RoleName { get; init; }

    /// <summary>The user whose permissions it has, where it is none of a role; null for the account's root.</summary>
    public string? UserName { get; init; }

    /// <summary>Whether it is that of a federated user, who may do what its policies allow, and the user's allow as well.</summary>
    public bool IsFederated { get; init; }

    /// <summary>Who calls by it.</summary>
    public required Identity Identity { get; init; }

    public required string SecretKey { get; init; }

    /// <summary>The session token.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>From then on it is refused.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Session policies: what they do not allow as well is not allowed.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    public IReadOnlyList<SessionTag> Tags { get; init; } = [];

    /// <summary>Who is behind it, as the first to assume a role said.</summary>
    public string? SourceIdentity { get; init; }

    /// <summary>The identity provider whose token it was made from.</summary>
    public string? FederatedProvider { get; init; }
}

namespace JwtPizza.Ecr;

/// <summary>docker's login to a registry. It holds no password.</summary>
public sealed record RegistryConnection
{
    /// <summary>The registry's host, with its port if it has one: what an image's name begins with.</summary>
    public required string RegistryHost { get; init; }

    /// <summary>Created or Changed by a login (Changed when docker had one already), Removed by a logout, Unchanged when there was none to
    /// remove.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>Whether docker is logged in now.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>The user name, always <c>AWS</c>; null when docker is not logged in.</summary>
    public string? UserName { get; init; }

    /// <summary>When ECR refuses the login: 12 hours after it was made. Null when docker is not logged in.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The 12 digits of the account that owns the registry; null for ECR Public, and where only the host is known.</summary>
    public string? RegistryId { get; init; }

    /// <summary>The registry's region; null where only the host is known.</summary>
    public string? Region { get; init; }

    /// <summary>Whether it is ECR Public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Where docker keeps the login: the path of its config.json, where everybody who may read it can read the password, or the
    /// name of a credential helper.</summary>
    public required string CredentialStore { get; init; }

    /// <summary>The folder of docker's settings that was named; null for docker's own.</summary>
    public string? DockerConfig { get; init; }

    /// <summary>The host.</summary>
    public override string ToString() => RegistryHost;
}

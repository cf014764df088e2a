namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What carries tags.</summary>
internal interface ITagged
{
    IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; }
}

/// <summary>A managed policy, the account's own or one of AWS.</summary>
internal sealed class ManagedPolicy : ITagged
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public required string Id { get; init; }

    public required string Arn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public string? Description { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; } = [];

    /// <summary>Oldest first; at most five.</summary>
    public List<PolicyVersion> Versions { get; init; } = [];

    /// <summary>The number of the version made last: a number is never given twice.</summary>
    public int LastVersion { get; set; }

    public required PolicyVersion Default { get; set; }

    /// <summary>The same as it is now.</summary>
    public ManagedPolicy Copy() => new()
    {
        Name = Name, Path = Path, Id = Id, Arn = Arn, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt, Description = Description, Tags = Tags,
        Versions = [.. Versions], LastVersion = LastVersion, Default = Default,
    };
}

/// <summary>One version of a managed policy.</summary>
internal sealed record PolicyVersion(int Number, string Document, DateTimeOffset CreatedAt)
{
    public string Id => $"v{Number}";
}

/// <summary>An OpenID Connect provider that roles can trust.</summary>
/// <param name="Url">Without https://, as IAM returns it.</param>
/// <param name="Arn">Ends in the URL.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record OidcProvider(string Url, string Arn, DateTimeOffset CreatedAt) : ITagged
{
    public List<string> ClientIds { get; init; } = [];

    public List<string> Thumbprints { get; set; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; } = [];

    /// <summary>The same as it is now.</summary>
    public OidcProvider Copy() => this with { ClientIds = [.. ClientIds], Thumbprints = [.. Thumbprints] };
}

/// <summary>A profile by which EC2 instances get a role.</summary>
internal sealed record InstanceProfile(string Name, string Path, string Id, string Arn, DateTimeOffset CreatedAt) : ITagged
{
    public string? RoleName { get; set; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; } = [];

    /// <summary>The same as it is now.</summary>
    public InstanceProfile Copy() => this with { };
}

using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>A role: who may take it on, and what it may then do.</summary>
internal sealed class Role
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public required string Id { get; init; }

    public required string Arn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The document as it was sent, to the last byte; of two equal keys in it, the last one counts.</summary>
    public required string TrustPolicy { get; set; }

    public required string? Description { get; init; }

    /// <summary>The ARN of the policy that bounds what the role may do; null for none.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>In seconds.</summary>
    public required int MaxSessionDuration { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; }

    [JsonIgnore]   // kept by their ARNs
    public List<ManagedPolicy> Attached { get; private init; } = [];

    /// <summary>Inline policies by name.</summary>
    [JsonInclude]
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]   // with its comparer
    public SortedDictionary<string, string> Inline { get; private init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The same as it is now, with policies of a copied account.</summary>
    public Role Copy(Func<ManagedPolicy, ManagedPolicy> copied) => new()
    {
        Name = Name, Path = Path, Id = Id, Arn = Arn, CreatedAt = CreatedAt, TrustPolicy = TrustPolicy, Description = Description, MaxSessionDuration = MaxSessionDuration, PermissionsBoundary = PermissionsBoundary, Tags = Tags,
        Attached = [.. Attached.Select(copied)], Inline = new(Inline, StringComparer.OrdinalIgnoreCase),
    };
}

/// <summary>A managed policy, the account's own or one of AWS.</summary>
internal sealed class ManagedPolicy
{
    public required string Name { get; init; }

    public required string Path { get; init; }

    public required string Id { get; init; }

    public required string Arn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public string? Description { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

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
/// <param name="Tags">Its tags.</param>
internal sealed record OidcProvider(string Url, string Arn, DateTimeOffset CreatedAt, IReadOnlyList<KeyValuePair<string, string>> Tags)
{
    public List<string> ClientIds { get; init; } = [];

    public List<string> Thumbprints { get; set; } = [];

    /// <summary>The same as it is now.</summary>
    public OidcProvider Copy() => this with { ClientIds = [.. ClientIds], Thumbprints = [.. Thumbprints] };
}

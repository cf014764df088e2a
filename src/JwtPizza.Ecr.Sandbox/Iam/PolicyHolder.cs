using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What policies are attached to: a role, a user or a group.</summary>
internal abstract class PolicyHolder : ITagged
{
    public required string Name { get; set; }

    public required string Path { get; set; }

    public required string Id { get; init; }

    public required string Arn { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The ARNs of managed policies.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<string> Attached { get; } = [];

    /// <summary>Inline policies by name.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]   // with its comparer
    public SortedDictionary<string, string> Inline { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The ARN of the policy that bounds what the role or user may do; null for none.</summary>
    public string? PermissionsBoundary { get; set; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; set; } = [];

    public bool Has(ManagedPolicy policy) => Attached.Contains(policy.Arn, StringComparer.OrdinalIgnoreCase);

    protected T CopyInto<T>(T copy) where T : PolicyHolder
    {
        copy.Attached.AddRange(Attached);
        foreach ((string name, string document) in Inline) copy.Inline.Add(name, document);
        (copy.PermissionsBoundary, copy.Tags) = (PermissionsBoundary, Tags);
        return copy;
    }
}

/// <summary>A role: who may assume it, and what it may then do.</summary>
internal sealed class Role : PolicyHolder
{
    /// <summary>The path of the roles that AWS's services use.</summary>
    public const string ServicePath = "/aws-service-role/";

    /// <summary>The document as it was sent, to the last byte; of two equal keys in it, the last one counts.</summary>
    public required string TrustPolicy { get; set; }

    public required string? Description { get; set; }

    /// <summary>In seconds.</summary>
    public required int MaxSessionDuration { get; set; }

    [JsonIgnore]
    public bool IsServiceLinked => Path.StartsWith(ServicePath, StringComparison.Ordinal);

    /// <summary>The same as it is now.</summary>
    public Role Copy() => CopyInto(new Role
    {
        Name = Name, Path = Path, Id = Id, Arn = Arn, CreatedAt = CreatedAt, TrustPolicy = TrustPolicy, Description = Description,
        MaxSessionDuration = MaxSessionDuration,
    });
}

/// <summary>A user, who calls with long-term access keys.</summary>
internal sealed class User : PolicyHolder
{
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<AccessKey> AccessKeys { get; } = [];

    /// <summary>The names of the groups.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public SortedSet<string> Groups { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The same as it is now.</summary>
    public User Copy()
    {
        User copy = CopyInto(new User { Name = Name, Path = Path, Id = Id, Arn = Arn, CreatedAt = CreatedAt });
        copy.AccessKeys.AddRange(AccessKeys);
        copy.Groups.UnionWith(Groups);
        return copy;
    }
}

/// <summary>A group of users, who have its policies.</summary>
internal sealed class Group : PolicyHolder
{
    /// <summary>The same as it is now.</summary>
    public Group Copy() => CopyInto(new Group { Name = Name, Path = Path, Id = Id, Arn = Arn, CreatedAt = CreatedAt });
}

/// <summary>An access key of a user.</summary>
internal sealed record AccessKey(string Id, string Secret, DateTimeOffset CreatedAt, bool IsActive);

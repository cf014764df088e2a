using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>One step of a repository's history. The same step is taken when a call changes the repository and when a restart reads its
/// journal.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(RepositoryOpened), "open")]
[JsonDerivedType(typeof(SettingsChanged), "set")]
[JsonDerivedType(typeof(LayerAdded), "layer")]
[JsonDerivedType(typeof(LayerRemoved), "layer-gone")]
[JsonDerivedType(typeof(ImageAdded), "image")]
[JsonDerivedType(typeof(ImageRemoved), "image-gone")]
[JsonDerivedType(typeof(ImageMarked), "mark")]
[JsonDerivedType(typeof(TagMoved), "tag")]
[JsonDerivedType(typeof(TagRemoved), "tag-gone")]
internal abstract record Change;

/// <summary>The first of every journal: whose it is.</summary>
internal sealed record RepositoryOpened(string RegistryId, string Region, string Name, long Pushes) : Change;

internal sealed record SettingsChanged(StoredSettings Settings) : Change;

internal sealed record LayerAdded(Digest Digest, long Size) : Change;

internal sealed record LayerRemoved(Digest Digest) : Change;

/// <summary>A manifest, byte for byte; its digest is its own proof.</summary>
internal sealed record ImageAdded(long Order, Digest Digest, string MediaType, byte[] Manifest, long Size, DateTimeOffset PushedAt)
    : Change;

internal sealed record ImageRemoved(Digest Digest) : Change;

internal sealed record ImageMarked(Digest Digest, ImageMarks Marks) : Change;

/// <summary>A tag is now with this image, whichever had it before.</summary>
internal sealed record TagMoved(string Tag, Digest Digest, DateTimeOffset At) : Change;

internal sealed record TagRemoved(string Tag) : Change;

/// <summary>What can be set on a repository.</summary>
internal sealed record StoredSettings(DateTimeOffset CreatedAt)
{
    public TagMutability Mutability { get; init; } = new("MUTABLE", []);

    public bool ScanOnPush { get; init; }

    public string EncryptionType { get; init; } = "AES256";

    public string? KmsKey { get; init; }

    public string? Lifecycle { get; init; }

    public DateTimeOffset? LifecycleRanAt { get; init; }

    public string? Policy { get; init; }

    /// <summary>What ECR Public shows in its gallery.</summary>
    public JsonObject? Catalog { get; init; }

    public IReadOnlyDictionary<string, string> ResourceTags { get; init; } = new Dictionary<string, string>();
}

/// <summary>What happened to an image since it was pushed.</summary>
internal sealed record ImageMarks
{
    public DateTimeOffset? PulledAt { get; init; }

    public DateTimeOffset? ScannedAt { get; init; }

    /// <summary>When it was archived; null while it is not.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    public DateTimeOffset? LastArchivedAt { get; init; }

    /// <summary>When it was last restored from the archive; pulls work from then on.</summary>
    public DateTimeOffset? LastActivatedAt { get; init; }

    public IReadOnlyList<ReplicationStatus> Replications { get; init; } = [];

    /// <summary>The profiles of AWS Signer with which it was signed.</summary>
    public IReadOnlyList<string> SignedWith { get; init; } = [];
}

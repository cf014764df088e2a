namespace JwtPizza.Ecr.Services.Images;

/// <summary>A copy that was looked into, and can be made.</summary>
public sealed class CopyPlan
{
    internal CopyPlan(ManifestTree tree, string sourceName, string sourceRegion, PushTarget target) => (Tree, SourceName, SourceRegion, Target) = (tree, sourceName, sourceRegion, target);

    /// <summary>The tags that the image is to have.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Those of them that lead elsewhere, or nowhere, now.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Whether the repository has the image, under whatever name.</summary>
    public required bool IsThere { get; init; }

    /// <summary>Whether there is anything to do.</summary>
    public bool IsChange => !IsThere || Missing.Count > 0;

    /// <summary>The image's digest.</summary>
    public string ImageDigest => Tree.Root.Digest;

    /// <summary>What would be done, in the user's words.</summary>
    public string Description => IsThere
        ? $"Tag {ImageDigest} of '{Target.RepositoryName}' in {Target.Region} as {string.Join(", ", Missing)}"
        : $"Copy {SourceName}@{ImageDigest} from {SourceRegion} to '{Target.RepositoryUri}' in {Target.Region}{(Missing.Count > 0 ? $" as {string.Join(", ", Missing)}" : "")} ({Tree.Nodes.Count} {(Tree.Nodes.Count == 1 ? "manifest" : "manifests")}, {Short.Megabytes(Tree.Blobs.Sum(b => b.Size))} MB)";

    internal ManifestTree Tree { get; }

    internal string SourceName { get; }

    internal string SourceRegion { get; }

    internal PushTarget Target { get; }

    /// <summary>Whether both repositories are of one registry, where blobs can be mounted.</summary>
    internal bool IsWithinRegistry => Tree.RegistryId == Target.RegistryId && SourceRegion == Target.Region;
}

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What became of a copy.</summary>
internal sealed record ReplicationStatus(ReplicationDestination Destination, string Status, string? FailureCode);

/// <summary>A push that rules may send on.</summary>
internal sealed record ReplicationParcel(
    StoredRepository Repository, StoredImage Image, string? Tag, IReadOnlyList<ReplicationDestination> Destinations);

/// <summary>Carries pushed images to other regions and accounts of the sandbox: once for each push, no further, and done before the push is
/// answered.</summary>
internal sealed class Replicator(EcrWorld world)
{
    /// <summary>Delivers what was pushed. Called without any registry's gate: two registries may replicate to each other.</summary>
    public void Deliver(EcrRegistry source)
    {
        while (source.Outbox.TryDequeue(out ReplicationParcel? parcel))
            foreach (ReplicationDestination destination in parcel.Destinations)
            {
                string? failure = Deliver(parcel, source, world.Registry(destination.RegistryId, destination.Region));
                ReplicationStatus status = new(destination, failure is null ? "COMPLETE" : "FAILED", failure);
                source.Run(() => Note(parcel, status));
            }
    }

    /// <summary>Unless the image is gone already.</summary>
    private static void Note(ReplicationParcel parcel, ReplicationStatus status)
    {
        if (parcel.Repository.IsGone || parcel.Repository.Images.Find(parcel.Image.Digest) != parcel.Image) return;
        parcel.Repository.Images.Mark(parcel.Image,
            m => m with { Replications = [.. m.Replications.Where(r => r.Destination != status.Destination), status] });
    }

    private static string? Deliver(ReplicationParcel parcel, EcrRegistry source, EcrRegistry target) =>
        target.Run(() => Receive(parcel, source, target));

    private static string? Receive(ReplicationParcel parcel, EcrRegistry source, EcrRegistry target)
    {
        string name = parcel.Repository.Name;
        if (!MayReplicate(source, target, name)) return "AccessDenied";
        if (!target.Repositories.TryGetValue(name, out StoredRepository? repository))
        {
            if (!May(source, target, "ecr:CreateRepository", name)) return "RepositoryNotFound";
            repository = CreationTemplate.Create(target, name, CreationTemplate.Replication);   // settings are not copied
        }
        if (!parcel.Image.Manifest.Blobs.All(b => repository.Adopt(b.Digest))) return "LayersNotFound";
        if (parcel.Image.Manifest.Manifests.Any(m => repository.Images.Find(m.Digest) is null)) return "ReferencedImagesNotFound";
        // An immutable tag that is taken there: the copy arrives untagged (AWS's user guide, replication.md).
        bool clash = parcel.Tag is { } tag && repository.Images.Find(tag) is { } holder && holder.Digest != parcel.Image.Digest
            && repository.Mutability.IsImmutable(tag);
        repository.Images.Push(parcel.Image.Content, parcel.Image.Manifest.MediaType, clash ? null : parcel.Tag, parcel.Image.Digest);
        EcrEvents.Replicated(repository, source, parcel.Image, clash ? null : parcel.Tag);
        return null;
    }

    private static bool MayReplicate(EcrRegistry source, EcrRegistry target, string repository) =>
        May(source, target, "ecr:ReplicateImage", repository);

    private static bool May(EcrRegistry source, EcrRegistry target, string action, string repository) =>
        source.RegistryId == target.RegistryId || target.Policy?.Allows(source.RegistryId, action, target.ArnOf(repository)) == true;
}

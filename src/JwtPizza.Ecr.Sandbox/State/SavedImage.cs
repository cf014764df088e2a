using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>An image, as it is kept. The manifest lies in it byte for byte; its digest is its own proof.</summary>
internal sealed record SavedImage(long Order, string Digest, string MediaType, byte[] Manifest, long Size, DateTimeOffset PushedAt)
{
    public required IReadOnlyList<string> Tags { get; init; }

    public DateTimeOffset? PulledAt { get; init; }

    public DateTimeOffset? ScannedAt { get; init; }

    public ArchiveTimes? Archive { get; init; }

    public required IReadOnlyList<ReplicationStatus> Replications { get; init; }

    public static SavedImage Of(StoredImage image) => new(image.Order, image.Digest.Value, image.Manifest.MediaType, image.Content, image.Size, image.PushedAt)
    {
        Tags = [.. image.Tags], PulledAt = image.PulledAt, ScannedAt = image.ScannedAt, Archive = image.ArchiveTimes, Replications = [.. image.Replications.Values],
    };

    public StoredImage Image()
    {
        Digest digest = JwtPizza.Ecr.Digest.Parse(Digest);
        if (JwtPizza.Ecr.Digest.Of(Manifest) != digest) throw StateFolder.Damaged($"the manifest of the image {digest} is another");
        StoredImage image = new(Order, digest, Manifest, OciManifest.Parse(Manifest, MediaType), Size, PushedAt) { PulledAt = PulledAt, ScannedAt = ScannedAt, ArchiveTimes = Archive ?? new(null, null, null) };
        image.Tags.UnionWith(Tags);
        foreach (ReplicationStatus status in Replications) image.Replications.Add(status.Destination, status);
        return image;
    }
}

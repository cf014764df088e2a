using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>What GetDownloadUrlForLayer's links lead to.</summary>
internal sealed class LayerEndpoint(EcrWorld world) : IEndpoint
{
    private const string Download = "DownloadLayer";

    public IEnumerable<string> Operations => [$"{RegistryOperation.Service}:{Download}"];

    public bool Takes(Exchange exchange) =>
        exchange.Method is "GET" or "HEAD" && exchange.Path.StartsWith(LayerLinks.PathPrefix, StringComparison.Ordinal);

    public async Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        exchange.Trace.Describe(RegistryOperation.Service, Download, null, Redaction.Empty());   // the path is the link's secret
        try
        {
            await exchange.Trace.MeetFaultsAsync(Refusals.Registry, cancellationToken).ConfigureAwait(false);
            (Digest digest, FileStream blob) = Open(exchange.Path);
            await using (blob.ConfigureAwait(false)) await Blobs.SendAsync(exchange, digest, blob, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryError e) { await exchange.RespondErrorAsync(e, cancellationToken).ConfigureAwait(false); }
    }

    private (Digest, FileStream) Open(string path)
    {
        LayerLink link = world.Links.Find(path) ?? throw new RegistryError(403, "DENIED", "the link has expired, or never was");
        EcrRegistry registry = world.Registry(link.RegistryId, link.Region);
        return registry.Run(() =>
            registry.Repositories.GetValueOrDefault(link.Repository)?.Layers is { } layers && layers.SizeOf(link.Digest) is not null
            ? (link.Digest, layers.Open(link.Digest))
            : throw new RegistryError(404, "BLOB_UNKNOWN", $"blob {link.Digest} is no longer in the repository"));
    }
}

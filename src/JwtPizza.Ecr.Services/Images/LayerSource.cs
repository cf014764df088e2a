using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Reads layers of a repository out of ECR's storage (Amazon S3), as a stream.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="repositoryName">The repository.</param>
internal sealed class LayerSource(EcrClient ecr, string repositoryName)
{
    // No limit on the whole: a layer may have 52 GB. Whoever reads gives up when nothing comes any more.
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Opens a layer or configuration. Needs ecr:GetDownloadUrlForLayer.</summary>
    /// <exception cref="TransientFailure">The storage cannot be reached, or fails.</exception>
    public async Task<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken)
    {
        string url = await ecr.GetDownloadUrlForLayerAsync(repositoryName, digest.Value, cancellationToken).ConfigureAwait(false);   // good for an hour; so each try asks anew
        try
        {
            HttpResponseMessage reply = await s_http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (reply.IsSuccessStatusCode) return await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            reply.Dispose();
            throw new HttpRequestException($"it answered HTTP {(int)reply.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException) { throw Broken(digest, e); }
    }

    /// <summary>The trouble of a download that failed or broke off.</summary>
    public TransientFailure Broken(Digest digest, Exception e) => new(new PizzaException("LayerStorageUnreachable", PizzaErrorKind.Unavailable,
        $"The layer {digest} of '{repositoryName}' cannot be fetched from ECR's storage (Amazon S3): {e.GetBaseException().Message} Check the network and the proxy, and copy again; what has arrived is kept.", repositoryName), null);

    /// <summary>The error for content that has another digest.</summary>
    public PizzaException Damaged(Digest digest) => new("DigestMismatch", PizzaErrorKind.InvalidData,
        $"What ECR's storage gave for the layer {digest} of '{repositoryName}' has another digest or length. The copy was broken off; try again.", repositoryName);
}

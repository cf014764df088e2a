using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>The configuration of an image in ECR: the only place where an image of one platform names it.</summary>
internal static class ConfigBlob
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = 4 << 20,
    };

    /// <summary>The platform; null when the configuration names none. Needs ecr:GetDownloadUrlForLayer.</summary>
    /// <exception cref="PizzaException">AWS's own ids, or <c>LayerStorageUnreachable</c>: ECR's storage (Amazon S3) did not hand the blob out.</exception>
    public static async Task<string?> PlatformAsync(EcrClient ecr, string repositoryName, Digest config, CancellationToken cancellationToken)
    {
        string url = await ecr.GetDownloadUrlForLayerAsync(repositoryName, config.Value, cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] content = await s_http.GetByteArrayAsync(new Uri(url), cancellationToken).ConfigureAwait(false);
            return Digest.Of(content) == config ? OciPlatform.OfConfig(content) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Without the address: it carries a right of its own.
            throw new PizzaException("LayerStorageUnreachable", PizzaErrorKind.Unavailable,
                $"The configuration {config} of '{repositoryName}' cannot be fetched from ECR's storage (Amazon S3): {e.GetBaseException().Message} Check the network and the proxy.", repositoryName, e);
        }
    }
}

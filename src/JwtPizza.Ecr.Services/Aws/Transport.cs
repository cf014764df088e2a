using System.Net;
using Amazon.Runtime;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>
/// One pool of connections for every session, so that five cmdlets in a pipeline, each with a session of its own, shake hands once.
/// It holds nothing that belongs to credentials, region or endpoint; proxies are .NET's own (HTTPS_PROXY, NO_PROXY, the system's).
/// </summary>
internal sealed class Transport : HttpClientFactory
{
    /// <summary>How long a connection may take to come about. A network that swallows packets would else hold each attempt for two minutes.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take; a call makes three.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);

    public static readonly Transport Shared = new();

    private static readonly HttpClient s_client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => s_client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
}

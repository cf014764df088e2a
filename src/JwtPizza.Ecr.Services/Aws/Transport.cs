using System.Net;
using Amazon.Runtime;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>
/// One pool of connections for every session, so that five cmdlets in a pipeline, each with a session of its own, shake hands once.
/// It holds nothing that belongs to credentials, region or endpoint; proxies are .NET's own (HTTPS_PROXY, NO_PROXY, the system's).
/// </summary>
internal sealed class Transport : HttpClientFactory
{
    /// <summary>How long one attempt may take; a call makes three, as far as its own time goes.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take in all.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long one attempt may take to connect: a network that swallows packets would hold it for two minutes.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    // The largest answers, a thousand images or a hundred manifests of 4 MB at the very most, stay far below.
    private const int MaxAnswer = 64 << 20, Piece = 1 << 16;

    public static readonly Transport Shared = new();

    private static readonly SocketsHttpHandler s_connections = new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
        new(new Exchange(s_connections, clientConfig.Timeout ?? AttemptTimeout),
            disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <summary>
    /// One request and the whole of its answer, within the time and cancellable to the last byte: HttpClient's own timeout ends with
    /// the headers, and the SDK reads bodies without a token.
    /// </summary>
    private sealed class Exchange(HttpMessageHandler connections, TimeSpan timeout) : DelegatingHandler(connections)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            HttpResponseMessage response;
            try { response = await base.SendAsync(request, limit.Token).ConfigureAwait(false); }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Without the cause: the SDK would find a socket's error in it and take the connection for a stale one.
                throw new HttpRequestException("The answer took too long.", new TimeoutException());
            }
            response.Content = await ReadAsync(response.Content, limit.Token, cancellationToken).ConfigureAwait(false);
            return response;
        }

        // What goes wrong from here on is trouble of the answer, not of the request: whoever reads it learns of it.
        private static async Task<HttpContent> ReadAsync(HttpContent content, CancellationToken limit, CancellationToken cancellationToken)
        {
            try { return With(content, await ReadBodyAsync(content, limit).ConfigureAwait(false)); }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested) { return Broken(content, e); }
            catch (Exception e) when (e is HttpRequestException or IOException or PizzaException) { return Broken(content, e); }
        }

        private static async Task<MemoryStream> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
        {
            Stream body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            MemoryStream read = new();
            byte[] piece = new byte[Piece];
            for (int n; (n = await body.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0; read.Write(piece, 0, n))
                if (read.Length + n > MaxAnswer) throw AwsErrors.TooLarge(MaxAnswer);
            read.Position = 0;
            return read;
        }

        private static StreamContent Broken(HttpContent content, Exception e) => With(content, new BrokenStream(e));

        private static StreamContent With(HttpContent content, Stream body)
        {
            StreamContent whole = new(body);
            foreach ((string name, IEnumerable<string> values) in content.Headers) whole.Headers.TryAddWithoutValidation(name, values);
            return whole;
        }
    }

    /// <summary>The rest of an answer that broke off.</summary>
    private sealed class BrokenStream(Exception cause) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            throw (cause is PizzaException ? cause : new IOException($"The answer broke off: {cause.Message}", cause));
    }
}

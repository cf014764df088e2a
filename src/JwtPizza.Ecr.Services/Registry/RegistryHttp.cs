using System.Net;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// The one way to registries, their storage and their token servers: a pool of connections for all, the system's proxies but none to this
/// machine, and no redirect that is not followed here, where no password goes along.
/// </summary>
internal static class RegistryHttp
{
    private const int MaxRedirects = 5;

    private static readonly HttpClient s_http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), Proxy = new NotForThisMachine(),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request; the answer is there when its headers are.</summary>
    public static Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>Gets what an address of storage gives by its own right, without any login, from a place on; follows redirects.</summary>
    public static async Task<HttpResponseMessage> GetAsync(Uri address, long from, CancellationToken cancellationToken)
    {
        for (int i = 0; i < MaxRedirects; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            if (from > 0) request.Headers.Range = new(from, null);
            HttpResponseMessage reply = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(reply)) return reply;
            using (reply) address = Next(address, reply.Headers.Location!);
        }
        throw new HttpRequestException("it redirects without end.");
    }

    /// <summary>The body of an answer with a blob, from a place in it: where the server does not know ranges, what comes before is read and
    /// thrown away.</summary>
    /// <exception cref="HttpRequestException">The answer is no success.</exception>
    public static async Task<Stream> OpenAsync(HttpResponseMessage reply, long from, CancellationToken cancellationToken)
    {
        if (!reply.IsSuccessStatusCode)
        {
            using (reply) throw new HttpRequestException($"it answered HTTP {(int)reply.StatusCode}.");
        }
        Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] skipped = new byte[reply.StatusCode == HttpStatusCode.PartialContent ? 0 : Math.Min(from, 1 << 16)];
        for (long left = skipped.Length == 0 ? 0 : from; left > 0;)
        {
            int n =
                await stream.ReadAsync(skipped.AsMemory(0, (int)Math.Min(left, skipped.Length)), cancellationToken).ConfigureAwait(false);
            left = n > 0 ? left - n : throw new HttpRequestException("it broke off.");
        }
        return stream;
    }

    public static bool IsRedirect(HttpResponseMessage reply) =>
        (int)reply.StatusCode is >= 300 and < 400 && reply.Headers.Location is not null;

    /// <summary>Where a redirect or an upload leads; never from https to http, and to nothing but these.</summary>
    public static Uri Next(Uri here, Uri there) =>
        new Uri(here, there) is var next && (next.Scheme == here.Scheme || next.Scheme == Uri.UriSchemeHttps)
        ? next
        : throw new HttpRequestException($"it leads from {here.Scheme} to {next.Scheme}.");

    /// <summary>All of an answer that has at most so many bytes; null when it has more.</summary>
    public static async Task<byte[]?> ReadAsync(HttpResponseMessage reply, int limit, CancellationToken cancellationToken)
    {
        byte[] body = new byte[Math.Min(limit, reply.Content.Headers.ContentLength ?? limit) + 1];
        Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length < body.Length ? body[..length] : null;
    }

    /// <summary>Whether the host is this machine, where a registry is spoken to by http.</summary>
    public static bool IsThisMachine(string host) =>
        Uri.TryCreate("http://" + host, UriKind.Absolute, out Uri? uri) && IsThisMachine(uri);

    // Names under localhost are this machine's: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    private static bool IsThisMachine(Uri uri) => uri.IsLoopback || uri.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private sealed class NotForThisMachine : IWebProxy
    {
        public ICredentials? Credentials { get => HttpClient.DefaultProxy.Credentials; set => HttpClient.DefaultProxy.Credentials = value; }

        public Uri? GetProxy(Uri destination) => HttpClient.DefaultProxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => IsThisMachine(host) || HttpClient.DefaultProxy.IsBypassed(host);
    }
}

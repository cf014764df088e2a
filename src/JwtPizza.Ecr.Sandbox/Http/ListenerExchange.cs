using System.Net;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>An exchange of <see cref="HttpListener"/>.</summary>
internal sealed class ListenerExchange : IExchange
{
    private const int DrainLimit = 16 * 1024 * 1024;
    private readonly HttpListenerContext _context;

    public ListenerExchange(HttpListenerContext context, Watch watch)
    {
        _context = context;
        // Not Url: it resolves dots and slashes, and what the client really sent is what must be judged.
        string raw = context.Request.RawUrl ?? "/";
        int query = raw.IndexOf('?', StringComparison.Ordinal);
        Path = Uri.UnescapeDataString(query < 0 ? raw : raw[..query]);
        Query = Form.Parse(query < 0 ? "" : raw[(query + 1)..]);
        Trace = new(watch, $"{Method} {Path}");
        SetHeader("x-amzn-RequestId", RequestId);
    }

    public string Method => _context.Request.HttpMethod;

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Query { get; }

    public Stream Body => _context.Request.InputStream;

    public long? BodyLength => _context.Request.ContentLength64 is >= 0 and var length ? length : null;

    public string RequestId { get; } = Guid.NewGuid().ToString();

    public CallTrace Trace { get; }

    public string? Header(string name) => _context.Request.Headers[name];

    public void SetHeader(string name, string value) => _context.Response.Headers[name] = value;

    public async Task RespondAsync(int status, string? contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await HeadAsync(status, contentType, body.Length, cancellationToken).ConfigureAwait(false);
        if (Method != "HEAD" && !body.IsEmpty) await _context.Response.OutputStream.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        _context.Response.Close();
    }

    public async Task RespondAsync(int status, string contentType, Stream content, long length, CancellationToken cancellationToken)
    {
        await HeadAsync(status, contentType, length, cancellationToken).ConfigureAwait(false);
        if (Method != "HEAD") await content.CopyExactlyAsync(_context.Response.OutputStream, length, cancellationToken).ConfigureAwait(false);
        _context.Response.Close();
    }

    private async Task HeadAsync(int status, string? contentType, long length, CancellationToken cancellationToken)
    {
        // A client that is still sending reads our refusal only when its sending succeeds.
        if (status >= 400) await this.ReadAsync(DrainLimit, cancellationToken).ConfigureAwait(false);
        Trace.End(status);
        _context.Response.StatusCode = status;
        if (contentType is not null) _context.Response.ContentType = contentType;
        _context.Response.ContentLength64 = length;
    }
}

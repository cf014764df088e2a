using System.Net;
using System.Text;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>One HTTP request and its answer; all that the rest of the sandbox knows of <see cref="HttpListener"/>.</summary>
internal sealed class Exchange
{
    private const int DrainLimit = 16 * 1024 * 1024;
    private readonly HttpListenerContext _context;
    private readonly Lazy<IdleLimitedStream> _body;

    public Exchange(HttpListenerContext context, Watch watch, TimeSpan idleLimit)
    {
        _context = context;
        _body = new(() => new(context.Request.InputStream, idleLimit));
        // Not Url: it resolves dots and slashes, and what the client really sent is what must be judged.
        string raw = context.Request.RawUrl ?? "/";
        int query = raw.IndexOf('?', StringComparison.Ordinal);
        Path = Uri.UnescapeDataString(query < 0 ? raw : raw[..query]);
        Query = Form.Parse(query < 0 ? "" : raw[(query + 1)..]);
        Trace = new(watch, $"{Method} {Path}", RequestId);
        SetHeader("x-amzn-RequestId", RequestId);
    }

    /// <summary>In capitals.</summary>
    public string Method => _context.Request.HttpMethod;

    /// <summary>Without the query; percent-decoded once.</summary>
    public string Path { get; }

    /// <summary>The query's parameters, decoded; of a repeated one the last.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>What the client sends; read once.</summary>
    public Stream Body => _body.Value;

    /// <summary>The length of <see cref="Body"/> where the client says it.</summary>
    public long? BodyLength => _context.Request.ContentLength64 is >= 0 and var length ? length : null;

    /// <summary>Names one call in the answer and in the log.</summary>
    public string RequestId { get; } = Guid.NewGuid().ToString();

    /// <summary>What the call log will say of it.</summary>
    public CallTrace Trace { get; }

    /// <summary>The values of a header that can be a list, wherever its items stand. To be asked for before the body.</summary>
    public IEnumerable<string> Items(string header) =>
        Connection.HeaderLines(_context, header).SelectMany(l => l.Split(',')).Select(v => v.Trim());

    /// <summary>A request header; of several of one name the last.</summary>
    public string? Header(string name) => _context.Request.Headers[name];

    /// <summary>Sets a header of the answer; before it is sent.</summary>
    public void SetHeader(string name, string value) => _context.Response.Headers[name] = value;

    /// <summary>Sends the answer; to HEAD its headers only.</summary>
    public async Task RespondAsync(int status, string? contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await HeadAsync(status, contentType, body.Length, cancellationToken).ConfigureAwait(false);
        if (Method != "HEAD" && !body.IsEmpty)
            await _context.Response.OutputStream.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        _context.Response.Close();
    }

    /// <summary>Sends the next <paramref name="length"/> bytes of a stream as the answer; to HEAD its headers only.</summary>
    public async Task RespondAsync(int status, string contentType, Stream content, long length, CancellationToken cancellationToken)
    {
        await HeadAsync(status, contentType, length, cancellationToken).ConfigureAwait(false);
        if (Method != "HEAD")
            await content.CopyExactlyAsync(_context.Response.OutputStream, length, cancellationToken).ConfigureAwait(false);
        _context.Response.Close();
    }

    /// <summary>Sends texts as they come, for as long as the client listens.</summary>
    public async Task RespondAsync(string contentType, IAsyncEnumerable<string> texts, CancellationToken cancellationToken)
    {
        Trace.End(200);
        _context.Response.ContentType = contentType;
        _context.Response.SendChunked = true;
        await foreach (string text in texts.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            await _context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
            await _context.Response.OutputStream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        _context.Response.Close();
    }

    private async Task HeadAsync(int status, string? contentType, long length, CancellationToken cancellationToken)
    {
        // A client that is still sending reads our refusal only when its sending succeeds.
        if (status >= 400) await this.ReadAsync(DrainLimit, cancellationToken).ConfigureAwait(false);
        Trace.BeforeAnswer();
        Trace.End(status);
        _context.Response.StatusCode = status;
        if (contentType is not null) _context.Response.ContentType = contentType;
        _context.Response.ContentLength64 = length;
    }
}

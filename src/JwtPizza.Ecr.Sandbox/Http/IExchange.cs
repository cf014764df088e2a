using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>
/// One HTTP request and its answer; all that the sandbox knows of the web server. As wide as its use, so that another server can
/// take HttpListener's place.
/// </summary>
internal interface IExchange
{
    /// <summary>In capitals.</summary>
    string Method { get; }

    /// <summary>Without the query; percent-decoded once.</summary>
    string Path { get; }

    /// <summary>The query's parameters, decoded; of a repeated one the last.</summary>
    IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>A request header; several of one name are joined by commas.</summary>
    string? Header(string name);

    /// <summary>What the client sends; read once.</summary>
    Stream Body { get; }

    /// <summary>The length of <see cref="Body"/> where the client says it.</summary>
    long? BodyLength { get; }

    /// <summary>Names one call in the answer and in the log.</summary>
    string RequestId { get; }

    /// <summary>What the call log will say of it.</summary>
    CallTrace Trace { get; }

    /// <summary>Sets a header of the answer; before it is sent.</summary>
    void SetHeader(string name, string value);

    /// <summary>Sends the answer; to HEAD its headers only.</summary>
    Task RespondAsync(int status, string? contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);

    /// <summary>Sends the next <paramref name="length"/> bytes of a stream as the answer; to HEAD its headers only.</summary>
    Task RespondAsync(int status, string contentType, Stream content, long length, CancellationToken cancellationToken);
}

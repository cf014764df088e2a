using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>Whole bodies: small ones in, JSON out.</summary>
internal static class Bodies
{
    // no page shows these answers; AWS writes a plus as a plus
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads what the client sends, up to a limit; null when it is more.</summary>
    public static async Task<byte[]?> ReadAsync(this Exchange exchange, int limit, CancellationToken cancellationToken)
    {
        if (exchange.BodyLength > limit) return null;
        using MemoryStream whole = new((int)(exchange.BodyLength ?? 0));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; (read = await exchange.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if (whole.Length + read > limit) return null;
                whole.Write(buffer, 0, read);
            }
            return whole.ToArray();
        }
        finally { ArrayPool<byte>.Shared.Return(buffer); }
    }

    public static Task RespondJsonAsync(
        this Exchange exchange, int status, JsonObject body, string contentType, CancellationToken cancellationToken) =>
        exchange.RespondAsync(status, contentType, JsonSerializer.SerializeToUtf8Bytes(body, s_json), cancellationToken);

    /// <summary>The error of AWS's JSON protocol.</summary>
    public static Task RespondErrorAsync(this Exchange exchange, ApiError error, CancellationToken cancellationToken)
    {
        (exchange.Trace.ErrorCode, exchange.Trace.Why) = (error.Code, error.Why);
        JsonObject body = new() { ["__type"] = error.Code, ["message"] = error.Message };
        foreach ((string name, JsonNode? value) in error.Members ?? []) body[name] = value?.DeepClone();
        return exchange.RespondJsonAsync(error.Status, body, JsonEndpoint.ContentType, cancellationToken);
    }

    /// <summary>A time as the JSON protocol writes it: seconds since 1970, to the millisecond.</summary>
    public static JsonNode Json(this DateTimeOffset time) => JsonValue.Create(time.ToUnixTimeMilliseconds() / 1000m);
}

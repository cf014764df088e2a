using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>An error of the distribution protocol.</summary>
internal sealed class RegistryError(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    /// <summary>What the registry says where the API would give this error.</summary>
    public static RegistryError Of(ApiError e) => e.Code switch
    {
        "RepositoryNotFoundException" => new(404, "NAME_UNKNOWN", e.Message),
        "ImageTagAlreadyExistsException" => new(400, "TAG_INVALID", e.Message),
        "LayersNotFoundException" or "ReferencedImagesNotFoundException" => new(400, "MANIFEST_BLOB_UNKNOWN", e.Message),
        "LimitExceededException" => new(403, "DENIED", e.Message),
        _ when e.Status == 413 => new(413, "SIZE_INVALID", e.Message),
        _ when e.Status >= 500 => new(e.Status, "UNKNOWN", e.Message),
        _ => new(400, "MANIFEST_INVALID", e.Message),
    };

    /// <summary>What the protocol has for a method that a path does not know.</summary>
    public static RegistryError Unsupported => new(405, "UNSUPPORTED", "The operation is unsupported.");

    public JsonObject Json() => Answer.Of(("errors", new JsonArray(Answer.Of(("code", Code), ("message", Message)))));
}

internal static class RegistryErrors
{
    public static Task RespondErrorAsync(this Exchange exchange, RegistryError error, CancellationToken cancellationToken)
    {
        exchange.Trace.ErrorCode = error.Code;
        return exchange.RespondJsonAsync(error.Status, error.Json(), "application/json", cancellationToken);
    }
}

using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>A fault as an error of each protocol. What the user leaves out, code or status, is what AWS has for the other.</summary>
internal static class Refusals
{
    public static ApiError Json(SandboxFault fault)
    {
        string code = fault.Error ?? fault.Status switch
        {
            403 => "AccessDeniedException",
            429 => "ThrottlingException",
            503 => "ServiceUnavailableException",
            < 500 => "InvalidParameterException",
            _ => "ServerException",
        };
        // the JSON protocol denies with 400
        return new(code, Message(fault, code), fault.Status ?? (KindOf(code) is Kind.Denied ? 400 : StatusOf(code)));
    }

    public static ApiError Query(SandboxFault fault)
    {
        string code = fault.Error ?? fault.Status switch
        {
            403 => "AccessDenied",
            404 => "NoSuchEntity",
            429 => "Throttling",
            503 => "ServiceUnavailable",
            < 500 => "ValidationError",
            _ => "InternalFailure",
        };
        return new(code, Message(fault, code), fault.Status ?? StatusOf(code));
    }

    /// <summary>The registry has codes of its own, in capitals; those of AWS's API become the nearest one.</summary>
    public static RegistryError Registry(SandboxFault fault)
    {
        string? error = fault.Error;
        int status = fault.Status ?? (error is null ? 500 : KindOf(error) is Kind.Throttled ? 429 : StatusOf(error));
        string code = error is not null && !error.Any(char.IsLower) ? error
            : error is not null && KindOf(error) is Kind.Other ? RegistryError.Of(new(error, "")).Code
            : status switch { 401 => "UNAUTHORIZED", 403 => "DENIED", 404 => "NAME_UNKNOWN", 429 => "TOOMANYREQUESTS", 503 => "UNAVAILABLE",
                < 500 => "UNSUPPORTED", _ => "UNKNOWN" };
        return new(status, code, Message(fault, error ?? code));
    }

    private enum Kind { Other, Throttled, Denied, Broken, Unavailable }

    private static Kind KindOf(string code)
    {
        bool Has(string part) => code.Contains(part, StringComparison.OrdinalIgnoreCase);
        return Has("Throttl") || Has("TooManyRequests") || Has("RequestLimit") ? Kind.Throttled
            : Has("AccessDenied") || code is "DENIED" ? Kind.Denied
            : Has("Unavailable") ? Kind.Unavailable
            : Has("Internal") || Has("ServerException") || Has("ServiceFailure") || code is "UNKNOWN" ? Kind.Broken
            : Kind.Other;
    }

    private static int StatusOf(string code) => KindOf(code) switch
    {
        Kind.Denied => 403,
        Kind.Broken => 500,
        Kind.Unavailable => 503,
        _ => code switch
        {
            "UNAUTHORIZED" => 401,
            "NoSuchEntity" or "NAME_UNKNOWN" or "MANIFEST_UNKNOWN" or "BLOB_UNKNOWN" => 404,
            "EntityAlreadyExists" or "LimitExceeded" or "DeleteConflict" or "ConcurrentModification" => 409,
            _ => 400,
        },
    };

    private static string Message(SandboxFault fault, string code) =>
        KindOf(code) is Kind.Throttled ? "Rate exceeded" : $"A fault that was set for {fault.Operation} in the sandbox.";
}

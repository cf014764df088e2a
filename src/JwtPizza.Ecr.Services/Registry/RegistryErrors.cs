using System.Net;
using System.Text.Json;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>Whose answer it is.</summary>
internal sealed record RegistryCall(string Host, string Repository, bool IsOfAws, bool IsRead);

/// <summary>The one translator of what a registry and the network say into errors in the user's words. The ids are those of a publish by
/// docker.</summary>
internal static class RegistryErrors
{
    /// <summary>The error of an answer that is no success. The repository is the target.</summary>
    public static PizzaException Of(HttpStatusCode status, string body, RegistryCall call)
    {
        (string? code, string? message) = Read(body);
        string said = message?.TrimEnd('.') ?? $"it answered HTTP {(int)status} and gave no reason";
        return (status, code) switch
        {
            (HttpStatusCode.Unauthorized, _) when !call.IsOfAws =>
                New("RegistryLoginRefused", PizzaErrorKind.Authentication, $"Log in with 'docker login {call.Host}', and check the name."),
            (HttpStatusCode.Unauthorized, _) => New("RegistryLoginRefused", PizzaErrorKind.Authentication,
                "Check that the clock of this machine is right, and that the repository's account and region are those of your " +
                "credentials."),
            (HttpStatusCode.Forbidden, _) when IsExpired(said) =>
                New("RegistryLoginRefused", PizzaErrorKind.Authentication, "Check that the clock of this machine is right."),
            (HttpStatusCode.Forbidden, _) when said.Contains("not authorized to perform: ", StringComparison.Ordinal) =>
                New("AccessDeniedException", PizzaErrorKind.PermissionDenied, "Grant-PizzaCiPolicy grants a role every permission that a " +
                    "push needs."),
            (HttpStatusCode.Forbidden, _)
                when !call.IsOfAws =>
                New("RegistryAccessDenied", PizzaErrorKind.PermissionDenied,
                    $"Check the permissions of the login from 'docker login {call.Host}'."),
            (HttpStatusCode.Forbidden, _) => New("PushDenied", PizzaErrorKind.PermissionDenied,
                "You might lack a permission to push (Grant-PizzaCiPolicy grants them all). A policy of the repository or registry might " +
                "deny it, or the repository might have reached the limit of 100,000 images."),
            (HttpStatusCode.NotFound, "NAME_UNKNOWN") =>
                New("RepositoryNotFoundException", PizzaErrorKind.NotFound,
                    call.IsOfAws ? $"Create it with {Advice.Run("New-PizzaRepository", call.Repository)}." : "Check the name."),
            (_, "TAG_INVALID") when said.Contains("immutable", StringComparison.Ordinal) =>
                New("ImageTagAlreadyExistsException", PizzaErrorKind.InvalidOperation, "Choose another -Tag."),
            (HttpStatusCode.TooManyRequests, _) =>
                New(ErrorCatalog.ThrottlingId, PizzaErrorKind.Unavailable,
                    "Wait a few seconds and run the command again; what was uploaded is kept."),
            ( >= HttpStatusCode.InternalServerError, _) =>
                New("RegistryUnavailable", PizzaErrorKind.Unavailable, "Run the command again in a minute; what was uploaded is kept."),
            (HttpStatusCode.BadRequest, null)
                when call.IsOfAws =>
                New("RegistryMismatch", PizzaErrorKind.Configuration,
                    "Compare account and region of the repository's URI with -Region and your credentials."),
            _ =>
                New("RegistryRefused", PizzaErrorKind.InvalidOperation,
                    $"Check the repository's URI, and that the registry accepts the image ({code ?? $"HTTP {(int)status}"})."),
        };

        PizzaException New(string id, PizzaErrorKind kind, string next) =>
            new(id, kind,
                $"The registry {call.Host} refuses {(call.IsRead ? "to read from" : "the push to")} '{call.Repository}': {said}. {next}",
                call.Repository);
    }

    /// <summary>Whether ECR says, with status 403, that the login is too old.</summary>
    public static bool IsExpired(string message) => message.Contains("token has expired", StringComparison.OrdinalIgnoreCase);

    /// <summary>The error for a registry that cannot be reached, or went away.</summary>
    public static PizzaException Unreachable(string host, string repository, Exception e, int attempts, TimeSpan elapsed) =>
        new("RegistryUnreachable", PizzaErrorKind.Unavailable,
        $"The registry {host} cannot be reached for '{repository}', or the connection broke: " +
        $"{(e is OperationCanceledException ? "it did not answer in time" : e.GetBaseException().Message.TrimEnd('.'))} " +
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"({attempts} {(attempts == 1 ? "try" : "tries")} in {elapsed.TotalSeconds:0.#} seconds). ") +
        "Check the network and the proxy (HTTPS_PROXY, NO_PROXY), and run the command again; what was uploaded is kept.", repository, e);

    /// <summary>The error for an answer that breaks the protocol.</summary>
    public static PizzaException UnexpectedResponse(string host, string repository, string what) =>
        ErrorCatalog.InvalidResponse(
        $"The answer of {host} is not that of a container registry: {what}. Check the URI of the repository.", repository);

    // {"errors":[{"code":"NAME_UNKNOWN","message":"…"}]}: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
    private static (string? Code, string? Message) Read(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement error = document.RootElement.GetProperty("errors")[0];
            return (Text(error, "code"), Text(error, "message"));
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
            {
                return (null, null);
            }
    }

    private static string? Text(JsonElement e, string name) =>
        e.TryGetProperty(name, out JsonElement v) && v.ValueKind == JsonValueKind.String && v.GetString() is { Length: > 0 } text
            ? text : null;
}

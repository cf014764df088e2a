using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>What was being done when something went wrong.</summary>
internal sealed record CallContext(AwsService Service, string Operation, Settings Settings)
{
    public string Action => $"{Service.SigningName}:{Operation}";
    public string Place => Settings.EndpointUrl is { } typed ? UrlSecrets.Hide(typed) : $"{Service.Id} in {Settings.Region}";

    /// <summary>What leads the call to an address that is not AWS's, as a sentence with what to do; empty for a typed one, and for
    /// AWS.</summary>
    public string Led =>
        Settings.EndpointUrl is null && Variables.FirstOrDefault(v => Environment.GetEnvironmentVariable(v) is { Length: > 0 }) is { } name
        ? $" {name} points there: it is '{UrlSecrets.Hide(Environment.GetEnvironmentVariable(name)!)}'. " +
          $"If it is left from a sandbox or an emulator that has stopped, run: Remove-Item Env:{name}"
        : "";

    // The SDK looks at the service's own variable first.
    private string[] Variables => Environment.GetEnvironmentVariable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") is "true" ? []
        : [$"AWS_ENDPOINT_URL_{Service.Id.Replace(' ', '_')}", "AWS_ENDPOINT_URL"];
}

/// <summary>The one translator of what the SDK and the network throw into errors in the user's words.</summary>
internal static partial class AwsErrors
{
    /// <summary>The error to throw instead; null to let the exception pass, as cancellation must.</summary>
    public static PizzaException? Translate(Exception e, CallContext call, CancellationToken cancellationToken) => e switch
    {
        PizzaException => null,
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        AmazonServiceException { ErrorCode.Length: > 0 } service => FromCode(service, call),
        AmazonServiceException { StatusCode: HttpStatusCode.ProxyAuthenticationRequired }
            or HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => Proxy(e, call),
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } service => Unavailable(service, call),
        AmazonServiceException service => Foreign(service, call),
        TimeoutException or OperationCanceledException or HttpRequestException { InnerException: TimeoutException } => TimedOut(e, call),
        HttpRequestException or IOException or SocketException => Unreachable(e, call),
        AmazonClientException client => FromClient(client, call),
        _ => MachineErrors.Translate(e),
    };

    /// <summary>What a call gives; null when it ends with this error.</summary>
    public static async Task<T?> UnlessAsync<T>(string errorId, Func<Task<T>> call)
        where T : class
    {
        try { return await call().ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == errorId) { return null; }
    }

    public static PizzaException Unreadable(AwsService service, AwsCall call, Exception e)
    {
        string next =
            call.Writes ? "It was not repeated; check the resource before you run the command again." : "Is the endpoint really AWS?";
        PizzaException error = ErrorCatalog.InvalidResponse(
            $"The answer to {call.Operation} of {service.Id} cannot be read: {e.Message} {next}", call.Operation, e);
        error.MayBeDone = call.Writes;
        return error;
    }

    public static PizzaException Missing(AwsService service, string element) => ErrorCatalog.InvalidResponse(
        $"The answer of {service.Id} lacks '{element}'; is the endpoint really AWS?", element);

    public static PizzaException TooLarge(int limit) => ErrorCatalog.InvalidResponse(
        $"The answer has more than {limit >> 20} MB, more than any answer of AWS; is the endpoint really AWS?");

    public static PizzaException RepeatedPage(AwsService service, string operation) => new("RepeatedPageToken", PizzaErrorKind.InvalidData,
        $"{service.Id} gave the same page token twice for {operation}, so its list would never end. " +
        "Check the endpoint, and run the command again.", operation);

    private static PizzaException FromCode(AmazonServiceException e, CallContext call)
    {
        if (IsThrottling(e.ErrorCode)) return ErrorCatalog.Throttled(e.Message, call.Action, e);
        (PizzaErrorKind kind, string next) = Kind(e, call);
        return new(e.ErrorCode, kind, $"{e.Message.TrimEnd('.')}.{next}", call.Action, e);
    }

    // Each service has a code of its own for it.
    internal static bool IsThrottling(string code) =>
        code.Contains("Throttl", StringComparison.Ordinal) || code is "RequestLimitExceeded" or "TooManyRequestsException";

    private static (PizzaErrorKind Kind, string Next) Kind(AmazonServiceException e, CallContext call) =>
        (e.ErrorCode, (int)e.StatusCode) switch
    {
        ("AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation", _) =>
            (PizzaErrorKind.PermissionDenied,
                $" The caller needs {call.Action}; ask the administrator of its IAM " +
                $"policies.{GrantingCommand.For(e.Message, call.Action)}"),
        ("ExpiredToken" or "ExpiredTokenException" or "RequestExpired", _) => (PizzaErrorKind.Authentication,
            " The credentials have expired: get new ones (for SSO 'aws sso login') and run the command again."),
        ("InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidAccessKeyId" or "InvalidToken" or "AuthFailure", _) =>
            (PizzaErrorKind.Authentication,
                " AWS does not know this access key, or the session token does not belong to it. " +
                $"Check -ProfileName, AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN.{MaybeNotEnabled(call.Settings.Region)}"),
        ("SignatureDoesNotMatch" or "InvalidSignatureException" or "IncompleteSignature" or "MissingAuthenticationToken"
            or "MissingAuthenticationTokenException", _) =>
            (PizzaErrorKind.Authentication, " The secret key does not belong to the access key, or this machine's clock is wrong."),
        ("RepositoryNotFoundException", _)
            when call.Service == AwsService.EcrPublic => (PizzaErrorKind.NotFound,
                $" Create it with {Named("New-PizzaRepository", e.Message).Switch("-Public")}; " +
                "without -Public, the name refers to a private repository."),
        ("RepositoryNotFoundException", _) => (PizzaErrorKind.NotFound,
            $" Create it with {Named("New-PizzaRepository", e.Message)}, or look at another region than {call.Settings.Region} with " +
            "-Region."),
        ("ImageNotFoundException", _) => (PizzaErrorKind.NotFound, $" {Named("Get-PizzaImage", e.Message)} lists what there is."),
        ("NoSuchEntity" or "NoSuchEntityException", _) => (PizzaErrorKind.NotFound, ""),
        ("LimitExceeded" or "LimitExceededException" or "TooManyTagsException", _) => (PizzaErrorKind.LimitExceeded, ""),
        (var code, _) when code.EndsWith("NotFoundException", StringComparison.Ordinal) => (PizzaErrorKind.NotFound, ""),
        (var code, _) when code.Contains("AlreadyExists", StringComparison.Ordinal) => (PizzaErrorKind.AlreadyExists, ""),
        (var code, _)
            when code.StartsWith("Invalid", StringComparison.Ordinal) || code.Contains("Malformed", StringComparison.Ordinal)
                || code.StartsWith("Validation", StringComparison.Ordinal) =>
            (PizzaErrorKind.InvalidArgument, ""),
        (_, >= 500) => (PizzaErrorKind.Unavailable, " Three attempts failed; this is usually over in minutes."),
        _ => (PizzaErrorKind.InvalidOperation, ""),
    };

    /// <summary>A region that is not enabled knows no key of the account. These are, without being asked for:
    /// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html</summary>
    private static string MaybeNotEnabled(string region) => region is
        "us-east-1" or "us-east-2" or "us-west-1" or "us-west-2" or "ca-central-1" or "sa-east-1" or "eu-central-1" or "eu-north-1"
            or "eu-west-1" or "eu-west-2" or "eu-west-3"
        or "ap-northeast-1" or "ap-northeast-2" or "ap-northeast-3" or "ap-south-1" or "ap-southeast-1" or "ap-southeast-2"
        || Partition.Of(region).Name != "aws"
        ? ""
        : $" Or {region} is not enabled for the account: 'aws account list-regions' shows which are, 'aws account enable-region " +
            $"--region-name {region}' enables it.";

    /// <summary>A command about the name that AWS's text puts in quotes.</summary>
    private static Advice Named(string cmdlet, string message) =>
        QuotedName().Match(message) is { Success: true } match ? Advice.Run(cmdlet, match.Groups[1].Value) : Advice.Run(cmdlet);

    [GeneratedRegex("name '([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedName();

    private static PizzaException Unavailable(AmazonServiceException e, CallContext call) =>
        new("ServiceUnavailable", PizzaErrorKind.Unavailable,
        $"{call.Place} answered {call.Operation} with HTTP {(int)e.StatusCode}, three times. Try again in a few minutes; " +
        "https://health.aws.amazon.com/health/status reports outages.", call.Action, e);

    private static PizzaException Foreign(AmazonServiceException e, CallContext call) => ErrorCatalog.InvalidResponse(
        $"{call.Place} answered {call.Operation} with HTTP {(int)e.StatusCode}, and not as AWS does. " +
        $"Something between here and AWS, or another server, may have answered; check the endpoint and the proxy.{call.Led}",
            call.Action, e);

    private static PizzaException TimedOut(Exception e, CallContext call) => ErrorCatalog.ServiceUnreachable(call.Place,
        $"did not answer {call.Operation} in time (at most {call.Settings.AttemptTimeout.TotalSeconds:0.#} seconds an attempt, " +
        $"{call.Settings.CallTimeout.TotalSeconds:0.#} in all)",
        "the network, the proxy and the endpoint", call.Action, e, call.Led);

    private static PizzaException Proxy(Exception e, CallContext call) => new("ProxyRefused", PizzaErrorKind.Unavailable,
        $"The proxy refused the connection to {call.Place}: {e.Message.TrimEnd('.', '"')}. Check HTTPS_PROXY (with user name and " +
        "password, if it requires them) and NO_PROXY. " +
        "PowerShell reads them at its first request; after a change, start it again.", call.Action, e);

    private static PizzaException Unreachable(Exception e, CallContext call) =>
        ErrorCatalog.ServiceUnreachable(call.Place, $"cannot be reached: {e.GetBaseException().Message}",
        "the network, the proxy (HTTPS_PROXY, NO_PROXY) and the " +
        $"{(call.Settings.EndpointUrl is null ? $"region's name{Slip(call.Settings.Region)}" : "endpoint")}",
        call.Action, e, call.Led);

    /// <summary>A region of a shape that AWS might have, and does not.</summary>
    private static string Slip(string region) => Partition.All.Any(p => p.Regions.Contains(region)) ? ""
        : $": '{region}' is not a known one. Did you mean '{Partition.Nearest(region)}'?";

    private static PizzaException FromClient(AmazonClientException e, CallContext call) =>
        new("AwsClientError", PizzaErrorKind.OperationFailed,
        $"{call.Operation} could not be sent to {call.Place}: {e.Message}", call.Action, e);
}

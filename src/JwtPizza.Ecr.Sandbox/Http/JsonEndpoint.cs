using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Sts;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>AWS's JSON 1.1 protocol: the operation in a header, JSON in, JSON out.</summary>
internal sealed class JsonEndpoint(IReadOnlyList<JsonService> services, Sessions sessions, Guard? guard, string defaultRegion) : IEndpoint
{
    public const string ContentType = "application/x-amz-json-1.1";
    private const string Target = "X-Amz-Target";
    private const int BodyLimit = 32 * 1024 * 1024;   // UploadLayerPart's 20 MiB as base64, and its company

    public IEnumerable<string> Operations => services.SelectMany(s => s.Names);

    public bool Takes(Exchange exchange) => exchange.Header(Target) is not null;

    public async Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            byte[] body = await exchange.ReadAsync(BodyLimit, cancellationToken).ConfigureAwait(false)
                ?? throw new ApiError("RequestEntityTooLargeException", "The request is larger than any operation's input can be.", 413);
            using JsonDocument input = Parse(body);
            await AnswerAsync(exchange, input.RootElement, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiError e) { await exchange.RespondErrorAsync(e, cancellationToken).ConfigureAwait(false); }
    }

    private async Task AnswerAsync(Exchange exchange, JsonElement input, CancellationToken cancellationToken)
    {
        string[] target = exchange.Header(Target)!.Split('.', 2);
        Caller caller = sessions.Resolve(Caller.Of(exchange, defaultRegion));
        JsonService? service = target.Length == 2 ? services.FirstOrDefault(s => s.TargetPrefix == target[0]) : null;
        exchange.Trace.Describe(service?.Name ?? target[0], target[^1], caller, Redaction.Of(input));
        if (service is null)
            throw new ApiError("UnknownOperationException", $"The sandbox does not have the service of '{exchange.Header(Target)}'.");
        var operation = service.Find(target[1])
            ?? throw new ApiError("UnknownOperationException", $"The sandbox does not support the operation {target[1]}.");
        Admit(caller);
        await exchange.Trace.MeetFaultsAsync(Refusals.Json, cancellationToken).ConfigureAwait(false);
        JsonCall call = new(operation.Name, new(input), caller);
        if (guard?.Refusal(caller, $"{service.Name}:{operation.Name}", () => operation.Needs(call)) is { } refusal)
            throw new ApiError("AccessDeniedException", refusal.Sentence) { Why = refusal.Why };
        JsonObject output = await operation.RunAsync(call, cancellationToken).ConfigureAwait(false);
        await exchange.RespondJsonAsync(200, output, ContentType, cancellationToken).ConfigureAwait(false);
    }

    private void Admit(Caller caller)
    {
        switch (sessions.Examine(caller))
        {
            case CredentialProblem.Missing: throw new ApiError("MissingAuthenticationTokenException", "Missing Authentication Token");
            case CredentialProblem.Unknown: throw new ApiError("UnrecognizedClientException",
                "The security token included in the request is invalid.");
            case CredentialProblem.Region: throw new ApiError("InvalidSignatureException",
                "Credential should be scoped to a valid region. ");
            case CredentialProblem.Expired: throw new ApiError("ExpiredTokenException",
                "The security token included in the request is expired");
        }
    }

    private static JsonDocument Parse(byte[] body)
    {
        try
        {
            JsonDocument input = JsonDocument.Parse(body);
            if (input.RootElement.ValueKind == JsonValueKind.Object) return input;
            input.Dispose();
        }
        catch (JsonException) { }   // said below, in AWS's words
        throw new ApiError("SerializationException", "The request is not a JSON object.");
    }
}

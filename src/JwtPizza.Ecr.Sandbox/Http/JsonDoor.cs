using System.Text.Json;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>AWS's JSON 1.1 protocol: the operation in a header, JSON in, JSON out.</summary>
internal sealed class JsonDoor(IReadOnlyList<IJsonApi> apis, IAuthority authority, Guard? guard, string defaultRegion) : IDoor
{
    public const string ContentType = "application/x-amz-json-1.1";
    private const string Target = "X-Amz-Target";
    private const int BodyLimit = 32 * 1024 * 1024;   // UploadLayerPart's 20 MiB as base64, and its company

    public IEnumerable<string> Operations => apis.SelectMany(a => a.Operations.Select(o => $"{a.Name}:{o}"));

    public bool Takes(IExchange exchange) => exchange.Header(Target) is not null;

    public async Task AnswerAsync(IExchange exchange, CancellationToken cancellationToken)
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

    private async Task AnswerAsync(IExchange exchange, JsonElement input, CancellationToken cancellationToken)
    {
        string[] target = exchange.Header(Target)!.Split('.', 2);
        Caller caller = Caller.Of(exchange, defaultRegion);
        IJsonApi? api = target.Length == 2 ? apis.FirstOrDefault(a => a.TargetPrefix == target[0]) : null;
        exchange.Trace.Describe(api?.Name ?? target[0], target[^1], caller, Redaction.Of(input));
        if (api is null) throw new ApiError("UnknownOperationException", $"The sandbox does not have the service of '{exchange.Header(Target)}'.");
        Admit(caller);
        await exchange.Trace.MeetFaultsAsync(Refusals.Json, cancellationToken).ConfigureAwait(false);
        JsonCall call = new(target[1], new(input), caller);
        if (guard?.Refusal(caller, $"{api.Name}:{call.Operation}", () => api.Needs(call)) is { } why) throw new ApiError("AccessDeniedException", why);
        var output = await api.CallAsync(call, cancellationToken).ConfigureAwait(false);
        await exchange.RespondJsonAsync(200, output, ContentType, cancellationToken).ConfigureAwait(false);
    }

    private void Admit(Caller caller)
    {
        switch (authority.Examine(caller))
        {
            case CredentialProblem.Missing: throw new ApiError("MissingAuthenticationTokenException", "Missing Authentication Token");
            case CredentialProblem.Unknown: throw new ApiError("UnrecognizedClientException", "The security token included in the request is invalid.");
            case CredentialProblem.Expired: throw new ApiError("ExpiredTokenException", "The security token included in the request is expired");
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

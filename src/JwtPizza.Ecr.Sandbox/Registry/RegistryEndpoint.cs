using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>The OCI distribution protocol, as docker, buildx, skopeo and containerd speak it.</summary>
internal sealed class RegistryEndpoint(EcrWorld world, Guard? guard = null) : IEndpoint
{
    public IEnumerable<string> Operations => RegistryOperation.All.Select(o => $"{RegistryOperation.Service}:{o.Name}").Distinct();

    public bool Takes(Exchange exchange) => RegistryPath.Begins(exchange.Path);

    public async Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        exchange.SetHeader("Docker-Distribution-Api-Version", "registry/2.0");
        RegistryPath? path = RegistryPath.Read(exchange.Path);
        RegistryOperation? operation = RegistryOperation.Of(exchange.Method, path);
        operation?.Describe(exchange, path!.Value);
        try
        {
            RegistryPass pass = Enter(exchange);
            exchange.Trace.Region = pass.Region;
            await exchange.Trace.MeetFaultsAsync(Refusals.Registry, cancellationToken).ConfigureAwait(false);
            if (path is not { } known) throw new RegistryError(404, "UNSUPPORTED", $"there is nothing at {exchange.Path}");
            RegistryRequest request = RegistryRequest.Of(exchange, world.Registry(pass.RegistryId, pass.Region), known, cancellationToken)
                with { Caller = pass.Holder };
            await RunAsync(operation ?? throw RegistryError.Unsupported, request, pass).ConfigureAwait(false);
        }
        catch (RegistryError e) { await exchange.RespondErrorAsync(e, cancellationToken).ConfigureAwait(false); }
        catch (ApiError e) { await exchange.RespondErrorAsync(RegistryError.Of(e), cancellationToken).ConfigureAwait(false); }
    }

    private RegistryPass Enter(Exchange exchange)
    {
        string? host = exchange.Header("Host");
        (string RegistryId, string Region)? named = RegistryHostNames.RegistryOf(host);
        if (world.Tokens.Find(exchange.Header("Authorization")) is not { } pass
            || (named is { } only && only != (pass.RegistryId, pass.Region)))
        {
            string realm = named is null ? world.Info.EndpointUrl : "http://" + host;
            exchange.SetHeader("WWW-Authenticate",
                host == world.PublicHost ? TokenEndpoint.Challenge(world) : $"Basic realm=\"{realm}/\",service=\"ecr.amazonaws.com\"");
            throw new RegistryError(401, "UNAUTHORIZED", "authentication required");
        }
        return pass.ExpiresAt > world.Clock.GetUtcNow()
            ? pass
            : throw new RegistryError(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
    }

    /// <summary>A token opens what the policies of who asked for it open.</summary>
    private Task RunAsync(RegistryOperation operation, RegistryRequest request, RegistryPass pass)
    {
        if (pass.IsAnonymous && request.Exchange.Method is not ("GET" or "HEAD")) throw new RegistryError(403, "DENIED", "Not Authorized");
        if (guard is null) return operation.RunAsync(request);
        if (guard.Refusal(pass.Holder, operation.Name, () => operation.Needs(request)) is { } refusal)
        {
            request.Exchange.Trace.Why = refusal.Why;
            throw new RegistryError(403, "DENIED", refusal.Sentence);
        }
        return operation.RunAsync(request with { May = needs => guard.Refusal(pass.Holder, "", () => needs) is null });
    }
}

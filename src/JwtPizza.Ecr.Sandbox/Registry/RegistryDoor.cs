using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>The OCI distribution protocol, as docker, buildx, skopeo and containerd speak it.</summary>
internal sealed class RegistryDoor(EcrWorld world, Guard? guard = null) : IDoor
{
    private const string Base = "/v2";

    public IEnumerable<string> Operations => RegistryOperation.Names.Select(n => $"{RegistryOperation.Service}:{n}");

    public bool Takes(IExchange exchange) => exchange.Path == Base || exchange.Path.StartsWith(Base + "/", StringComparison.Ordinal);

    public async Task AnswerAsync(IExchange exchange, CancellationToken cancellationToken)
    {
        exchange.SetHeader("Docker-Distribution-Api-Version", "registry/2.0");
        RegistryOperation.Describe(exchange);
        try
        {
            RegistryPass pass = Enter(exchange);
            exchange.Trace.Region = pass.Region;
            await exchange.Trace.MeetFaultsAsync(Refusals.Registry, cancellationToken).ConfigureAwait(false);
            try { await RouteAsync(exchange, pass, cancellationToken).ConfigureAwait(false); }
            catch (ApiError e) { throw RegistryError.Of(e); }
        }
        catch (RegistryError e) { await exchange.RespondErrorAsync(e, cancellationToken).ConfigureAwait(false); }
    }

    private RegistryPass Enter(IExchange exchange)
    {
        if (world.Tokens.Find(exchange.Header("Authorization")) is not { } pass)
        {
            exchange.SetHeader("WWW-Authenticate", exchange.Header("Host") == world.PublicHost ? TokenDoor.Challenge(world) : $"Basic realm=\"{world.Info.EndpointUrl}/\",service=\"ecr.amazonaws.com\"");
            throw new RegistryError(401, "UNAUTHORIZED", "authentication required");
        }
        return pass.ExpiresAt > world.Clock.GetUtcNow()
            ? pass
            : throw new RegistryError(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");
    }

    private Task RouteAsync(IExchange exchange, RegistryPass pass, CancellationToken cancellationToken)
    {
        EcrRegistry registry = world.Registry(pass.RegistryId, pass.Region);
        if (exchange.Path.TrimEnd('/') == Base) return exchange.RespondAsync(200, "application/json", "{}"u8.ToArray(), cancellationToken);
        if (exchange is { Path: Base + "/_catalog", Method: "GET" })
        {
            Admit(pass, "GET _catalog", () => RegistryNeeds.OfCatalog(registry));
            return Listings.CatalogAsync(exchange, registry, cancellationToken);
        }
        RegistryRequest request = RegistryRequest.Read(exchange, registry, cancellationToken) ?? throw new RegistryError(404, "UNSUPPORTED", $"there is nothing at {exchange.Path}");
        if (pass.IsAnonymous && exchange.Method is not ("GET" or "HEAD")) throw new RegistryError(403, "DENIED", "Not Authorized");
        Admit(pass, $"{exchange.Method} {request.Kind}", () => RegistryNeeds.Of(request));
        if (guard is not null) request = request with { May = needs => guard.Refusal(pass.Holder, "", () => needs) is null };
        return (exchange.Method, request.Kind, request.Id) switch
        {
            ("POST", "blobs/uploads", "") => Uploads.StartAsync(request),
            ("PATCH", "blobs/uploads", _) => Uploads.AppendAsync(request),
            ("PUT", "blobs/uploads", _) => Uploads.FinishAsync(request),
            ("GET", "blobs/uploads", _) => Uploads.TellAsync(request),
            ("DELETE", "blobs/uploads", _) => Uploads.CancelAsync(request),
            ("GET" or "HEAD", "blobs", _) => Blobs.GetAsync(request),
            ("GET" or "HEAD", "manifests", _) => Manifests.GetAsync(request),
            ("PUT", "manifests", _) => Manifests.PutAsync(request),
            ("GET", "tags", _) => Listings.TagsAsync(request),
            ("GET", "referrers", _) => Listings.ReferrersAsync(request),
            // ECR deletes through its own API alone.
            _ => throw new RegistryError(405, "UNSUPPORTED", "The operation is unsupported."),
        };
    }

    /// <summary>A token opens what the policies of who asked for it open.</summary>
    private void Admit(RegistryPass pass, string action, Func<IEnumerable<Need>?> needs)
    {
        if (guard?.Refusal(pass.Holder, action, needs) is { } why) throw new RegistryError(403, "DENIED", why);
    }
}

using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The issuer's discovery document and keys, for whoever wants to check a token of the sandbox.</summary>
internal sealed class IssuerEndpoint(TokenIssuer issuer) : IEndpoint
{
    public IEnumerable<string> Operations => [];

    public bool Takes(Exchange exchange) =>
        exchange.Method is "GET" or "HEAD"
            && exchange.Path is TokenIssuer.PathPrefix + "openid-configuration" or TokenIssuer.PathPrefix + "jwks";

    public Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken) =>
        exchange.RespondJsonAsync(200, exchange.Path.EndsWith("jwks", StringComparison.Ordinal) ? issuer.Keys() : issuer.Configuration(),
            "application/json", cancellationToken);
}

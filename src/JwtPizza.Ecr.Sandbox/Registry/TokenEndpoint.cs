using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>
/// Gives tokens for ECR Public, as public.ecr.aws does: for a login one that opens what the login opens, without one a token to pull.
/// The protocol: https://distribution.github.io/distribution/spec/auth/token/
/// </summary>
internal sealed class TokenEndpoint(EcrWorld world) : IEndpoint
{
    private const string Path = "/token/";

    public IEnumerable<string> Operations => [];

    /// <summary>What the registry answers to whoever has no token.</summary>
    public static string Challenge(EcrWorld world) =>
        $"Bearer realm=\"http://{world.PublicHost}{Path}\",service=\"public.ecr.aws\",scope=\"aws\"";

    public bool Takes(Exchange exchange) => exchange.Method == "GET" && exchange.Path is Path or "/token";

    public Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        string? authorization = exchange.Header("Authorization");
        RegistryPass? pass = authorization is null ? world.Tokens.Anonymous(world.Info.RegistryId) : world.Tokens.FindLogin(authorization);
        if (pass is null) return exchange.RespondErrorAsync(new(401, "UNAUTHORIZED", "authentication required"), cancellationToken);
        return pass.ExpiresAt > world.Clock.GetUtcNow()
            ? exchange.RespondJsonAsync(200, Answer.Of(("token", world.Tokens.Exchange(pass))), "application/json", cancellationToken)
            : exchange.RespondErrorAsync(new(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."),
                cancellationToken);
    }
}

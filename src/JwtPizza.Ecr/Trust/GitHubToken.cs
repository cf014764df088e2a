using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>What an OpenID Connect token of GitHub Actions says, without the token itself: nothing here is a secret.</summary>
/// <remarks>The claims: https://docs.github.com/en/actions/reference/security/oidc</remarks>
public sealed record GitHubToken
{
    private GitHubToken(IReadOnlyDictionary<string, IReadOnlyList<string>> claims) => Claims = claims;

    /// <summary>Each claim that is a text or a list of texts.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; private init; }

    /// <summary>Who issued it (<c>iss</c>), for example <c>https://token.actions.githubusercontent.com</c>.</summary>
    public string Issuer => Claim("iss") ?? "";

    /// <summary>Whom it speaks for (<c>sub</c>).</summary>
    public string Subject => Claim("sub") ?? "";

    /// <summary>Whom it is for (<c>aud</c>).</summary>
    public IReadOnlyList<string> Audiences => Claims.GetValueOrDefault("aud") ?? [];

    /// <summary>Reads a token. Its signature is not checked; who accepts it does that.</summary>
    /// <param name="token">Three parts of Base64Url, joined by dots.</param>
    /// <exception cref="PizzaException"><c>InvalidToken</c>; the token itself is not in the message.</exception>
    public static GitHubToken Read(string token)
    {
        if (token.Trim().Split('.') is not [_, var body, _] || Base64Url.Decode(body) is not { } bytes
            || PolicyJson.Parse(Encoding.UTF8.GetString(bytes)) is not { } members)
            throw Invalid("it is not three parts of Base64Url with JSON in the second");
        Dictionary<string, IReadOnlyList<string>> claims = [];
        foreach ((string name, JsonElement value) in members)
            if (PolicyJson.Texts(value, scalars: true) is { Count: > 0 } texts) claims[name] = texts;
        GitHubToken read = new(claims);
        return read.Issuer is "" || read.Subject is "" ? throw Invalid("it has no issuer ('iss') or no subject ('sub')") : read;
    }

    /// <summary>What the token of a run says, as far as its subject tells.</summary>
    /// <param name="subject">The subject of one run, so no pattern.</param>
    /// <param name="audience">Whom the token is for.</param>
    /// <param name="issuer">Who issues it, with or without <c>https://</c>; null: github.com.</param>
    /// <exception cref="PizzaException"><c>PatternIsNoRun</c>.</exception>
    public static GitHubToken For(GitHubSubject subject, string audience, string? issuer = null)
    {
        if (subject.IsPattern)
            throw new PizzaException("PatternIsNoRun", PizzaErrorKind.InvalidArgument,
                $"'{subject.Text}' is a pattern, and a run of a workflow is on one branch, tag or environment. Name one of them in full.",
                subject.Text);
        GitHubToken token = new(new Dictionary<string, IReadOnlyList<string>>());
        return SubjectClaims.Known(subject).Prepend(("iss", GitHubProvider.IssuerUrl(issuer))).Prepend(("sub", subject.Text))
            .Prepend(("aud", audience))
            .Aggregate(token, (t, claim) => t.With(claim.Item1, claim.Item2));
    }

    /// <summary>The same with another claim.</summary>
    /// <param name="claim">For example <c>job_workflow_ref</c>.</param>
    /// <param name="values">One, or several.</param>
    public GitHubToken With(string claim, params string[] values) =>
        this with { Claims = new Dictionary<string, IReadOnlyList<string>>(Claims.Where(c => c.Key != claim)) { [claim] = values } };

    private string? Claim(string name) => Claims.GetValueOrDefault(name) is [var one, ..] ? one : null;

    private static PizzaException Invalid(string why) =>
        new("InvalidToken", PizzaErrorKind.InvalidData, $"That is not a token of GitHub Actions: {why}.");
}

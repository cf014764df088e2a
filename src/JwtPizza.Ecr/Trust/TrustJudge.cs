using System.Globalization;

namespace JwtPizza.Ecr;

/// <summary>Judges by a role's trust policy whether a web identity may assume it, as STS does.</summary>
internal static class TrustJudge
{
    public const string Action = "sts:AssumeRoleWithWebIdentity";

    /// <summary>What a document says about somebody who comes from a provider.</summary>
    public static PolicyEvaluation Of(string document, string providerArn, RequestContext context)
    {
        return PolicyEvaluation.Of(CompiledPolicy.Of(document).Statements, Objection, context);

        string? Objection(CompiledStatement statement) =>
            !statement.CoversAction(Action, context) ? $"is not about {Action}"
            : !statement.Names("Federated", p => p == providerArn) ? $"does not name {providerArn} as Principal"
            : null;
    }

    /// <summary>The same in words.</summary>
    public static TrustVerdict Verdict(this PolicyEvaluation evaluation, string roleName, string subject) => new()
    {
        RoleName = roleName, Subject = subject, Allowed = evaluation.Decision == Decision.Allowed,
        Reasons = [.. evaluation.Reasons], Statements = [.. evaluation.Deciding.Select(s => s.Name)],
    };

    /// <summary>What a token brings for conditions to look at. From where the call comes is not known beforehand.</summary>
    public static RequestContext Context(GitHubToken token, GitHubProvider provider, DateTimeOffset now)
    {
        RequestContext context = new RequestContext().With("aws:FederatedProvider", provider.Arn).With("aws:SecureTransport", "true")
            .With("aws:CurrentTime", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .With("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        foreach ((string claim, IReadOnlyList<string> values) in token.Claims) context.With($"{provider.Host}:{claim}", [.. values]);
        return context;
    }
}

using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>
/// Everybody's workflows get their tokens from GitHub's one issuer, so IAM stores no trust in it that does not say whose:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
/// </summary>
internal static class RequiredClaim
{
    private const string GitHub = "token.actions.githubusercontent.com", Provider = ":oidc-provider/";
    private static readonly string[] s_claims = ["sub", "job_workflow_ref"];

    public static void Check(Dictionary<string, JsonElement> statement)
    {
        foreach (string issuer in Issuers(statement["Principal"])
            .Where(i => i == GitHub || i.StartsWith(GitHub + "/", StringComparison.Ordinal)))
        {
            if (!s_claims.Any(c => IsEvaluated($"{issuer}:{c}", statement)))   // AWS's own sentence is not documented
                throw IamErrors.Malformed(
                    $"The trust policy for the shared OpenID Connect provider {issuer} must evaluate the condition key {issuer}:sub " +
                    "with a value that is not only wildcards.");
        }
    }

    private static IEnumerable<string> Issuers(JsonElement principal) =>
        PolicyJson.Members(principal)!.TryGetValue("Federated", out JsonElement list)
            ? PolicyJson.Texts(list)!.Where(p => p.Contains(Provider, StringComparison.Ordinal))
                .Select(p => p[(p.IndexOf(Provider, StringComparison.Ordinal) + Provider.Length)..])
            : [];

    private static bool IsEvaluated(string key, Dictionary<string, JsonElement> statement) =>
        statement.TryGetValue("Condition", out JsonElement condition) && PolicyJson.Members(condition)!.Any(o =>
            ConditionShape.Bare(o.Key) is "StringEquals" or "StringLike" or "StringEqualsIgnoreCase"
            && PolicyJson.Members(
                o.Value)!.Any(k => k.Key.Equals(key, StringComparison.OrdinalIgnoreCase)
                    && PolicyJson.Texts(k.Value, scalars: true)!.All(v => v.Trim('*', '?').Length > 0)));
}

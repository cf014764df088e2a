using System.Text.Json;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Whom a trust policy may name.</summary>
internal static partial class TrustPrincipals
{
    private static readonly HashSet<string> s_webIdentity =
        ["accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com"];

    public static void Check(Dictionary<string, JsonElement> statement, IamAccount account)
    {
        if (!statement.TryGetValue("Principal", out JsonElement principal)) throw IamErrors.Malformed("Missing required field Principal");
        if (PolicyJson.Members(principal) is not { } kinds) throw IamErrors.Malformed("Principal must be a JSON object.");
        if (kinds.Count == 0) throw IamErrors.Malformed("Missing required field Principal cannot be empty!");
        foreach ((string kind, JsonElement list) in kinds)
        {
            Func<string, bool> isLegal = kind switch
            {
                "AWS" => p => IsAccountOrIdentity(p, account),
                "Service" => p => ServicePattern().IsMatch(p),
                "Federated" => p => s_webIdentity.Contains(p) || ProviderPattern().IsMatch(p),
                _ => throw IamErrors.Malformed($"Invalid principal in policy: \"{kind}\""),
            };
            if (PolicyJson.Texts(list) is not { Count: > 0 } names)
                throw IamErrors.Malformed("Missing required field Principal cannot be empty!");
            if (names.FirstOrDefault(n => !isLegal(n)) is { } stranger)
                throw IamErrors.Malformed($"Invalid principal in policy: \"{(kind == "Service" ? "SERVICE" : kind)}\":\"{stranger}\"");
        }
    }

    /// <summary>
    /// Identities of our own account must exist. A deleted one, which AWS shows by its id (AROA…), is therefore refused as well:
    /// https://repost.aws/knowledge-center/iam-resource-policy-format
    /// </summary>
    private static bool IsAccountOrIdentity(string principal, IamAccount account) => principal switch
    {
        "*" => true,
        _ when AccountPattern().IsMatch(principal) => true,
        _ when IdentityPattern().Match(principal) is { Success: true, Groups: var found } =>
            found["account"].Value != account.AccountId || account.FindHolder(principal) is not null,
        _ => SessionPattern().IsMatch(principal),
    };

    [GeneratedRegex(@"\A([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:root)\z")]
    private static partial Regex AccountPattern();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::(?<account>[0-9]{12}):(?<kind>user|role)/(?<name>[\u0021-\u007E]+)\z")]
    private static partial Regex IdentityPattern();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:sts::[0-9]{12}:(assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+)\z")]
    private static partial Regex SessionPattern();

    [GeneratedRegex(@"\A[a-z0-9.-]+\.amazonaws\.com(\.cn)?\z")]
    private static partial Regex ServicePattern();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::[0-9]{12}:(oidc-provider|saml-provider)/[A-Za-z0-9._+=,@/-]+\z")]
    private static partial Regex ProviderPattern();
}

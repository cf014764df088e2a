using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What IAM refuses in the trust policy of a role. Its words are others than for the policies of identities.</summary>
internal static class TrustGrammar
{
    private static readonly HashSet<string> s_top = ["Version", "Id", "Statement"];
    private static readonly HashSet<string> s_statement =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <summary>What a trust policy can be about:
    /// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html</summary>
    private static readonly string[] s_actions =
    [
        "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity",
        "sts:SetContext",
        "sts:DecodeAuthorizationMessage", "sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetFederationToken",
        "sts:GetServiceBearerToken", "sts:GetSessionToken",
    ];

    /// <summary>Checks a document that is about to be stored.</summary>
    /// <exception cref="Http.ApiError">MalformedPolicyDocument.</exception>
    public static void Check(string document, IamAccount account)
    {
        if (PolicyJson.Parse(document) is not { } policy) throw IamErrors.Malformed("This policy contains invalid Json");
        RefuseUnknownMembers(policy, s_top);
        if (policy.TryGetValue("Version", out JsonElement version) && PolicyJson.Texts(version) is not ["2008-10-17" or "2012-10-17"])
            throw IamErrors.Malformed("The policy must contain a valid version string");
        if (!policy.TryGetValue("Statement", out JsonElement list)) throw IamErrors.Malformed("Missing required field Statement");
        List<Dictionary<string, JsonElement>?> statements = [.. PolicyJson.Items(list).Select(PolicyJson.Members)];
        if (statements.Count == 0) throw IamErrors.Malformed("Could not parse the policy: Statement is empty!");
        foreach (Dictionary<string, JsonElement>? statement in statements) CheckStatement(statement ?? throw Syntax(), account);
        List<string?> sids = [.. statements.Select(s => Text(s!, "Sid")).Where(s => !string.IsNullOrEmpty(s))];
        if (sids.Distinct().Count() < sids.Count) throw IamErrors.Malformed("The Statement Ids in the policy are not unique");
    }

    private static void CheckStatement(Dictionary<string, JsonElement> statement, IamAccount account)
    {
        RefuseUnknownMembers(statement, s_statement);
        if (!statement.ContainsKey("Effect")) throw IamErrors.Malformed("Missing required field Effect");
        string effect = Text(statement, "Effect") ?? throw Syntax();
        if (effect is not ("Allow" or "Deny")) throw IamErrors.Malformed($"Invalid effect: {effect}");
        if (statement.ContainsKey("NotPrincipal"))
            throw IamErrors.Malformed(
                effect == "Allow" ? "Allow with NotPrincipal is not allowed." : "AssumeRole policy must not contain NotPrincipal field.");
        if (statement.TryGetValue("Condition", out JsonElement condition) && !ConditionShape.IsSound(condition)) throw Syntax();
        if (statement.TryGetValue("Sid", out JsonElement sid) && sid.ValueKind != JsonValueKind.String) throw Syntax();
        TrustPrincipals.Check(statement, account);
        CheckActions(statement);
        if (statement.ContainsKey("Resource")) throw IamErrors.Malformed("Has prohibited field Resource");
        if (statement.ContainsKey("NotResource")) throw IamErrors.Malformed("AssumeRole policy must not contain resources.");
        if (effect == "Allow") RequiredClaim.Check(statement);
    }

    private static void CheckActions(Dictionary<string, JsonElement> statement)
    {
        if (statement.ContainsKey("Action") && statement.ContainsKey("NotAction")) throw Syntax();
        if (!statement.TryGetValue("Action", out JsonElement list) && !statement.TryGetValue("NotAction", out list))
            throw IamErrors.Malformed("Missing required field Action");
        IReadOnlyList<string> actions = PolicyJson.Texts(list) ?? throw Syntax();
        if (actions.Count == 0) throw IamErrors.Malformed("Missing required field Action");
        if (!actions.All(a => s_actions.Any(known => IamPattern.Covers(a, known, ignoreCase: true))))
            throw IamErrors.Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    }

    private static void RefuseUnknownMembers(Dictionary<string, JsonElement> members, HashSet<string> known)
    {
        if (members.Keys.FirstOrDefault(k => !known.Contains(k)) is { } stranger) throw IamErrors.Malformed($"Unknown field {stranger}");
    }

    private static string? Text(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? PolicyJson.Texts(value)?[0] : null;

    private static Http.ApiError Syntax() => IamErrors.Malformed("Syntax error in policy.");
}

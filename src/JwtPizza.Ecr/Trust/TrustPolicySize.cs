namespace JwtPizza.Ecr;

/// <summary>How long a trust policy may be.</summary>
public static class TrustPolicySize
{
    /// <summary>Characters that IAM allows unless the account's quota was raised.</summary>
    public const int DefaultQuota = 2048;

    /// <summary>The name of the quota in IAM's account summary.</summary>
    public const string QuotaName = "AssumeRolePolicySizeQuota";

    /// <summary>The document as it is to be sent: as it is when it fits, else without the white space between its values; null when that is
    /// too long as well.</summary>
    /// <param name="policy">The policy after an edit.</param>
    /// <param name="quota">Characters allowed.</param>
    public static TrustPolicy? Fit(TrustPolicy policy, int quota) =>
        policy.Json.Text.Length <= quota ? policy
        : policy.Json.Compact() is { } compact && compact.Text.Length <= quota ? ((IJsonDocument<TrustPolicy>)policy).With(compact) : null;

    /// <summary>The error for a document that does not fit.</summary>
    /// <param name="policy">The policy after an edit.</param>
    /// <param name="quota">Characters allowed.</param>
    public static PizzaException TooLong(TrustPolicy policy, int quota) => policy.Problem("TrustPolicyTooLong",
        $"would have {policy.Json.Compact().Text.Length} characters without white space, and IAM allows {quota} (LimitExceeded, " +
        "ACLSizePerRole). Let one pattern stand for many subjects (-AnyRef, or -Subject 'repo:OWNER/*:ref:refs/heads/main'), " +
        "remove what is no longer needed (Remove-PizzaTrustSubject), or ask AWS to raise the quota L-C07B4B0D of IAM",
            PizzaErrorKind.LimitExceeded);
}

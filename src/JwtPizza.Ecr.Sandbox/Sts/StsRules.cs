using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The parameter rules of STS's service model (API version 2011-06-15).</summary>
internal static partial class StsRules
{
    public const int MinDuration = 900, DefaultDuration = 3600, MaxPolicyArns = 10;

    /// <summary>What a user's temporary credentials last, in seconds.</summary>
    public const int DefaultOfUser = 43_200, MaxOfUser = 129_600;

    private static readonly TextRule s_policy = new(1, 2048, PolicyPattern());

    /// <summary>Of AssumeRole, AssumeRoleWithWebIdentity and the operations about credentials.</summary>
    public static ParameterRules All { get; } = new(
        new Dictionary<string, IParameterRule>
        {
            ["RoleArn"] = new TextRule(20, 2048),
            ["RoleSessionName"] = new TextRule(2, 64, SessionNamePattern()),
            ["WebIdentityToken"] = new TextRule(4, 20_000),
            ["ProviderId"] = new TextRule(4, 2048),
            ["Policy"] = s_policy,
            ["ExternalId"] = new TextRule(2, 1224, ExternalIdPattern()),
            ["SourceIdentity"] = new TextRule(2, 64, SessionNamePattern()),
            ["DurationSeconds"] = new NumberRule(MinDuration, 43_200),
            ["AccessKeyId"] = new TextRule(16, 128, WordPattern()),
            ["EncodedMessage"] = new TextRule(1, 10_240),
        },
        new Dictionary<string, ListRule> { ["TransitiveTagKeys"] = new(ParameterRules.MaxTags, ParameterRules.TagKey) },
        quotes: true);

    /// <summary>Of GetSessionToken and GetFederationToken, whose credentials last longer.</summary>
    public static ParameterRules OfUser { get; } = new(
        new Dictionary<string, IParameterRule>
        {
            ["Name"] = new TextRule(2, 32, SessionNamePattern()),
            ["Policy"] = s_policy,
            ["DurationSeconds"] = new NumberRule(MinDuration, MaxOfUser),
        },
        new Dictionary<string, ListRule>(), quotes: true);

    [GeneratedRegex(@"\A[\w+=,.@-]*\z", RegexOptions.ECMAScript)]
    private static partial Regex SessionNamePattern();

    [GeneratedRegex(@"\A[\u0009\u000A\u000D\u0020-\u00FF]+\z")]
    private static partial Regex PolicyPattern();

    [GeneratedRegex(@"\A[\w+=,.@:\/-]*\z", RegexOptions.ECMAScript)]
    private static partial Regex ExternalIdPattern();

    [GeneratedRegex(@"\A[\w]*\z", RegexOptions.ECMAScript)]
    private static partial Regex WordPattern();
}

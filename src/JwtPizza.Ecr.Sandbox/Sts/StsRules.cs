using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The parameter rules of STS's service model (API version 2011-06-15).</summary>
internal static partial class StsRules
{
    public const int MinDuration = 900, MaxDuration = 43_200, DefaultDuration = 3600;

    public static readonly TextRule RoleArn = new(20, 2048);
    public static readonly TextRule SessionName = new(2, 64, SessionNamePattern());
    public static readonly TextRule Token = new(4, 20_000);
    public static readonly TextRule Policy = new(1, 2048, PolicyPattern());
    public static readonly TextRule ExternalId = new(2, 1224, ExternalIdPattern());

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@-]*\z")]
    private static partial Regex SessionNamePattern();

    [GeneratedRegex(@"\A[\u0009\u000A\u000D\u0020-\u00FF]+\z")]
    private static partial Regex PolicyPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@:/-]*\z")]
    private static partial Regex ExternalIdPattern();
}

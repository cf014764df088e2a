using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The parameter rules of IAM's service model (API version 2010-05-08) and its quotas.</summary>
internal static partial class IamRules
{
    public const int MaxTrustPolicy = 2048, MaxManagedPolicy = 6144, MaxInlinePolicies = 10_240;
    public const int MaxVersions = 5, MaxAttached = 10, MaxRoles = 1000, MaxPolicies = 1500, MaxProviders = 100, MaxClientIds = 100, MaxThumbprints = 5;

    private const string NameComplaint = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
    private const string PathComplaint = "It must begin and end with / and contain only alphanumeric characters and/or / characters.";

    public static readonly TextRule RoleName = new(1, 64, NamePattern(), NameComplaint);
    public static readonly TextRule PolicyName = new(1, 128, NamePattern(), NameComplaint);
    public static readonly TextRule Path = new(1, 512, PathPattern(), PathComplaint);
    public static readonly TextRule PathPrefix = new(1, 512, PathPrefixPattern());
    public static readonly TextRule Document = new(1, 131_072, DocumentPattern(), "It must contain only printable ASCII characters.");
    public static readonly TextRule RoleDescription = new(0, 1000, DescriptionPattern());
    public static readonly TextRule PolicyDescription = new(0, 1000);
    public static readonly TextRule Arn = new(20, 2048);
    public static readonly TextRule VersionId = new(2, 64, VersionIdPattern());
    public static readonly TextRule Url = new(1, 255);
    public static readonly TextRule ClientId = new(1, 255);
    public static readonly TextRule Thumbprint = new(40, 40, ThumbprintPattern());
    public static readonly TextRule Marker = new(1, 320);

    public static readonly TextRule ActionName = new(3, 128);
    public static readonly TextRule ResourceName = new(1, 2048);
    public static readonly TextRule ContextKey = new(5, 256);
    public static readonly TextRule ContextValue = new(0, 4096);

    /// <summary>What IAM counts of a managed or inline policy: everything but the white space between tokens.</summary>
    public static int CountedLength(string document)
    {
        int count = 0;
        bool quoted = false, escaped = false;
        foreach (char c in document)
        {
            if (quoted || !char.IsWhiteSpace(c)) count++;
            if (c == '"' && !escaped) quoted = !quoted;
            escaped = quoted && c == '\\' && !escaped;
        }
        return count;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@-]+\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A(/|/[\u0021-\u007E]+/)\z")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\A/[\u0021-\u007F]*\z")]
    private static partial Regex PathPrefixPattern();

    [GeneratedRegex(@"\A[\u0009\u000A\u000D\u0020-\u00FF]+\z")]
    private static partial Regex DocumentPattern();

    [GeneratedRegex(@"\A[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*\z")]
    private static partial Regex DescriptionPattern();

    [GeneratedRegex(@"\Av[1-9][0-9]*(\.[A-Za-z0-9-]*)?\z")]
    private static partial Regex VersionIdPattern();

    [GeneratedRegex(@"\A[0-9a-fA-F]{40}\z")]
    private static partial Regex ThumbprintPattern();
}

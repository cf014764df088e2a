using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The parameter rules of IAM's service model (API version 2010-05-08) and its quotas.</summary>
internal static partial class IamRules
{
    public const int MaxTrustPolicy = 2048, MaxManagedPolicy = 6144, HourInSeconds = 3600;
    public const int MaxVersions = 5, MaxAttached = 10, MaxRoles = 1000, MaxUsers = 5000, MaxGroups = 300, MaxPolicies = 1500,
        MaxProviders = 100;
    public const int MaxInstanceProfiles = 1000, MaxClientIds = 100, MaxThumbprints = 5, MaxAccessKeys = 2, MaxGroupsPerUser = 10;

    private const string NameComplaint = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
    private const string PathComplaint = "It must begin and end with / and contain only alphanumeric characters and/or / characters.";
    private static readonly TextRule s_arn = new(20, 2048),
        s_document = new(1, 131_072, DocumentPattern(), "It must contain only printable ASCII characters.");

    /// <summary>By the names of the parameters, which mean the same in every operation.</summary>
    public static ParameterRules All { get; } = new(
        new Dictionary<string, IParameterRule>
        {
            ["RoleName"] = new TextRule(1, 64, NamePattern(), NameComplaint),
            ["UserName"] = new TextRule(1, 128, NamePattern(), NameComplaint),
            ["NewUserName"] = new TextRule(1, 64, NamePattern(), NameComplaint),
            ["GroupName"] = new TextRule(1, 128, NamePattern(), NameComplaint),
            ["NewGroupName"] = new TextRule(1, 128, NamePattern(), NameComplaint),
            ["InstanceProfileName"] = new TextRule(1, 128, NamePattern(), NameComplaint),
            ["PolicyName"] = new TextRule(1, 128, NamePattern(), NameComplaint),
            ["Path"] = new TextRule(1, 512, PathPattern(), PathComplaint),
            ["NewPath"] = new TextRule(1, 512, PathPattern(), PathComplaint),
            ["PathPrefix"] = new TextRule(1, 512, PathPrefixPattern()),
            ["AssumeRolePolicyDocument"] = s_document,
            ["PolicyDocument"] = s_document,
            ["Description"] = new TextRule(0, 1000, DescriptionPattern()),
            ["MaxSessionDuration"] = new NumberRule(HourInSeconds, 12 * HourInSeconds),
            ["PermissionsBoundary"] = s_arn,
            ["PolicyArn"] = s_arn,
            ["PolicySourceArn"] = s_arn,
            ["OpenIDConnectProviderArn"] = s_arn,
            ["VersionId"] = new TextRule(2, 64, VersionIdPattern()),
            ["Url"] = new TextRule(1, 255),
            ["ClientID"] = new TextRule(1, 255),
            ["Marker"] = new TextRule(1, 320),
            ["MaxItems"] = new NumberRule(1, 1000),
            ["AccessKeyId"] = new TextRule(16, 128, WordPattern()),
            ["Status"] = new EnumRule("Active", "Inactive"),
            ["AccountAlias"] = new TextRule(3, 63, AliasPattern()),
            ["AWSServiceName"] = new TextRule(1, 128, ServicePattern()),
            ["CustomSuffix"] = new TextRule(1, 64, NamePattern(), NameComplaint),
            ["DeletionTaskId"] = new TextRule(1, 1000),
            ["Scope"] = new EnumRule("All", "AWS", "Local"),
            ["PolicyUsageFilter"] = new EnumRule("PermissionsPolicy", "PermissionsBoundary"),
            ["EntityFilter"] = new EnumRule("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"),
            ["ResourcePolicy"] = s_document,
            ["ResourceOwner"] = new TextRule(1, 2048),
            ["CallerArn"] = new TextRule(1, 2048),
        },
        new Dictionary<string, ListRule>
        {
            ["ClientIDList"] = new(int.MaxValue, new TextRule(1, 255)),
            ["ThumbprintList"] = new(int.MaxValue, new TextRule(40, 40)),
            ["TagKeys"] = new(ParameterRules.MaxTags, ParameterRules.TagKey),
            ["ActionNames"] = new(int.MaxValue, new TextRule(3, 128)),
            ["ResourceArns"] = new(int.MaxValue, new TextRule(1, 2048)),
            ["PolicyInputList"] = new(int.MaxValue, new TextRule(1, 131_072)),
            ["PermissionsBoundaryPolicyInputList"] = new(1, new TextRule(1, 131_072)),
        },
        quotes: false);

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

    [GeneratedRegex(@"\A[\w]+\z")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]\z")]
    private static partial Regex AliasPattern();

    [GeneratedRegex(@"\A[\w+=,.@-]+\z")]
    private static partial Regex ServicePattern();
}

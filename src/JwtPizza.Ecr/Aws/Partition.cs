using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// A part of AWS with accounts, ARNs and host names of its own. The table is that of AWS's own SDKs (partitions.json of botocore); a test
/// compares them.
/// </summary>
internal sealed record Partition(
    string Name, string DnsSuffix, string DualStackSuffix, string GlobalRegion, string RegionShape, params string[] Regions)
{
    /// <summary>The host of IAM; one for the whole partition.</summary>
    public required string IamHost { get; init; }

    /// <summary>The host of IAM over IPv4 and IPv6; null where there is none.</summary>
    public string? IamDualStackHost { get; init; }

    /// <summary>The host of IAM with FIPS cryptography; null where there is none.</summary>
    public string? IamFipsHost { get; init; }

    /// <summary>Both at once; null where there is none.</summary>
    public string? IamFipsDualStackHost { get; init; }

    /// <summary>What the dual-stack hosts of registries end in; null where there are none.</summary>
    public string? RegistryDualStackSuffix { get; init; }

    /// <summary>The audience that STS wants in a token of GitHub, as <c>aws-actions/configure-aws-credentials</c> asks for it.</summary>
    public string TokenAudience { get; init; } = "sts.amazonaws.com";

    /// <summary>AWS's partitions.</summary>
    public static IReadOnlyList<Partition> All { get; } =
    [
        new("aws", "amazonaws.com", "api.aws", "us-east-1", @"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+",
            "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",
            "ca-west-1",
            "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1",
            "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2")
        {
            IamHost = "iam.amazonaws.com", IamFipsHost = "iam-fips.amazonaws.com", IamDualStackHost = "iam.global.api.aws",
            IamFipsDualStackHost = "iam-fips.global.api.aws", RegistryDualStackSuffix = "on.aws",
        },
        new("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-north-1", @"cn-\w+-\d+", "cn-north-1", "cn-northwest-1")
        {
            IamHost = "iam.cn-north-1.amazonaws.com.cn", IamDualStackHost = "iam.global.api.amazonwebservices.com.cn",
            RegistryDualStackSuffix = "on.amazonwebservices.com.cn", TokenAudience = "sts.amazonaws.com.cn",
        },
        new("aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1", @"us-gov-\w+-\d+", "us-gov-east-1", "us-gov-west-1")
        {
            IamHost = "iam.us-gov.amazonaws.com", IamFipsHost = "iam.us-gov.amazonaws.com", IamDualStackHost = "iam.us-gov.api.aws",
            IamFipsDualStackHost = "iam.us-gov.api.aws", RegistryDualStackSuffix = "on.aws",
        },
        new("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1", @"us-iso-\w+-\d+", "us-iso-east-1", "us-iso-west-1")
        {
            IamHost = "iam.us-iso-east-1.c2s.ic.gov", IamFipsHost = "iam-fips.us-iso-east-1.c2s.ic.gov",
        },
        new("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1", @"us-isob-\w+-\d+", "us-isob-east-1", "us-isob-west-1")
        {
            IamHost = "iam.us-isob-east-1.sc2s.sgov.gov", IamFipsHost = "iam-fips.us-isob-east-1.sc2s.sgov.gov",
        },
        new("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1", @"eu-isoe-\w+-\d+", "eu-isoe-west-1")
        {
            IamHost = "iam.eu-isoe-west-1.cloud.adc-e.uk",
        },
        new("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1", @"us-isof-\w+-\d+", "us-isof-east-1", "us-isof-south-1")
        {
            IamHost = "iam.us-isof-south-1.csp.hci.ic.gov",
        },
        new("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1", @"eusc-(de)-\w+-\d+", "eusc-de-east-1")
        {
            IamHost = "iam.eusc-de-east-1.amazonaws.eu", RegistryDualStackSuffix = "on.amazonwebservices.eu",
        },
    ];

    /// <summary>The partition where most accounts are.</summary>
    public static Partition Commercial => All[0];

    /// <summary>Every region that this build knows.</summary>
    public static IEnumerable<string> AllRegions => All.SelectMany(p => p.Regions).Order(StringComparer.Ordinal);

    /// <summary>The partition of a region; a region newer than this build is recognised by the shape of its name.</summary>
    /// <exception cref="PizzaException"><c>InvalidRegion</c>.</exception>
    public static Partition Of(string region) => Find(region)
        ?? throw ErrorCatalog.InvalidRegion(region, PizzaErrorKind.Configuration,
            "Set it with -Region, AWS_REGION or the profile's region.");

    /// <summary>The partition of a region; null when it is the name of none.</summary>
    public static Partition? Find(string region) => All.FirstOrDefault(p => p.Regions.Contains(region)) ?? All.FirstOrDefault(p =>
        Regex.IsMatch(region, $@"\A{p.RegionShape}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript));

    /// <summary>The partition of an ARN's second part; null when AWS has none of this name.</summary>
    public static Partition? Named(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>The region that a wrong one was perhaps meant to be.</summary>
    public static string Nearest(string region) => Spelling.Closest(region.Trim().ToLowerInvariant(), AllRegions);

    /// <summary>Its name, as ARNs have it.</summary>
    public override string ToString() => Name;
}

using Amazon;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Where a call goes, and the region it is signed for.</summary>
internal sealed record AwsEndpoint(Uri Url, string SigningRegion);

/// <summary>
/// The endpoint rules of ECR, ECR Public, ECS, IAM and STS as AWS publishes them with its service models (endpoint-rule-set-1.json); a test compares
/// every region with those. Combinations that AWS documents for no service of a partition are refused, not guessed.
/// </summary>
internal sealed record Partition(string Name, string Suffix, string DualStackSuffix, string IamRegion, string IamHost)
{
    /// <summary>The host of IAM over IPv4 and IPv6; null where there is none.</summary>
    public string? IamDualStackHost { get; init; }

    /// <summary>The host of IAM with FIPS cryptography; null where there is none.</summary>
    public string? IamFipsHost { get; init; }

    /// <summary>Both at once; null where there is none.</summary>
    public string? IamFipsDualStackHost { get; init; }

    // Of the two regions that have it, the only one that gives tokens: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
    internal const string PublicRegion = "us-east-1";

    private static readonly Partition[] s_all =
    [
        new("aws", "amazonaws.com", "api.aws", "us-east-1", "iam.amazonaws.com")
            { IamFipsHost = "iam-fips.amazonaws.com", IamDualStackHost = "iam.global.api.aws", IamFipsDualStackHost = "iam-fips.global.api.aws" },
        new("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-north-1", "iam.cn-north-1.amazonaws.com.cn")
            { IamDualStackHost = "iam.global.api.amazonwebservices.com.cn" },
        new("aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1", "iam.us-gov.amazonaws.com")
            { IamFipsHost = "iam.us-gov.amazonaws.com", IamDualStackHost = "iam.us-gov.api.aws", IamFipsDualStackHost = "iam.us-gov.api.aws" },
        new("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1", "iam.us-iso-east-1.c2s.ic.gov") { IamFipsHost = "iam-fips.us-iso-east-1.c2s.ic.gov" },
        new("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1", "iam.us-isob-east-1.sc2s.sgov.gov") { IamFipsHost = "iam-fips.us-isob-east-1.sc2s.sgov.gov" },
        new("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1", "iam.eu-isoe-west-1.cloud.adc-e.uk"),
        new("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1", "iam.us-isof-south-1.csp.hci.ic.gov"),
        new("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu"),
    ];

    /// <summary>The partition of a region; a region newer than this build is recognised by the shape of its name.</summary>
    /// <exception cref="PizzaException"><c>InvalidRegion</c>.</exception>
    public static Partition Of(string region) =>
        RegionEndpoint.EnumerableAllRegions.Any(r => r.SystemName == region) || RegionEndpoint.AllPartitionRegionRegex.Any(shape => Matches(region, shape))
            ? s_all.Single(p => p.Name == RegionEndpoint.GetBySystemName(region).PartitionName)
            : throw new PizzaException("InvalidRegion", PizzaErrorKind.Configuration,
                $"'{region}' is not an AWS region. Give the system name, for example 'us-east-1' or 'eu-central-1', with -Region, AWS_REGION or the profile's region.", region);

    /// <summary>Where AWS offers a service.</summary>
    public AwsEndpoint Endpoint(AwsService service, string region, bool fips, bool dualStack)
    {
        string? host = service switch
        {
            _ when service == AwsService.Iam => (fips, dualStack) switch
            {
                (false, false) => IamHost,
                (true, false) => IamFipsHost,
                (false, true) => IamDualStackHost,
                (true, true) => IamFipsDualStackHost,
            },
            _ when service == AwsService.EcrPublic => Name != "aws" ? null : $"{(dualStack && !fips ? "" : "api.")}{(fips ? "ecr-public-fips" : "ecr-public")}.{PublicRegion}.{(dualStack ? DualStackSuffix : Suffix)}",
            _ when service == AwsService.Sts => $"{(fips && !(Name == "aws-us-gov" && !dualStack) ? "sts-fips" : "sts")}.{region}.{(dualStack ? DualStackSuffix : Suffix)}",
            _ when service == AwsService.Ecs => $"{(fips ? "ecs-fips" : "ecs")}.{region}.{(dualStack ? DualStackSuffix : Suffix)}",
            _ => $"{(dualStack ? "" : "api.")}{(fips ? "ecr-fips" : "ecr")}.{region}.{(dualStack ? DualStackSuffix : Suffix)}",
        };
        return new(new Uri($"https://{host ?? throw Unknown(service, fips, dualStack)}/"), SigningRegion(service, region));
    }

    /// <summary>IAM and ECR Public are one service a partition and want signatures for their home region, whatever region the caller works in.</summary>
    public string SigningRegion(AwsService service, string region) => service == AwsService.Iam ? IamRegion : service == AwsService.EcrPublic ? PublicRegion : region;

    private PizzaException Unknown(AwsService service, bool fips, bool dualStack) => service == AwsService.EcrPublic ? NoPublic() : new("EndpointNotOffered", PizzaErrorKind.Configuration,
        $"AWS documents no {(fips ? "FIPS " : "")}{(dualStack ? "dual-stack " : "")}endpoint for {service.Id} in the partition {Name}. " +
        "Unset AWS_USE_FIPS_ENDPOINT or AWS_USE_DUALSTACK_ENDPOINT, or name the endpoint with -EndpointUrl.", Name);

    private PizzaException NoPublic() => new("EndpointNotOffered", PizzaErrorKind.Configuration,
        $"AWS has ECR Public in its commercial partition only, and not in {Name}. Use a -Region and credentials of that partition, or leave -Public out.", Name);

    private static bool Matches(string region, string shape) =>
        System.Text.RegularExpressions.Regex.IsMatch(region, shape, System.Text.RegularExpressions.RegexOptions.CultureInvariant);
}

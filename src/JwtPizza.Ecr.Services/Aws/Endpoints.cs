namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Where a call goes, and the region it is signed for.</summary>
internal sealed record AwsEndpoint(Uri Url, string SigningRegion, bool IsElsewhere = false);

/// <summary>
/// The endpoint rules of ECR, ECR Public, ECS, IAM and STS as AWS publishes them with its service models (endpoint-rule-set-1.json); a test
/// compares every region with those. Combinations that AWS documents for no service of a partition are refused, not guessed.
/// </summary>
internal static class Endpoints
{
    // Of the two regions that have it, the only one that gives tokens:
    // https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
    internal const string PublicRegion = "us-east-1";

    /// <summary>Where AWS offers a service.</summary>
    public static AwsEndpoint Endpoint(this Partition partition, AwsService service, string region, bool fips, bool dualStack)
    {
        string suffix = dualStack ? partition.DualStackSuffix : partition.DnsSuffix;
        string? host = service switch
        {
            _ when service == AwsService.Iam => (fips, dualStack) switch
            {
                (false, false) => partition.IamHost,
                (true, false) => partition.IamFipsHost,
                (false, true) => partition.IamDualStackHost,
                (true, true) => partition.IamFipsDualStackHost,
            },
            _ when service == AwsService.EcrPublic => partition != Partition.Commercial ? null
                : $"{(dualStack && !fips ? "" : "api.")}{(fips ? "ecr-public-fips" : "ecr-public")}.{PublicRegion}.{suffix}",
            _ when service == AwsService.Sts =>
                $"{(fips && !(partition.Name == "aws-us-gov" && !dualStack) ? "sts-fips" : "sts")}.{region}.{suffix}",
            _ when service == AwsService.Ecs => $"{(fips ? "ecs-fips" : "ecs")}.{region}.{suffix}",
            _ => $"{(dualStack ? "" : "api.")}{(fips ? "ecr-fips" : "ecr")}.{region}.{suffix}",
        };
        return new(new Uri($"https://{host ?? throw Unknown(partition, service, fips, dualStack)}/"),
            partition.SigningRegion(service, region));
    }

    /// <summary>IAM and ECR Public are one service a partition and want signatures for their home region, whatever region the caller works
    /// in.</summary>
    public static string SigningRegion(this Partition partition, AwsService service, string region) =>
        service == AwsService.Iam ? partition.GlobalRegion : service == AwsService.EcrPublic ? PublicRegion : region;

    private static PizzaException Unknown(Partition partition, AwsService service, bool fips, bool dualStack) =>
        new("EndpointNotOffered", PizzaErrorKind.Configuration,
        service == AwsService.EcrPublic
            ? $"AWS has ECR Public in its commercial partition only, and not in {partition}. " +
                "Use a -Region and credentials of that partition, or leave -Public out."
            : $"AWS documents no {(fips ? "FIPS " : "")}{(dualStack ? "dual-stack " : "")}endpoint for {service.Id} in the partition " +
                $"{partition}. " +
              "Unset AWS_USE_FIPS_ENDPOINT or AWS_USE_DUALSTACK_ENDPOINT, or name the endpoint with -EndpointUrl.", partition.Name);
}

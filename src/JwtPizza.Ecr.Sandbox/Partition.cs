namespace JwtPizza.Ecr.Sandbox;

/// <summary>The part of AWS that a region belongs to; ARNs start with it.</summary>
internal static class Partition
{
    public static string Of(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };
}

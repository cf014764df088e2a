using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What IAM says about the resources of an identity policy.</summary>
internal static class PolicyResources
{
    private const int Parts = 6;
    private static readonly string[] s_iamPaths =
    [
        "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/", "sms-mfa/",
        "saml-provider/", "oidc-provider/", "report/", "access-report/",
    ];

    /// <summary>What is wrong with the first resource that IAM refuses; null when it takes them all. Of several it names the first by the
    /// alphabet.</summary>
    public static string? Complaint(Dictionary<string, JsonElement> statement) =>
        Of(statement).Where(r => r != "*").Order(StringComparer.Ordinal).Select(Complaint).FirstOrDefault(c => c is not null);

    /// <summary>Whether the older parser, which IAM runs as well, takes the resources.</summary>
    public static bool ParseAsLegacy(Dictionary<string, JsonElement> statement) => Of(statement).Where(r => r != "*")
        .All(r => r.Split(':') is { Length: > 2 } parts && parts[2].Length > 0
            && (parts.Length >= Parts || !r.Contains("::", StringComparison.Ordinal)));

    private static IEnumerable<string> Of(Dictionary<string, JsonElement> statement) =>
        statement.TryGetValue("Resource", out JsonElement list) || statement.TryGetValue("NotResource", out list)
            ? PolicyJson.Texts(list) ?? [] : [];

    private static string? Complaint(string resource)
    {
        string[] parts = resource.Split(':', Parts);
        if (parts.Length == 1) return $"Resource {resource} must be in ARN format or \"*\".";
        if (parts[1] != "*" && Partition.Named(parts[1]) is null)
            return $"Partition \"{parts[1]}\" is not valid for resource " +
                $"\"{string.Join(':', ["arn", .. parts[1..], .. Enumerable.Repeat("*", Parts - parts.Length)])}\".";
        if (parts.Length == 2) return "Resource vendor must be fully qualified and cannot contain regexes.";
        return parts is [_, _, var service, var region, _, var path] ? Complaint(resource, service, region, path) : null;
    }

    private static string? Complaint(string resource, string service, string region, string path) => service switch
    {
        "iam" when region.Length > 0 => $"IAM resource {resource} cannot contain region information.",
        "iam" when path is not ("*" or "root") && !path.StartsWith('*')
            && !s_iamPaths.Any(p => path.StartsWith(p, StringComparison.Ordinal)) =>
            $"IAM resource path must either be \"*\", root, or start with {string.Join(", ", s_iamPaths)}.",
        "s3" when region.Length > 0 && !path.StartsWith("accesspoint/", StringComparison.Ordinal)
            && !path.StartsWith("job/", StringComparison.Ordinal) =>
            $"Resource {resource} can not contain region information.",
        _ => null,
    };
}

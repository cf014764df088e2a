using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>
/// The policies that AWS manages and users of ECR attach, as AWS has them (February 2026); the longest are left out, ReadOnlyAccess and
/// SecurityAudit among them. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
/// </summary>
internal static class AwsManagedPolicies
{
    private sealed record Entry(
        string Name, string Path, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, JsonElement Document);

    public static IEnumerable<ManagedPolicy> Load(string partition)
    {
        using Stream resource = typeof(AwsManagedPolicies).Assembly.GetManifestResourceStream("aws-managed-policies.json")!;
        return [.. JsonSerializer.Deserialize<Entry[]>(resource)!.Select(e => Policy(e, partition))];
    }

    private static ManagedPolicy Policy(Entry e, string partition)
    {
        PolicyVersion version = new(e.Version, e.Document.GetRawText(), e.UpdatedAt);
        return new()
        {
            Name = e.Name, Path = e.Path, Id = Id(e.Name), Arn = $"{JwtPizza.Ecr.Arn.OfIam(partition, "aws", $"policy{e.Path}{e.Name}")}",
            CreatedAt = e.CreatedAt, UpdatedAt = e.UpdatedAt, Versions = [version], LastVersion = e.Version, Default = version,
        };
    }

    /// <summary>The same in every sandbox, as AWS's are the same in every account.</summary>
    private static string Id(string name) => "ANPA" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..17];
}

using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>A finding that is invented, and always the same for the same image.</summary>
internal sealed record ScanFinding(int Number, string Severity)
{
    private const string Description = "Invented by the sandbox; there is no such vulnerability.", Url = "https://example.invalid/",
        Vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P";
    private static readonly (string Severity, double Score)[] s_severities =
        [("CRITICAL", 9.5), ("HIGH", 7.5), ("MEDIUM", 5.5), ("LOW", 3.0), ("INFORMATIONAL", 0.1)];

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"SANDBOX-{Number:D4}");

    private string Package => string.Create(CultureInfo.InvariantCulture, $"pizza-{Number}");

    private double Score => s_severities.First(s => s.Severity == Severity).Score;

    /// <summary>None to three of each severity, by the image's digest.</summary>
    public static IEnumerable<ScanFinding> Of(StoredImage image)
    {
        byte[] digest = Convert.FromHexString(image.Digest.Hex);
        int number = 0;
        return s_severities.SelectMany((s, i) => Enumerable.Repeat(s.Severity, digest[i] % 4)).Select(s => new ScanFinding(++number, s));
    }

    /// <summary>As basic scanning tells it.</summary>
    public JsonObject Json() => Answer.Of(
        ("name", Name), ("description", Description), ("uri", Url), ("severity", Severity),
        ("attributes",
            new[]
            {
                ("package_version", "1.0"), ("package_name", Package), ("CVSS2_VECTOR", Vector),
                ("CVSS2_SCORE", Score.ToString("0.0", CultureInfo.InvariantCulture)),
            }
            .Select(a => Answer.Of(("key", a.Item1), ("value", a.Item2))).Array()));

    /// <summary>As Amazon Inspector tells it.</summary>
    public JsonObject EnhancedJson(StoredRepository repository, StoredImage image, DateTimeOffset at)
    {
        EcrRegistry registry = repository.Registry;
        string id = $"{image.Digest.Hex[..24]}{Number:x8}";
        JsonNode time = at.Json();
        JsonObject container = Answer.Of(
            ("imageHash", image.Digest.Value), ("imageTags", image.Tags.Array()), ("pushedAt", image.PushedAt.Json()),
            ("registry", registry.RegistryId), ("repositoryName", repository.Name));
        return Answer.Of(
            ("awsAccountId", registry.RegistryId), ("description", Description),
            ("findingArn", $"{new Arn(registry.Partition.Name, "inspector2", registry.Region, registry.RegistryId, $"finding/{id}")}"),
            ("firstObservedAt", time), ("lastObservedAt", time.DeepClone()), ("updatedAt", time.DeepClone()),
            ("packageVulnerabilityDetails", Answer.Of(
                ("cvss",
                    new JsonArray(Answer.Of(("baseScore", Score), ("scoringVector", Vector), ("source", "SANDBOX"), ("version", "2.0")))),
                ("referenceUrls", new JsonArray(Url)), ("relatedVulnerabilities", new JsonArray()), ("source", "SANDBOX"),
                ("sourceUrl", Url), ("vendorSeverity", Severity), ("vulnerabilityId", Name),
                ("vulnerablePackages",
                    new JsonArray(
                        Answer.Of(("arch", "ALL"), ("name", Package), ("packageManager", "OS"), ("version", "1.0"),
                            ("fixedInVersion", "1.1")))))),
            ("remediation", Answer.Of(("recommendation", Answer.Of(("text", "None Provided"))))),
            ("resources", new JsonArray(Answer.Of(
                ("details", Answer.Of(("awsEcrContainerImage", container))), ("id", $"{repository.Arn}/{image.Digest}"),
                ("type", "AWS_ECR_CONTAINER_IMAGE")))),
            ("score", Score), ("severity", Severity), ("status", "ACTIVE"), ("title", $"{Name} - {Package}"),
            ("type", "PACKAGE_VULNERABILITY"), ("fixAvailable", "YES"), ("exploitAvailable", "NO"));
    }
}

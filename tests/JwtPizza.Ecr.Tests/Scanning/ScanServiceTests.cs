using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Scanning;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Images;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Scanning;

/// <summary>Findings: every form, every page, every end that a scan can have.</summary>
public sealed class ScanServiceTests
{
    private const int Limit = 120_000;
    private static readonly string s_digest = Digest.Of([1]).Value;
    private static readonly ScanRequest s_request = new("team/api", new() { ImageTag = "latest" });

    private static string Page(string status, string findings = "", string? next = null) =>
        $$"""{"registryId":"012345678901","repositoryName":"team/api","imageId":{"imageDigest":"{{s_digest}}","imageTag":"latest"},"imageScanStatus":{"status":"{{status}}","description":"words of ECR"},"imageScanFindings":{ {{findings}} }{{(next is null ? "" : $",\"nextToken\":\"{next}\"")}} }""";

    private static async Task<IReadOnlyList<ScanFinding>> FindAsync(ScriptedServer server, ScanRequest request)
    {
        using AwsSession aws = Sessions.Open(server);
        return await new ScanService(aws.Ecr, aws.Region, _ => { }).FindAsync(request, new Progress<string>(), Sessions.Soon);
    }

    private static void AllFit(ScriptedServer server)
    {
        if (ServiceModel.IsHere("ecr"))
            Assert.All(server.Requests, r => Assert.Empty(ServiceModel.Load("ecr").CheckInput(r.Operation, r.Text)));
    }

    [Fact(Timeout = Limit)]
    public async Task Findings_of_all_pages_and_both_kinds_have_one_form_the_worst_first()
    {
        string basic = Page("COMPLETE", """
            "imageScanCompletedAt":1763750000,"findings":[{"name":"CVE-1","description":"d","uri":"https://x/1","severity":"LOW","attributes":[{"key":"package_name","value":"zlib"},{"key":"package_version","value":"1.2"},{"key":"CVSS2_SCORE","value":"4.5"}]}]
            """, "2"), enhanced = Page("ACTIVE", """
            "enhancedFindings":[{"title":"t","severity":"CRITICAL","score":9.8,"packageVulnerabilityDetails":{"vulnerabilityId":"CVE-2","sourceUrl":"https://x/2","vulnerablePackages":[{"name":"openssl","version":"3.0","fixedInVersion":"3.1"},{"name":"libssl","version":"3.0"}]}},{"title":"u","severity":"UNTRIAGED"}]
            """);
        await using ScriptedServer server = new(Answer.Json(basic), Answer.Json(enhanced));
        IReadOnlyList<ScanFinding> found = await FindAsync(server, s_request);
        Assert.Equal([FindingSeverity.Critical, FindingSeverity.Low, FindingSeverity.Undefined], found.Select(f => f.Severity));
        Assert.Equal(("CVE-2", "openssl, libssl", "3.0", "3.1", 9.8, "https://x/2"),
            (found[0].Name, found[0].Package, found[0].PackageVersion, found[0].FixedInVersion, found[0].Score, found[0].Uri));
        Assert.Equal(("CVE-1", "zlib", "1.2", null, 4.5, "d"),
            (found[1].Name, found[1].Package, found[1].PackageVersion, found[1].FixedInVersion, found[1].Score, found[1].Description));
        Assert.All(found,
            f =>
                Assert.Equal(("team/api", "012345678901", "eu-central-1", s_digest, "latest"),
                    (f.RepositoryName, f.RegistryId, f.Region, f.ImageDigest, f.ImageTag)));
        Assert.Contains("\"nextToken\":\"2\"", server.Requests[1].Text, StringComparison.Ordinal);
        if (ServiceModel.IsHere("ecr"))
            Assert.All(new[] { basic, enhanced }, a => Assert.Empty(ServiceModel.Load("ecr").CheckOutput("DescribeImageScanFindings", a)));
        AllFit(server);
    }

    [Theory(Timeout = Limit)]
    [InlineData("FAILED", "ScanFailed")]
    [InlineData("FINDINGS_UNAVAILABLE", "ScanFailed")]
    [InlineData("LIMIT_EXCEEDED", "ScanFailed")]
    [InlineData("SCAN_ELIGIBILITY_EXPIRED", "ScanFailed")]
    [InlineData("UNSUPPORTED_IMAGE", "ImageNotScannable")]
    [InlineData("IMAGE_ARCHIVED", "ImageNotScannable")]
    [InlineData("IN_PROGRESS", "ScanInProgress")]
    [InlineData("PENDING", "ScanInProgress")]
    [InlineData("A_NEW_ONE", "ScanFailed")]
    public async Task Every_status_without_findings_is_explained_and_none_is_waited_for_in_vain(string status, string id)
    {
        await using ScriptedServer server = new(Answer.Json(Page(status)));
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                FindAsync(server, s_request with { Patience = id == "ScanInProgress" ? null : TimeSpan.FromMinutes(5) }));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains("team/api:latest", e.Message, StringComparison.Ordinal);
        if (id != "ScanInProgress") Assert.Contains("words of ECR", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_scan_is_begun_waited_for_and_read()
    {
        int looks = 0;
        await using ScriptedServer server = new((r, _) => r.Operation == "StartImageScan"
            ? Answer.Json("{}")
            : looks++ switch { 0 => Answer.Error("ScanNotFoundException"), 1 => Answer.Json(Page("PENDING")),
                2 => Answer.Json(Page("IN_PROGRESS")), _ => Answer.Json(Page("COMPLETE")) });
        Assert.Empty(await FindAsync(server, s_request with { Start = true, Patience = TimeSpan.FromSeconds(30) }));
        Assert.Single(server.Requests, r => r.Operation == "StartImageScan");
        AllFit(server);
    }

    [Fact(Timeout = Limit)]
    public async Task A_scan_on_push_that_has_not_begun_yet_is_waited_for()
    {
        int looks = 0;
        await using ScriptedServer server =
            new((_, _) => looks++ < 2 ? Answer.Error("ScanNotFoundException") : Answer.Json(Page("COMPLETE")));
        Assert.Empty(await FindAsync(server, s_request with { Patience = TimeSpan.FromSeconds(30) }));
    }

    [Theory(Timeout = Limit)]
    [InlineData("application/vnd.oci.image.manifest.v1+json", "ScanNotFoundException", "-StartScan")]
    [InlineData("application/vnd.oci.image.index.v1+json", "ImageNotScannable", "-IncludeChildren")]
    public async Task An_image_without_a_scan_is_told_from_an_index_which_has_none(string mediaType, string id, string step)
    {
        await using ScriptedServer server = new((r, _) => r.Operation == "DescribeImages"
            ? Answer.Json($$"""{"imageDetails":[{"imageDigest":"{{s_digest}}","imageManifestMediaType":"{{mediaType}}"}]}""")
            : Answer.Error("ScanNotFoundException"));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => FindAsync(server, s_request));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(step, e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ValidationException", "ScanNotStartable")]
    [InlineData("UnsupportedImageTypeException", "ImageNotScannable")]
    public async Task A_scan_that_ECR_does_not_begin_is_explained(string code, string id)
    {
        await using ScriptedServer server =
            new((r,
                _) =>
                Answer.Error(r.Operation switch { "StartImageScan" => code, "DescribeImages" => "AccessDeniedException",
                    _ => "ScanNotFoundException" }, "This feature is disabled"));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => FindAsync(server, s_request with { Start = true }));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains("This feature is disabled", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Patience_has_an_end_and_so_has_cancelled_waiting()
    {
        await using ScriptedServer server = new(Answer.Json(Page("IN_PROGRESS")));
        Assert.Equal("ScanTimeout",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                FindAsync(server, s_request with { Patience = TimeSpan.FromMilliseconds(400) }))).ErrorId);
        using AwsSession aws = Sessions.Open(server);
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new ScanService(aws.Ecr, aws.Region, _ => { })
                .FindAsync(s_request with { Patience = TimeSpan.FromHours(1) }, new Progress<string>(), cancel.Token)
                .WaitAsync(Hang.Limit, Sessions.Soon));
    }

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_an_image_is_scanned_once_a_day_and_an_index_is_not()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        PublishedImage image = await test.PushAsync(TestLayout.Simple(), "v1");
        ScanService scans = new(test.Aws.Ecr, test.Aws.Region, test.Report);
        ScanRequest request = new("team/pizza", new() { ImageTag = "v1" });
        Assert.Equal("ScanNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => scans.FindAsync(request, new Progress<string>(), Sessions.Soon))).ErrorId);
        IReadOnlyList<ScanFinding> found = await scans.FindAsync(request with { Start = true, Patience = TimeSpan.FromSeconds(30) },
            new Progress<string>(), Sessions.Soon);
        Assert.All(found, f => Assert.Equal(image.ImageDigest, f.ImageDigest));
        Assert.Equal(found, await scans.FindAsync(request with { Start = true }, new Progress<string>(), Sessions.Soon));

        using TestLayout several = new();
        several.Name("multi", several.Index(several.Image("arm64", [1]), several.Image("amd64", [2])));
        await test.PushAsync(several.Path, "multi");
        foreach (bool start in (bool[])[true, false])
        {
            PizzaException e =
                await Assert.ThrowsAsync<PizzaException>(() =>
                    scans.FindAsync(new("team/pizza", new() { ImageTag = "multi" }) { Start = start }, new Progress<string>(),
                        Sessions.Soon));
            Assert.Equal("ImageNotScannable", e.ErrorId);
            Assert.Contains("-IncludeChildren", e.Message, StringComparison.Ordinal);
        }
    }
}

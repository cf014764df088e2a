using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageCopyTests
{
    private readonly List<string> _verbose = [];

    [Fact]
    public async Task Within_a_repository_only_the_tag_is_set_and_a_second_time_nothing()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        string digest = (await test.PushAsync(TestLayout.Simple("a"), "v1")).ImageDigest;
        string other = (await test.PushAsync(TestLayout.Simple("b"), "prod")).ImageDigest;
        CopiedImage copied = await CopyAsync(test.Aws, test.Aws, "v1", "team/pizza", "prod", "stable");
        Assert.Equal((ChangeStatus.Changed, digest, 0L), (copied.Status, copied.ImageDigest, copied.SentInBytes));
        Assert.Equal(test.Repository.RepositoryUri + ":prod", copied.ImageUri);
        List<EcrImage> rows = await test.ListAsync(new());
        Assert.Equal(["prod", "stable", "v1"], rows.Single(r => r.ImageDigest == digest).ImageTags.Order());
        Assert.True(rows.Single(r => r.ImageDigest == other).IsUntagged);
        Assert.Equal(ChangeStatus.Unchanged, (await CopyAsync(test.Aws, test.Aws, "v1", "team/pizza", "prod")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task To_another_repository_an_index_goes_with_all_its_children_and_keeps_its_digest(bool mounting)
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.Aws.Ecr.CreateRepositoryAsync("prod", new(), Sessions.Soon);
        if (mounting) await EnableMountingAsync(test.Aws);
        using TestLayout layout = Multi();
        string digest = (await test.PushAsync(layout.Path, "multi")).ImageDigest;
        CopiedImage copied = await CopyAsync(test.Aws, test.Aws, "multi", "prod", "v1");
        Assert.Equal((ChangeStatus.Created, digest), (copied.Status, copied.ImageDigest));
        Assert.Equal(mounting, copied.SentInBytes == 0);
        Assert.Contains(mounting ? "7 blobs: 7 mounted" : "7 blobs: 0 mounted", string.Join('\n', _verbose), StringComparison.Ordinal);
        Repository prod = test.Repository with { RepositoryName = "prod" };
        RepositoryContent before = await new Inventory(test.Aws.Ecr).ReadAsync(test.Repository, Sessions.Soon),
            after = await new Inventory(test.Aws.Ecr).ReadAsync(prod, Sessions.Soon);
        Assert.Equal(before.Images.Select(i => i.Image.ImageDigest).Order(), after.Images.Select(i => i.Image.ImageDigest).Order());
        Assert.Equal(4, after.Images.Count);
        CopiedImage again = await CopyAsync(test.Aws, test.Aws, "multi", "prod", "v1");
        Assert.Equal((ChangeStatus.Unchanged, 0L), (again.Status, again.SentInBytes));
    }

    [Fact]
    public async Task To_another_region_and_account_the_bytes_are_the_same()
    {
        await using EcrSandbox box = EcrSandbox.Start(new() { Empty = true });
        using AwsSession source = Open(box, "us-east-1"), destination = Open(box, "eu-west-1");
        await source.Ecr.CreateRepositoryAsync("team/pizza", new(), Sessions.Soon);
        await destination.Ecr.For("210987654321").CreateRepositoryAsync("prod/pizza", new(), Sessions.Soon);
        byte[] large = new byte[3_000_000];
        new Random(7).NextBytes(large);
        using TestLayout layout = new();
        layout.Name("v1", layout.Image("arm64", large, []));
        string digest =
            (await new ImageMover(new()).PushAsync(At(source, "team/pizza"), layout.Path, null, ["v1"], Sessions.Soon)).ImageDigest;
        ImageMover mover = new(new());
        PlannedCopy plan = await mover.PlanCopyAsync(At(source, "team/pizza"), digest,
            new EcrRepository(destination, ImageReference.Parse("prod/pizza"), "210987654321"), ["v1", "latest"], Sessions.Soon);
        Assert.StartsWith($"Copy team/pizza@{digest} from us-east-1 to '", plan.Plan.Description, StringComparison.Ordinal);
        CopiedImage copied = await mover.CopyAsync(plan, Sessions.Soon);
        Assert.Equal(("210987654321", "eu-west-1", digest), (copied.RegistryId, copied.Region, copied.ImageDigest));
        Assert.True(copied.SentInBytes > large.Length);
        using MemoryStream there = new();
        EcrRepository target = new(destination, ImageReference.Parse("prod/pizza"), "210987654321");
        await using (Stream stream = await target.OpenBlobAsync(new("layer", Digest.Of(large), large.Length), 0, Sessions.Soon))
            await stream.CopyToAsync(there, Sessions.Soon);
        Assert.Equal(large, there.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signatures_go_along_when_they_are_asked_for_and_else_it_is_said_that_they_stay(bool include)
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.Aws.Ecr.CreateRepositoryAsync("prod", new(), Sessions.Soon);
        using TestLayout layout = new();
        JsonObject image = layout.Image("arm64", "a"u8.ToArray()), list = layout.Referrer(image, "application/spdx+json"),
            signature = layout.Referrer(list, "application/vnd.example.signature");
        layout.Name("v1", image);
        layout.Name(null, list);
        layout.Name(null, signature);
        List<string> warnings = [];
        ImageMover mover = new(new() { Warning = warnings.Add }) { IncludeReferrers = true };
        await mover.PushAsync(test.At("team/pizza"), layout.Path, null, [], Sessions.Soon);
        mover = new(new() { Warning = warnings.Add }) { IncludeReferrers = include };
        await mover.CopyAsync(await mover.PlanCopyAsync(test.At("team/pizza"), "v1", test.At("prod"), ["v1"], Sessions.Soon),
            Sessions.Soon);
        List<ImageDetail> there = await Sessions.ListAsync(test.Aws.Ecr.DescribeImagesAsync("prod", null, 100, Sessions.Soon));
        Assert.Equal(include ? 3 : 1, there.Count);
        if (include) Assert.Empty(warnings);
        else Assert.Contains("2 referrers of the image (application/spdx+json, application/vnd.example.signature) were not copied. " +
            "-IncludeReferrers", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_immutable_tag_of_another_image_is_refused_before_anything_is_sent_and_the_same_image_is_there_already()
    {
        await using TestRepository test = await TestRepository.CreateAsync("IMMUTABLE");
        await test.PushAsync(TestLayout.Simple("a"), "v1");
        await test.PushAsync(TestLayout.Simple("b"), "v2");
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => CopyAsync(test.Aws, test.Aws, "v1", "team/pizza", "new", "v2"));
        Assert.Equal("ImageTagAlreadyExistsException", e.ErrorId);
        Assert.Contains("'v2'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await test.ListAsync(new()), r => r.ImageTags.Contains("new"));
        Assert.Equal(ChangeStatus.Unchanged, (await CopyAsync(test.Aws, test.Aws, "v1", "team/pizza", "v1")).Status);
    }

    [Fact]
    public async Task A_copy_without_a_tag_is_known_by_its_digest()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.Aws.Ecr.CreateRepositoryAsync("prod", new(), Sessions.Soon);
        await test.PushAsync(TestLayout.Simple(), "v1");
        CopiedImage copied = await CopyAsync(test.Aws, test.Aws, "v1", "prod");
        Assert.Equal((ChangeStatus.Created, $"{copied.RepositoryUri}@{copied.ImageDigest}"), (copied.Status, copied.ImageUri));
        Assert.Equal(ChangeStatus.Unchanged, (await CopyAsync(test.Aws, test.Aws, "v1", "prod")).Status);
    }

    [Theory]
    [InlineData("nope", "team/pizza", "ImageNotFound")]
    [InlineData("v1", "nope", "RepositoryNotFoundException")]
    [InlineData("v1", "127.0.0.1:1/team/pizza", "RegistryUnreachable")]
    public async Task What_is_missing_is_said(string tag, string to, string id)
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.PushAsync(TestLayout.Simple(), "v1");
        Assert.Equal(id, (await Assert.ThrowsAsync<PizzaException>(() => CopyAsync(test.Aws, test.Aws, tag, to, "x"))).ErrorId);
    }

    [Theory]
    [InlineData("DownloadLayer", null)]
    [InlineData("UploadBlob", null)]
    [InlineData("UploadBlob", 503)]
    [InlineData("PutImage", 500)]
    public async Task Trouble_that_passes_is_overcome(string operation, int? status)
    {
        await using EcrSandbox box = EcrSandbox.Start(new() { Empty = true });
        using AwsSession source = Open(box, "us-east-1"), destination = Open(box, "eu-west-1");
        await PushAsync(source, destination);
        box.SetFault(new() { Operation = operation, Count = 2, DropConnection = status is null, Status = status });
        ImageMover mover = new(new());
        CopiedImage copied = await mover.CopyAsync(
            await mover.PlanCopyAsync(At(source, "team/pizza"), "v1", At(destination, "team/pizza"), ["v1"], Sessions.Soon), Sessions.Soon);
        Assert.Equal(ChangeStatus.Created, copied.Status);
    }

    [Fact]
    public async Task A_layer_whose_bytes_are_not_its_digest_never_arrives()
    {
        byte[] layer = Encoding.UTF8.GetBytes("0123456789");
        await using ScriptedServer storage = new((_, _) => new Answer(200, "0123456780"));
        await using ScriptedServer ecr = new((_, _) => Answer.Json($$"""{"downloadUrl":"{{storage.Url}}/layer"}"""));
        await using ScriptedServer registry =
            new((r,
                _) =>
                new Answer(r.Method == "POST" ? 202 : 201,
                    "") { Headers = new Dictionary<string, string> { ["Location"] = "/v2/a/blobs/uploads/1" } });
        using AwsSession aws = Sessions.Open(ecr);
        OciRepository client =
            new(new Uri(registry.Url).Authority, "a",
                _ => Task.FromResult<RegistryLogin?>(new("AWS", "x", DateTimeOffset.MaxValue, registry.Url))) { Retry =
                    new(2, TimeSpan.FromMilliseconds(1)) };
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                client.PutBlobAsync(new EcrRepository(aws.Ecr, "bb").Source(new("layer", Digest.Of(layer), layer.Length)), _ => { }, null,
                    Sessions.Soon));
        Assert.Equal("DigestMismatch", e.ErrorId);
    }

    [Fact]
    public async Task Storage_that_cannot_be_reached_is_not_blamed_on_the_registry()
    {
        await using ScriptedServer storage = new((_, _) => new Answer(403, "<Error/>"));
        await using ScriptedServer ecr = new((_, _) => Answer.Json($$"""{"downloadUrl":"{{storage.Url}}/layer?secret=x"}"""));
        await using ScriptedServer registry =
            new((r,
                _) =>
                new Answer(r.Method == "POST" ? 202 : 201,
                    "") { Headers = new Dictionary<string, string> { ["Location"] = "/v2/a/blobs/uploads/1" } });
        using AwsSession aws = Sessions.Open(ecr);
        OciRepository client =
            new(new Uri(registry.Url).Authority, "a",
                _ => Task.FromResult<RegistryLogin?>(new("AWS", "x", DateTimeOffset.MaxValue, registry.Url))) { Retry =
                    new(2, TimeSpan.FromMilliseconds(1)) };
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                client.PutBlobAsync(new EcrRepository(aws.Ecr, "bb").Source(new("layer", Digest.Of([1]), 1)), _ => { }, null,
                    Sessions.Soon));
        Assert.Equal("LayerStorageUnreachable", e.ErrorId);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    private async Task<CopiedImage> CopyAsync(AwsSession source, AwsSession destination, string tag, string to, params string[] tags)
    {
        ImageMover mover = new(new() { Verbose = _verbose.Add });
        ImageRepository target =
            await Registries.OpenAsync(destination, ImageReference.Parse(to), null, isPublic: false, isWritten: true, Sessions.Soon);
        return await mover.CopyAsync(await mover.PlanCopyAsync(At(source, "team/pizza"), tag, target, tags, Sessions.Soon), Sessions.Soon);
    }

    private static EcrRepository At(AwsSession aws, string repository) => new(aws, ImageReference.Parse(repository), null);

    private static async Task PushAsync(AwsSession source, AwsSession destination)
    {
        foreach (AwsSession aws in new[] { source, destination }) await aws.Ecr.CreateRepositoryAsync("team/pizza", new(), Sessions.Soon);
        using TestLayout layout = TestLayout.Simple();
        await new ImageMover(new()).PushAsync(At(source, "team/pizza"), layout.Path, null, ["v1"], Sessions.Soon);
    }

    private static TestLayout Multi()
    {
        TestLayout layout = new();
        JsonObject arm = layout.Image("arm64", "shared"u8.ToArray(), "arm"u8.ToArray()),
            amd = layout.Image("amd64", "shared"u8.ToArray(), "amd"u8.ToArray()), win = layout.Image("s390x", "big iron"u8.ToArray());
        layout.Name("multi", layout.Index(arm, amd, win));
        return layout;
    }

    private static async Task EnableMountingAsync(AwsSession aws)
    {
        using HttpClient http = new();
        using HttpRequestMessage request =
            new(HttpMethod.Post,
                (await aws.Ecr.GetAuthorizationTokenAsync(Sessions.Soon)).ProxyEndpoint
                    + "/") { Content = new StringContent("""{"name":"BLOB_MOUNTING","value":"ENABLED"}""") };
        request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.PutAccountSetting");
        request.Headers.TryAddWithoutValidation("Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0");
        using HttpResponseMessage answer = await http.SendAsync(request, Sessions.Soon);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Sessions.Soon));
    }

    private static AwsSession Open(EcrSandbox box, string region) =>
        AwsSession.Open(
            new() { EndpointUrl = box.Info.EndpointUrl, Region = region, AccessKey = box.Info.AccessKey, SecretKey = box.Info.SecretKey });
}

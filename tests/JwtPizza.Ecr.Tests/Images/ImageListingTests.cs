using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageListingTests
{
    [Fact]
    public async Task An_index_is_one_row_with_its_platforms_and_its_children_are_shown_on_demand()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = new();
        JsonObject arm = layout.Image("arm64", "arm"u8.ToArray()), amd = layout.Image("amd64", "amd"u8.ToArray());
        layout.Name("multi", layout.Index(arm, amd));
        await test.PushAsync(layout.Path, "multi");
        EcrImage row = Assert.Single(await test.ListAsync(new()));
        Assert.Equal(["linux/arm64", "linux/amd64"], row.Platform);
        Assert.Equal(["multi"], row.ImageTags);
        List<EcrImage> all = await test.ListAsync(new() { IncludeChildren = true });
        Assert.Equal([null, row.ImageDigest, row.ImageDigest], all.Select(i => i.ParentDigest));
        Assert.Equal(["linux/arm64"], all[1].Platform);
    }

    [Fact]
    public async Task A_tag_pushed_again_leaves_the_old_image_in_the_list_untagged()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        string old = (await test.PushAsync(TestLayout.Simple("one"), "latest")).ImageDigest;
        string now = (await test.PushAsync(TestLayout.Simple("two", "amd64"), "latest")).ImageDigest;
        List<EcrImage> rows = await test.ListAsync(new());
        Assert.Equal([(now, false), (old, true)], rows.Select(r => (r.ImageDigest, r.IsUntagged)));
        Assert.Equal(["linux/amd64", "linux/arm64"], rows.Select(r => r.Platform.Single()));
        Assert.Equal(old, Assert.Single(await test.ListAsync(new() { Untagged = true })).ImageDigest);
        Assert.Equal(now, Assert.Single(await test.ListAsync(new() { Tag = t => t.StartsWith('l') })).ImageDigest);
        Assert.Empty(await test.ListAsync(new() { Tag = t => t == "v1" }));
    }

    [Fact]
    public async Task One_tag_is_fetched_alone()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.PushAsync(TestLayout.Simple(), "v1");
        ImageListing listing = test.Listing;
        Assert.Equal(["linux/arm64"], (await listing.GetAsync("v1", Sessions.Soon)).Platform);
        Assert.Equal("ImageNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => listing.GetAsync("v2", Sessions.Soon))).ErrorId);
    }

    [Fact]
    public async Task A_long_list_leaves_platforms_out_unless_they_are_asked_for()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        PublishedImage pushed = await test.PushAsync(TestLayout.Simple(), "v0");
        ImageManifest first =
            (await test.Aws.Ecr.BatchGetImageAsync("team/pizza", [new ImageId { ImageDigest = pushed.ImageDigest }], MediaTypes.Manifests,
                Sessions.Soon)).Images[0];
        OciRepository registry = new(new Uri("http://" + test.Repository.RepositoryUri).Authority, "team/pizza",
            async token => await test.Aws.Ecr.GetAuthorizationTokenAsync(token)) { IsOfAws = true };
        foreach (int i in Enumerable.Range(1, ImageListing.Short))   // the same image but for a space more each
        {
            byte[] manifest = System.Text.Encoding.UTF8.GetBytes(first.Manifest + new string(' ', i));
            await registry.PutManifestAsync($"v{i}", manifest, MediaTypes.OciManifest, Sessions.Soon);
        }
        Assert.All(await test.ListAsync(new()), row => Assert.Empty(row.Platform));
        Assert.Contains("-IncludePlatform", test.Verbose, StringComparison.Ordinal);
        List<EcrImage> rows = await test.ListAsync(new() { IncludePlatform = true });
        Assert.Equal(ImageListing.Short + 1, rows.Count);
        Assert.All(rows, row => Assert.Equal(["linux/arm64"], row.Platform));
    }

    [Fact]
    public async Task Tagged_images_of_a_long_list_come_before_its_second_page_is_asked_for()
    {
        string page =
            string.Join(',',
                Enumerable.Range(0, 1000)
                    .Select(i =>
                        $$"""{"imageDigest":"{{Digest.Of(BitConverter.GetBytes(i))}}","imageTags":["v{{i}}"],"imageManifestMediaType":"{{MediaTypes.OciManifest}}"}"""));
        await using ScriptedServer server = new(Answer.Json($$"""{"imageDetails":[{{page}}],"nextToken":"2"}"""), Answer.Hang);
        using AwsSession aws = Sessions.Open(server);
        Repository repository = new()
        {
            RepositoryName = "long", RegistryId = "123456789012", Region = "us-east-1", RepositoryUri = "host/long", RepositoryArn = "arn",
        };
        await using IAsyncEnumerator<EcrImage> rows =
            new ImageListing(new EcrRepository(aws.Ecr, repository), repository, new Progress<string>()).ListAsync(new(), Sessions.Soon)
                .GetAsyncEnumerator(Sessions.Soon);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(await rows.MoveNextAsync());
            Assert.Equal([$"v{i}"], rows.Current.ImageTags);
        }
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("BatchGetImage")]
    [InlineData("GetDownloadUrlForLayer")]
    public async Task Without_the_right_to_read_manifests_or_blobs_images_are_listed_without_platforms(string denied)
    {
        string manifest =
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Digest.Of([])}}","size":0},"layers":[]}""";
        string digest = Digest.Of(System.Text.Encoding.UTF8.GetBytes(manifest)).Value;
        await using ScriptedServer server = new((request, _) => request.Operation switch
        {
            _ when request.Operation == denied => Answer.Error("AccessDeniedException", $"not authorized to perform: ecr:{denied}"),
            "DescribeImages" =>
                Answer.Json(
                    $$"""{"imageDetails":[{"imageDigest":"{{digest}}","imageTags":["v1"],"imageManifestMediaType":"{{MediaTypes.OciManifest}}"}]}"""),
            _ =>
                Answer.Json(
                    new JsonObject { ["images"] =
                        new JsonArray(
                            new JsonObject { ["imageId"] = new JsonObject { ["imageDigest"] = digest }, ["imageManifest"] = manifest }) }
                            .ToJsonString()),
        });
        using AwsSession aws = Sessions.Open(server);
        Repository repository = new()
        {
            RepositoryName = "denied", RegistryId = "123456789012", Region = "us-east-1", RepositoryUri = "host/denied",
            RepositoryArn = "arn",
        };
        List<string> verbose = [];
        EcrImage row =
            Assert.Single(
                await Sessions.ListAsync(
                    new ImageListing(new EcrRepository(aws.Ecr, repository), repository, new Notes(verbose))
                        .ListAsync(new(), Sessions.Soon)));
        Assert.Empty(row.Platform);
        Assert.Contains($"ecr:{denied}", Assert.Single(verbose), StringComparison.Ordinal);
    }

    private sealed class Notes(List<string> list) : IProgress<string>
    {
        public void Report(string value) => list.Add(value);
    }
}

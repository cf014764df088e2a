using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Tests.Aws;

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
        ImageListing listing = new(test.Aws.Ecr, test);
        Assert.Equal(["linux/arm64"], (await listing.GetAsync(test.Repository, "v1", Sessions.Soon)).Platform);
        Assert.Equal("ImageNotFoundException", (await Assert.ThrowsAsync<PizzaException>(() => listing.GetAsync(test.Repository, "v2", Sessions.Soon))).ErrorId);
    }

    [Fact]
    public async Task A_long_list_leaves_platforms_out_unless_they_are_asked_for()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        PublishedImage pushed = await test.PushAsync(TestLayout.Simple(), "v0");
        ImageManifest first = (await test.Aws.Ecr.BatchGetImageAsync("team/pizza", [new ImageId { ImageDigest = pushed.ImageDigest }], MediaTypes.Manifests, Sessions.Soon)).Images[0];
        using Services.Registry.RegistryClient registry = new(new Uri("http://" + test.Repository.RepositoryUri).Authority, "team/pizza", test.Aws.Ecr.GetAuthorizationTokenAsync);
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
}

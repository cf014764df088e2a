using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Aws;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class PushServiceTests
{
    [Fact]
    public async Task A_layout_is_pushed_byte_for_byte_and_described_as_ECR_describes_it()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = TestLayout.Simple();
        PublishedImage pushed = await test.PushAsync(layout.ToTar(), "v1", "latest");
        ImageDetail there =
            Assert.Single(await Sessions.ListAsync(test.Aws.Ecr.DescribeImagesAsync("team/pizza", null, 100, Sessions.Soon)));
        Assert.Equal(there.ImageDigest, pushed.ImageDigest);
        Assert.Equal(["latest", "v1"], there.ImageTags!.Order());
        Assert.Equal(there.ImageSizeInBytes, pushed.ImageSizeInBytes);
        Assert.Equal(["linux/arm64"], pushed.Platform);
        Assert.Equal($"{test.Repository.RepositoryUri}:v1", pushed.ImageUri);
        Assert.Equal(ChangeStatus.Created, pushed.Status);
    }

    [Fact]
    public async Task An_index_brings_its_children()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = new();
        JsonObject arm = layout.Image("arm64", "arm"u8.ToArray()), amd = layout.Image("amd64", "amd-larger"u8.ToArray());
        layout.Name(null, layout.Index(arm, amd));
        PublishedImage pushed = await test.PushAsync(layout.Path);
        Assert.Equal(["latest"], pushed.ImageTags);
        Assert.Equal(["linux/arm64", "linux/amd64"], pushed.Platform);
        List<ImageDetail> there = await Sessions.ListAsync(test.Aws.Ecr.DescribeImagesAsync("team/pizza", null, 100, Sessions.Soon));
        Assert.Equal(3, there.Count);
        Assert.Equal(pushed.ImageSizeInBytes, there.Single(i => i.ImageDigest == pushed.ImageDigest).ImageSizeInBytes);
    }

    [Fact]
    public async Task A_second_push_sends_nothing_and_says_so()
    {
        await using TestRepository test = await TestRepository.CreateAsync("IMMUTABLE");
        using TestLayout layout = TestLayout.Simple();
        await test.PushAsync(layout.Path, "v1");
        Assert.Equal(ChangeStatus.Unchanged, (await test.PushAsync(layout.Path, "v1")).Status);
        Assert.Contains("nothing was pushed", test.Verbose, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blobs_that_are_there_are_not_sent_again()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = TestLayout.Simple();
        await test.PushAsync(layout.Path, "v1");
        layout.Name("latest", layout.Index(layout.Image("arm64", "hello"u8.ToArray())));
        using TestLayout two = new();
        two.Name("latest", two.Image("arm64", "hello"u8.ToArray(), "and more"u8.ToArray()));
        await test.PushAsync(two.Path, "v2");
        Assert.Contains("1 of 3 blobs", test.Verbose, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_immutable_tag_with_another_image_is_refused_before_anything_is_sent()
    {
        await using TestRepository test = await TestRepository.CreateAsync("IMMUTABLE");
        await test.PushAsync(TestLayout.Simple("one"), "v1");
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => test.PushAsync(TestLayout.Simple("two"), "v2", "v1"));
        Assert.Equal("ImageTagAlreadyExistsException", e.ErrorId);
        Assert.Contains("'v1'", e.Message, StringComparison.Ordinal);
        Assert.Single(await test.ListAsync(new()));
    }

    [Fact]
    public async Task A_damaged_layer_never_reaches_the_registry()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = TestLayout.Simple(new string('x', 600_000));
        Digest layer = Digest.Of(System.Text.Encoding.UTF8.GetBytes(new string('x', 600_000)));
        await File.WriteAllTextAsync(layout.FileOf(layer), new string('x', 599_999) + "y", Sessions.Soon);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => test.PushAsync(layout.Path, "v1"));
        Assert.Equal("InvalidLayout", e.ErrorId);
        Assert.Contains(layer.Value, e.Message, StringComparison.Ordinal);
        Assert.Empty(await test.ListAsync(new()));
    }

    [Fact]
    public async Task A_missing_repository_is_named_with_the_command_that_makes_it()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = TestLayout.Simple();
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => test.PushToAsync("team/other", layout.Path));
        Assert.Equal("RepositoryNotFoundException", e.ErrorId);
        Assert.Contains("Create it with New-PizzaRepository", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_URI_of_another_registry_is_refused()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = TestLayout.Simple();
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => test.PushToAsync("localhost:1/team/pizza", layout.Path));
        Assert.Equal("RegistryMismatch", e.ErrorId);
        Assert.Equal(test.Repository.RepositoryUri, (await test.PushToAsync(test.Repository.RepositoryUri, layout.Path)).RepositoryUri);
    }
}

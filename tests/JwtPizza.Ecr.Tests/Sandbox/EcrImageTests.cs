using System.Text;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class EcrImageTests
{
    [Fact]
    public async Task A_push_is_listed_at_once_with_its_true_size_time_and_type()
    {
        await using TestSandbox sandbox = new(new() { Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) });
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        await client.PutManifest("latest", manifest);
        JsonNode image = Assert.Single(await Images(sandbox))!;
        OciManifest read = OciManifest.Parse(manifest);
        Assert.Equal(Digest.Of(manifest).Value, (string)image["imageDigest"]!);
        Assert.Equal(read.Config!.Size + read.Layers.Sum(l => l.Size), (long)image["imageSizeInBytes"]!);
        Assert.Equal((MediaTypes.OciManifest, MediaTypes.OciConfig),
            ((string)image["imageManifestMediaType"]!, (string)image["artifactMediaType"]!));
        Assert.InRange((double)image["imagePushedAt"]! - new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), 0,
            30);
    }

    [Fact]
    public async Task A_tag_pushed_again_leaves_the_old_image_untagged()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest old = await client.PushImage("one"), young = await client.PushImage("two");
        JsonArray images = await Images(sandbox);
        Assert.Equal([old.Value, young.Value], images.Select(i => (string)i!["imageDigest"]!));
        Assert.Null(images[0]!["imageTags"]);
        Assert.Equal("latest", (string)images[1]!["imageTags"]![0]!);
    }

    [Fact]
    public async Task The_filter_tells_tagged_from_untagged()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest old = await client.PushImage("one"), young = await client.PushImage("two");
        foreach ((string status, string digests) in (IEnumerable<(string, string)>)[("TAGGED", $"{young}"), ("UNTAGGED", $"{old}"),
            ("ANY", $"{old} {young}")])
        {
            Assert.Equal(digests, string.Join(' ', (await Images(sandbox, status)).Select(i => (string)i!["imageDigest"]!)));
            JsonObject listed = await sandbox.Ecr("ListImages", new { repositoryName = "pizza", filter = new { tagStatus = status } });
            Assert.Equal(digests, string.Join(' ', listed["imageIds"]!.AsArray().Select(i => (string)i!["imageDigest"]!)));
        }
        Assert.Empty(
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza",
                filter = new { imageStatus = "ARCHIVED" } }))["imageDetails"]!.AsArray());
        Assert.Equal("InvalidParameterException",
            (await sandbox.EcrError("DescribeImages", new { repositoryName = "pizza", filter = new { tagStatus = "SOME" } })).Code);
    }

    [Fact]
    public async Task Images_come_in_pages_in_the_order_of_their_push()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        List<string> pushed = [];
        for (int i = 0; i < 5; i++) pushed.Add((await client.PushImage($"image {i}", $"v{i}")).Value);
        List<string> read = [];
        string? token = null;
        do
        {
            JsonObject page = await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza", maxResults = 2, nextToken = token });
            Assert.InRange(page["imageDetails"]!.AsArray().Count, 1, 2);
            read.AddRange(page["imageDetails"]!.AsArray().Select(i => (string)i!["imageDigest"]!));
            token = (string?)page["nextToken"];
        }
        while (token is not null);
        Assert.Equal(pushed, read);
        (string code,
            _) = await sandbox.EcrError("DescribeImages", new { repositoryName = "pizza", maxResults = 2,
                imageIds = new[] { new { imageTag = "v1" } } });
        Assert.Equal("InvalidParameterException", code);
    }

    [Fact]
    public async Task ListImages_gives_a_row_for_each_tag_over_pages()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        foreach (string tag in (string[])["b", "a", "c"]) await client.PutManifest(tag, manifest);
        JsonObject first = await sandbox.Ecr("ListImages", new { repositoryName = "pizza", maxResults = 2 });
        JsonObject second =
            await sandbox.Ecr("ListImages", new { repositoryName = "pizza", maxResults = 2, nextToken = (string)first["nextToken"]! });
        Assert.Equal(["a", "b", "c"],
            first["imageIds"]!.AsArray().Concat(second["imageIds"]!.AsArray()).Select(i => (string)i!["imageTag"]!));
    }

    [Fact]
    public async Task An_index_is_as_large_as_the_largest_of_its_images()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest small = await client.PushImage("s", "@"), large = await client.PushImage("much larger than the other one", "@", "amd64");
        await client.PushIndex("latest", small, large);
        JsonArray images = await Images(sandbox);
        Assert.Equal(images.Take(2).Max(i => (long)i!["imageSizeInBytes"]!), (long)images[2]!["imageSizeInBytes"]!);
        Assert.Equal(MediaTypes.OciIndex, (string)images[2]!["imageManifestMediaType"]!);
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_named_as_ECR_names_it()
    {
        await using TestSandbox sandbox = new();
        await RegistryClient.Open(sandbox, "pizza");
        Assert.Equal(
            ("ImageNotFoundException", "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository " +
                "with name 'pizza' in the registry with id '123456789012'"),
            await sandbox.EcrError("DescribeImages", new { repositoryName = "pizza", imageIds = new[] { new { imageTag = "v9" } } }));
    }

    [Fact]
    public async Task BatchGetImage_gives_manifests_and_tells_what_it_did_not_find()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        await client.PutManifest("latest", manifest);
        JsonObject got = await sandbox.Ecr("BatchGetImage", new
        {
            repositoryName = "pizza", imageIds = new object[] { new { imageTag = "latest" }, new { imageTag = "v9" } },
                acceptedMediaTypes = new[] { MediaTypes.OciManifest, MediaTypes.OciIndex },
        });
        Assert.Equal(Encoding.UTF8.GetString(manifest), (string)got["images"]![0]!["imageManifest"]!);
        Assert.Equal("ImageNotFound", (string)got["failures"]![0]!["failureCode"]!);
        got = await sandbox.Ecr("BatchGetImage", new { repositoryName = "pizza",
            imageIds = new[] { new { imageDigest = Digest.Of(manifest).Value } },
            acceptedMediaTypes = new[] { MediaTypes.DockerManifest } });
        Assert.Empty(got["images"]!.AsArray());
        Assert.Contains(MediaTypes.OciManifest, (string)got["failures"]![0]!["failureReason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_by_tag_takes_the_tag_and_the_last_tag_takes_the_image()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        foreach (string tag in (string[])["a", "b"]) await client.PutManifest(tag, manifest);
        await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza", imageIds = new[] { new { imageTag = "a" } } });
        Assert.Equal("""["b"]""", (await Images(sandbox))[0]!["imageTags"]!.ToJsonString());
        await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza", imageIds = new[] { new { imageTag = "b" } } });
        Assert.Empty(await Images(sandbox));
    }

    [Fact]
    public async Task Deleting_by_digest_takes_the_image_with_all_its_tags()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        foreach (string tag in (string[])["a", "b"]) await client.PutManifest(tag, manifest);
        JsonObject done = await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza",
            imageIds = new[] { new { imageDigest = Digest.Of(manifest).Value } } });
        Assert.Equal(2, done["imageIds"]!.AsArray().Count);
        Assert.Empty(await Images(sandbox));
        Assert.Equal(404, (await client.Outcome(HttpMethod.Head, "manifests/a")).Status);
    }

    [Fact]
    public async Task Each_reason_not_to_delete_has_its_code()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest child = await client.PushImage("child", "@"), other = await client.PushImage("other", "v1");
        await client.PushIndex("latest", child);
        // Send: the model forbids the empty list that AWS too answers here
        (_, JsonObject done) = await sandbox.Send("BatchDeleteImage", new
        {
            repositoryName = "pizza",
            imageIds = new object[]
            {
                new { imageDigest = child.Value }, new { }, new { imageDigest = "nonsense" }, new { imageTag = "a b" },
                new { imageTag = "v9" }, new { imageTag = "v1", imageDigest = child.Value },
            },
        }, "us-east-1");
        Assert.Equal(
            ["ImageReferencedByManifestList", "MissingDigestAndTag", "InvalidImageDigest", "InvalidImageTag", "ImageNotFound",
                "ImageTagDoesNotMatchDigest"],
            done["failures"]!.AsArray().Select(f => (string)f!["failureCode"]!));
        Assert.Empty(done["imageIds"]!.AsArray());
        Assert.Equal(3, (await Images(sandbox)).Count);
        Assert.NotEqual(child, other);
    }

    [Fact]
    public async Task An_index_and_then_its_children_can_go_in_one_call()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest child = await client.PushImage("child", "@"), index = await client.PushIndex("latest", child);
        JsonObject done = await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza",
            imageIds = new[] { new { imageDigest = index.Value }, new { imageDigest = child.Value } } });
        Assert.Empty(done["failures"]!.AsArray());
        Assert.Empty(await Images(sandbox));
    }

    [Fact]
    public async Task An_image_gets_another_tag_without_a_pull()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        string manifest = Encoding.UTF8.GetString(await client.Image("one"));
        JsonObject put = await sandbox.Ecr("PutImage", new { repositoryName = "pizza", imageManifest = manifest, imageTag = "v1" });
        Assert.Equal("v1", (string)put["image"]!["imageId"]!["imageTag"]!);
        await sandbox.Ecr("PutImage", new { repositoryName = "pizza", imageManifest = manifest, imageTag = "v2" });
        Assert.Equal("""["v1","v2"]""", (await Images(sandbox))[0]!["imageTags"]!.ToJsonString());
        Assert.Equal("ImageAlreadyExistsException",
            (await sandbox.EcrError("PutImage", new { repositoryName = "pizza", imageManifest = manifest, imageTag = "v2" })).Code);
        Assert.Equal("ImageDigestDoesNotMatchException",
            (await sandbox.EcrError("PutImage", new { repositoryName = "pizza", imageManifest = manifest,
                imageDigest = Digest.Of("x"u8).Value })).Code);
    }

    [Theory]
    [InlineData("IMMUTABLE", null, "v1", false)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "dev-*", "v1", false)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "dev-*", "dev-7", true)]
    [InlineData("MUTABLE_WITH_EXCLUSION", "v*", "v1", false)]
    [InlineData("MUTABLE_WITH_EXCLUSION", "v*", "latest", true)]
    [InlineData("MUTABLE", null, "v1", true)]
    public async Task Immutability_and_its_exclusions_hold(string setting, string? filter, string tag, bool movable)
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza", filter is null
            ? new { imageTagMutability = setting }
            : new { imageTagMutability = setting, imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter } } });
        await client.PushImage("one", tag);
        string second = Encoding.UTF8.GetString(await client.Image("two"));
        if (movable) await sandbox.Ecr("PutImage", new { repositoryName = "pizza", imageManifest = second, imageTag = tag });
        else Assert.Equal("ImageTagAlreadyExistsException",
            (await sandbox.EcrError("PutImage", new { repositoryName = "pizza", imageManifest = second, imageTag = tag })).Code);
    }

    [Fact]
    public async Task A_manifest_without_its_layers_names_them()
    {
        await using TestSandbox sandbox = new();
        RegistryClient elsewhere = await RegistryClient.Open(sandbox, "elsewhere");
        await RegistryClient.Open(sandbox, "pizza");
        (string code,
            string message) = await sandbox.EcrError("PutImage", new { repositoryName = "pizza",
                imageManifest = Encoding.UTF8.GetString(await elsewhere.Image("one")) });
        Assert.Equal("LayersNotFoundException", code);
        Assert.Contains(Digest.Of("layer of one"u8).Value, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Referrers_are_listed_by_the_API_too()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest image = await client.PushImage("one"),
            signature = await client.PushImage("signature", "@", subject: await client.PushImage("one"));
        JsonObject found =
            await sandbox.Ecr("ListImageReferrers", new { repositoryName = "pizza", subjectId = new { imageDigest = image.Value } });
        Assert.Equal(signature.Value, (string)found["referrers"]!.AsArray().Single()!["digest"]!);
    }

    private static async Task<JsonArray> Images(TestSandbox sandbox, string status = "ANY") =>
        (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza",
            filter = new { tagStatus = status } }))["imageDetails"]!.AsArray();
}

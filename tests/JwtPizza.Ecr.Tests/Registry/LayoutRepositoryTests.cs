using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Images;

namespace JwtPizza.Ecr.Tests.Registry;

public sealed class LayoutRepositoryTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("./")]
    [InlineData("image/")]
    public async Task A_folder_and_a_tar_of_it_hold_the_same_image(string? tarPrefix)
    {
        using TestLayout made = TestLayout.Simple();
        LayoutRepository layout = LayoutRepository.Open(tarPrefix is null ? made.Path : made.ToTar(tarPrefix));
        ImageTree tree = await ReadAsync(layout, null);
        Assert.Equal(["latest"], layout.TagsOf(tree.Root.Digest));
        Assert.Equal("linux/arm64", await layout.PlatformAsync(tree.Root.Manifest.Config, Sessions.Soon));
        Assert.Equal("hello", Encoding.UTF8.GetString(await layout.ReadBlobAsync(tree.Blobs[1], Sessions.Soon)));
    }

    [Fact]
    public async Task Children_come_before_their_index_and_shared_blobs_once()
    {
        using TestLayout made = new();
        JsonObject arm = made.Image("arm64", "shared"u8.ToArray(), "arm"u8.ToArray()), amd = made.Image("amd64", "shared"u8.ToArray());
        JsonObject inner = made.Index(arm, amd);
        made.Name("v1", made.Index(inner, arm));
        ImageTree tree = await ReadAsync(LayoutRepository.Open(made.Path), null);
        Assert.Equal([TestLayout.DigestOf(arm), TestLayout.DigestOf(amd), TestLayout.DigestOf(inner)],
            tree.Manifests.SkipLast(1).Select(m => m.Digest));
        Assert.True(tree.Root.Manifest.IsIndex);
        Assert.Equal(4, tree.Blobs.Count);
        Assert.Equal(tree.Manifests[0].Manifest.SizeInBytes(_ => null), tree.SizeInBytes);
    }

    [Fact]
    public async Task One_of_several_images_is_chosen_by_its_tag_by_its_whole_name_or_by_its_digest()
    {
        using TestLayout made = new();
        JsonObject one = made.Image("arm64", "1"u8.ToArray()), two = made.Image("amd64", "2"u8.ToArray());
        made.Name("one", one);
        made.Name("host:5000/team/api:two", two);
        LayoutRepository layout = LayoutRepository.Open(made.Path);
        Assert.Equal(TestLayout.DigestOf(one), layout.Choose("one"));
        Assert.Equal(TestLayout.DigestOf(one), layout.Choose(TestLayout.DigestOf(one).Value));
        Assert.Equal(TestLayout.DigestOf(two), layout.Choose("two"));
        Assert.Equal(["two"], layout.TagsOf(TestLayout.DigestOf(two)));
        Assert.Equal(TestLayout.DigestOf(two), layout.Choose("host:5000/team/api:two"));
        await FailsAsync("LayoutTagMissing", "one (linux/arm64), host:5000/team/api:two (linux/amd64)", made.Path);
        await FailsAsync("LayoutTagNotFound", "'three'", made.Path, "three");
    }

    [Fact]
    public async Task A_signature_beside_an_image_is_no_second_image_and_is_named_by_the_digest_that_the_error_offers()
    {
        using TestLayout made = new();
        JsonObject image = made.Image("arm64", "1"u8.ToArray()), referrer = made.Referrer(image, "application/spdx+json");
        made.Name("v1", image);
        made.Name(null, referrer);
        LayoutRepository layout = LayoutRepository.Open(made.Path);
        Assert.Equal(TestLayout.DigestOf(image), layout.Choose(null));
        Assert.Equal(TestLayout.DigestOf(referrer), layout.Choose(TestLayout.DigestOf(referrer).Value));
        Assert.Equal([TestLayout.DigestOf(referrer)], await layout.ReferrersAsync(TestLayout.DigestOf(image), Sessions.Soon));
        await FailsAsync("LayoutTagNotFound", $"{TestLayout.DigestOf(referrer)} (application/spdx+json of ", made.Path, "v2");
    }

    [Fact]
    public void Of_an_index_with_one_platform_in_the_layout_that_image_is_taken()
    {
        using TestLayout made = new();
        JsonObject arm = made.Image("arm64", "arm"u8.ToArray()), amd = made.Image("amd64", "amd"u8.ToArray());
        made.Name("latest", made.Index(arm, amd));
        LayoutRepository layout = LayoutRepository.Open(made.Path);
        Assert.Equal(layout.Choose(null), layout.Present(layout.Choose(null), null));
        File.Delete(made.FileOf(TestLayout.DigestOf(amd)));
        List<string> warnings = [];
        Assert.Equal(TestLayout.DigestOf(arm), layout.Present(layout.Choose(null), warnings.Add));
        Assert.Contains("linux/amd64", Assert.Single(warnings), StringComparison.Ordinal);
        File.Delete(made.FileOf(TestLayout.DigestOf(arm)));
        Assert.Contains("docker save --platform", Assert.Throws<PizzaException>(() => layout.Present(layout.Choose(null), null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_whose_layers_are_missing_is_refused()
    {
        using TestLayout made = new();
        made.Name("v1", made.Image("arm64", 2));
        await FailsAsync("InvalidLayout", "has 0 layers, and its configuration", made.Path);
    }

    [Fact]
    public async Task A_blob_that_is_a_link_out_of_the_layout_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links want a privilege on Windows");
        using TestLayout made = TestLayout.Simple();
        string layer = made.FileOf(Digest.Of("hello"u8)), outside = Path.GetTempFileName();
        try
        {
            File.WriteAllText(outside, "hello");
            File.Delete(layer);
            File.CreateSymbolicLink(layer, outside);
            await FailsAsync("InvalidLayout", "points outside the layout", made.Path);
        }
        finally { File.Delete(outside); }
    }

    [Theory(Timeout = 20_000)]
    [InlineData("blob", "has 0 bytes where 5 are announced")]
    [InlineData("index", "a pipe, socket or device")]
    [InlineData("tar", "a pipe, socket or device")]
    public async Task A_pipe_in_the_place_of_a_file_is_refused_and_never_opened(string place, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in the file system");
        using TestLayout made = TestLayout.Simple();
        string file = place switch { "blob" => made.FileOf(Digest.Of("hello"u8)), "index" => Path.Combine(made.Path, "index.json"),
            _ => Path.Combine(made.Path, "pipe") };
        File.Delete(file);
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", [file]))
            await make.WaitForExitAsync(Sessions.Soon);
        await FailsAsync("InvalidLayout", reason, place == "tar" ? file : made.Path);
    }

    [Fact]
    public async Task The_old_form_of_docker_save_gets_a_manifest_of_its_layers_one_of_which_is_a_link()
    {
        using TestLayout made = new();
        File.Delete(Path.Combine(made.Path, "oci-layout"));
        byte[] one = "one"u8.ToArray(), two = "two"u8.ToArray();
        JsonObject config = new()
        {
            ["os"] = "linux", ["architecture"] = "arm64",
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest.Of(one).Value, Digest.Of(two).Value, Digest.Of(one).Value),
            },
        };
        Directory.CreateDirectory(Path.Combine(made.Path, "a"));
        File.WriteAllText(Path.Combine(made.Path, "config.json"), config.ToJsonString());
        File.WriteAllBytes(Path.Combine(made.Path, "a/layer.tar"), one);
        File.WriteAllBytes(Path.Combine(made.Path, "two.tar"), two);
        Directory.CreateDirectory(Path.Combine(made.Path, "c"));
        File.CreateSymbolicLink(Path.Combine(made.Path, "c/layer.tar"), "../a/layer.tar");
        File.WriteAllText(Path.Combine(made.Path, "manifest.json"),
            """[{"Config":"config.json","RepoTags":["app:v1"],"Layers":["a/layer.tar","two.tar","c/layer.tar"]}]""");
        LayoutRepository layout = LayoutRepository.Open(made.ToTar());
        ImageTree tree = await ReadAsync(layout, "v1");
        Assert.Equal(["v1"], layout.TagsOf(tree.Root.Digest));
        Assert.Equal([Digest.Of(one), Digest.Of(two), Digest.Of(one)], tree.Root.Manifest.Layers.Select(l => l.Digest));
        Assert.Equal("two", Encoding.UTF8.GetString(await layout.ReadBlobAsync(tree.Root.Manifest.Layers[1], Sessions.Soon)));
        Assert.Equal("linux/arm64", await layout.PlatformAsync(tree.Root.Manifest.Config, Sessions.Soon));
    }

    [Fact]
    public void One_image_under_two_tags_is_one_image()
    {
        using TestLayout made = new();
        JsonObject image = made.Image("arm64", "1"u8.ToArray());
        made.Name("a", image);
        made.Name("b", image);
        LayoutRepository layout = LayoutRepository.Open(made.Path);
        Assert.Equal(["a", "b"], layout.TagsOf(layout.Choose(null)));
    }

    [Fact]
    public async Task A_digest_that_leads_out_of_the_layout_is_refused()
    {
        using TestLayout made = TestLayout.Simple();
        made.WriteIndex(
            """{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:../../../etc/passwd","size":1}]}""");
        await FailsAsync("InvalidLayout", "sha256:../../../etc/passwd", made.Path);
    }

    [Fact]
    public async Task What_is_missing_or_has_another_size_is_found_before_anything_is_sent()
    {
        using TestLayout made = TestLayout.Simple();
        string layer = made.FileOf(Digest.Of("hello"u8));
        File.AppendAllText(layer, "!");
        await FailsAsync("InvalidLayout", "has 6 bytes where 5 are announced", made.Path);
        File.Delete(layer);
        await FailsAsync("InvalidLayout", "is not in it", made.Path);
    }

    [Fact]
    public async Task A_damaged_manifest_is_found()
    {
        using TestLayout made = TestLayout.Simple();
        string file = made.FileOf(LayoutRepository.Open(made.Path).Choose(null));
        byte[] content = File.ReadAllBytes(file);
        content[^2] ^= 1;
        File.WriteAllBytes(file, content);
        await FailsAsync("InvalidLayout", "has another digest", made.Path);
    }

    [Theory]
    [InlineData("oci-layout", null, "no file 'oci-layout'")]
    [InlineData("oci-layout", """{"imageLayoutVersion":"2.0.0"}""", "version '2.0.0'")]
    [InlineData("oci-layout", "[", "version ''")]
    [InlineData("index.json", null, "no file 'index.json'")]
    [InlineData("index.json", "[", "index.json is damaged")]
    [InlineData("index.json", """{"schemaVersion":2,"manifests":[]}""", "names no image")]
    public async Task A_folder_that_is_no_layout_says_why(string file, string? content, string reason)
    {
        using TestLayout made = TestLayout.Simple();
        File.Delete(Path.Combine(made.Path, file));
        if (content is not null) File.WriteAllText(Path.Combine(made.Path, file), content);
        await FailsAsync("InvalidLayout", reason, made.Path);
    }

    [Fact]
    public async Task The_old_form_of_docker_save_is_recognised()
    {
        using TestLayout made = new();
        File.Delete(Path.Combine(made.Path, "oci-layout"));
        File.WriteAllText(Path.Combine(made.Path, "manifest.json"), "[]");
        await FailsAsync("InvalidLayout", "docker save", made.ToTar());
    }

    [Fact]
    public async Task A_path_that_leads_nowhere_is_named() => await FailsAsync("LayoutNotFound", "'/no/such/thing'", "/no/such/thing");

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0 }, "gzip")]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd }, "zstd")]
    [InlineData(new byte[] { 80, 75, 3, 4 }, "not a tar")]
    public async Task A_file_that_is_no_plain_tar_says_why(byte[] start, string reason)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. start, .. new byte[1020]]);
            await FailsAsync("InvalidLayout", reason, file);
        }
        finally { File.Delete(file); }
    }

    private static async Task<ImageTree> ReadAsync(LayoutRepository layout, string? tag)
    {
        ImageTree tree = await ImageTree.ReadAsync(layout, layout.Choose(tag).Value, Sessions.Soon);
        await layout.CheckAsync(tree, Sessions.Soon);
        return tree;
    }

    private static async Task FailsAsync(string id, string reason, string path, string? tag = null)
    {
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(async () => await ReadAsync(LayoutRepository.Open(path), tag));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}

using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class OciLayoutTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("./")]
    [InlineData("image/")]
    public void A_folder_and_a_tar_of_it_hold_the_same_image(string? tarPrefix)
    {
        using TestLayout made = TestLayout.Simple();
        OciLayout layout = OciLayout.Open(tarPrefix is null ? made.Path : made.ToTar(tarPrefix), null);
        PushPlan plan = PushPlan.Of(layout);
        Assert.Equal(["latest"], layout.Tags);
        Assert.Equal(["linux/arm64"], plan.Platform);
        Assert.Equal("hello", Encoding.UTF8.GetString(layout.Find(plan.Blobs[1]).ReadAll()));
    }

    [Fact]
    public void Children_come_before_their_index_and_shared_blobs_once()
    {
        using TestLayout made = new();
        JsonObject arm = made.Image("arm64", "shared"u8.ToArray(), "arm"u8.ToArray()), amd = made.Image("amd64", "shared"u8.ToArray());
        JsonObject inner = made.Index(arm, amd);
        made.Name("v1", made.Index(inner, arm));
        PushPlan plan = PushPlan.Of(OciLayout.Open(made.Path, null));
        Assert.Equal([TestLayout.DigestOf(arm), TestLayout.DigestOf(amd), TestLayout.DigestOf(inner)], plan.Manifests.SkipLast(1).Select(m => m.Digest));
        Assert.True(plan.Root.Manifest.IsIndex);
        Assert.Equal(4, plan.Blobs.Count);
        Assert.Equal(plan.Manifests[0].Manifest.SizeInBytes(_ => null), plan.SizeInBytes);
    }

    [Fact]
    public void One_of_several_images_is_chosen_by_its_tag_or_by_its_whole_name()
    {
        using TestLayout made = new();
        JsonObject one = made.Image("arm64", "1"u8.ToArray()), two = made.Image("arm64", "2"u8.ToArray());
        made.Name("one", one);
        made.Name("host:5000/team/api:two", two);
        Assert.Equal(TestLayout.DigestOf(one), OciLayout.Open(made.Path, "one").Root.Digest);
        OciLayout second = OciLayout.Open(made.Path, "two");
        Assert.Equal(TestLayout.DigestOf(two), second.Root.Digest);
        Assert.Equal(["two"], second.Tags);
        Assert.Equal(second.Root.Digest, OciLayout.Open(made.Path, "host:5000/team/api:two").Root.Digest);
        Fails("LayoutTagMissing", "one, host:5000/team/api:two", made.Path);
        Fails("LayoutTagNotFound", "'three'", made.Path, "three");
    }

    [Fact]
    public void One_image_under_two_tags_is_one_image()
    {
        using TestLayout made = new();
        JsonObject image = made.Image("arm64", "1"u8.ToArray());
        made.Name("a", image);
        made.Name("b", image);
        Assert.Equal(["a", "b"], OciLayout.Open(made.Path, null).Tags);
    }

    [Fact]
    public void A_digest_that_leads_out_of_the_layout_is_refused()
    {
        using TestLayout made = TestLayout.Simple();
        made.WriteIndex("""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:../../../etc/passwd","size":1}]}""");
        Fails("InvalidLayout", "sha256:../../../etc/passwd", made.Path);
    }

    [Fact]
    public void What_is_missing_or_has_another_size_is_found_before_anything_is_sent()
    {
        using TestLayout made = TestLayout.Simple();
        string layer = made.FileOf(Digest.Of("hello"u8));
        File.AppendAllText(layer, "!");
        Fails("InvalidLayout", "has 6 bytes where 5 are announced", made.Path);
        File.Delete(layer);
        Fails("InvalidLayout", "is not in it", made.Path);
    }

    [Fact]
    public void A_damaged_manifest_is_found()
    {
        using TestLayout made = TestLayout.Simple();
        string file = made.FileOf(OciLayout.Open(made.Path, null).Root.Digest);
        byte[] content = File.ReadAllBytes(file);
        content[^2] ^= 1;
        File.WriteAllBytes(file, content);
        Fails("InvalidLayout", "has another digest", made.Path);
    }

    [Theory]
    [InlineData("oci-layout", null, "no file 'oci-layout'")]
    [InlineData("oci-layout", """{"imageLayoutVersion":"2.0.0"}""", "version '2.0.0'")]
    [InlineData("oci-layout", "[", "version ''")]
    [InlineData("index.json", null, "no file 'index.json'")]
    [InlineData("index.json", "[", "index.json is damaged")]
    [InlineData("index.json", """{"schemaVersion":2,"manifests":[]}""", "names no image")]
    public void A_folder_that_is_no_layout_says_why(string file, string? content, string reason)
    {
        using TestLayout made = TestLayout.Simple();
        File.Delete(Path.Combine(made.Path, file));
        if (content is not null) File.WriteAllText(Path.Combine(made.Path, file), content);
        Fails("InvalidLayout", reason, made.Path);
    }

    [Fact]
    public void The_old_form_of_docker_save_is_recognised()
    {
        using TestLayout made = new();
        File.Delete(Path.Combine(made.Path, "oci-layout"));
        File.WriteAllText(Path.Combine(made.Path, "manifest.json"), "[]");
        Fails("InvalidLayout", "docker save", made.ToTar());
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_named() => Fails("LayoutNotFound", "'/no/such/thing'", "/no/such/thing");

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0 }, "gzip")]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd }, "zstd")]
    [InlineData(new byte[] { 80, 75, 3, 4 }, "not a tar")]
    public void A_file_that_is_no_plain_tar_says_why(byte[] start, string reason)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. start, .. new byte[1020]]);
            Fails("InvalidLayout", reason, file);
        }
        finally { File.Delete(file); }
    }

    private static void Fails(string id, string reason, string path, string? tag = null)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => PushPlan.Of(OciLayout.Open(path, tag)));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}

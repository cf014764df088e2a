using System.Text;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class OciManifestTests
{
    private static readonly string s_a = Digest.Of("a"u8).Value, s_b = Digest.Of("b"u8).Value, s_c = Digest.Of("c"u8).Value;

    private static readonly string s_image = $$"""
        {"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}",
         "config":{"mediaType":"{{MediaTypes.DockerConfig}}","digest":"{{s_a}}","size":100},
         "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","digest":"{{s_b}}","size":2000},
                   {"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":"{{s_c}}","size":5,"urls":["https://x"]},
                   {"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","digest":"{{s_b}}","size":2000}]}
        """;

    private static readonly string s_index = $$"""
        {"schemaVersion":2,
         "manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{s_a}}","size":7,"platform":{"os":"linux","architecture":"arm64","variant":"v8"} },
                      {"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{s_b}}","size":7,"platform":{"os":"linux","architecture":"arm","variant":"v7"} },
                      {"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{s_c}}","size":7,"platform":{"os":"unknown","architecture":"unknown"},
                       "annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{{s_a}}"} }]}
        """;

    [Fact]
    public void An_image_has_the_size_of_its_configuration_and_layers() => Assert.Equal(4105, Parse(s_image).SizeInBytes(_ => null));

    [Fact]
    public void A_blob_is_pushed_once_and_a_foreign_layer_never() =>
        Assert.Equal([s_a, s_b], Parse(s_image).Blobs.Select(b => b.Digest.Value));

    [Fact]
    public void An_index_has_the_size_of_its_largest_manifest()
    {
        OciManifest index = Parse(s_index);
        Assert.True(index.IsIndex);
        Assert.Equal(30, index.SizeInBytes(d => d.Value == s_a ? 30 : d.Value == s_b ? 20 : null));
    }

    [Fact]
    public void The_platforms_of_an_index_leave_out_its_attestations() =>
        Assert.Equal(["linux/arm64", "linux/arm/v7"], Parse(s_index).Platforms);

    [Fact]
    public void A_document_without_a_media_type_gets_the_one_it_was_announced_with() =>
        Assert.Equal(MediaTypes.DockerManifestList,
            OciManifest.Parse(Encoding.UTF8.GetBytes(s_index), MediaTypes.DockerManifestList).MediaType);

    [Fact]
    public void An_artifact_is_told_by_the_type_of_its_configuration()
    {
        OciManifest chart =
            Parse(s_image.Replace(MediaTypes.DockerConfig, "application/vnd.cncf.helm.config.v1+json", StringComparison.Ordinal));
        Assert.Equal("application/vnd.cncf.helm.config.v1+json", chart.ArtifactType);
        Assert.Null(Parse(s_image).ArtifactType);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "neither 'manifests' nor")]
    [InlineData("""{"schemaVersion":1,"layers":[]}""", "schemaVersion is 1")]
    [InlineData("""{"schemaVersion":2,"layers":[]}""", "no 'config'")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""", "both 'manifests'")]
    [InlineData("""{"schemaVersion":2,"manifests":{}}""", "'manifests' is Object, not Array")]
    [InlineData("""{"schemaVersion":2,"manifests":[7]}""", "'manifests[0]' is not an object")]
    [InlineData("""{"schemaVersion":2,"mediaType":"text/plain","manifests":[]}""", "'text/plain' is not that of an index")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:1","size":1}]}""",
        "digest of 'manifests[0]' is \"sha256:1\"")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"mediaType":"\ud800","digest":"sha256:1","size":1}]}""", "not JSON")]
    public void What_is_no_manifest_is_refused_with_the_reason(string text, string reason)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Parse(text));
        Assert.Equal("InvalidManifest", e.ErrorId);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e99")]
    [InlineData("\"5\"")]
    public void A_size_that_is_no_number_of_bytes_is_refused(string size) =>
        Assert.Contains("the size of 'config'",
            Assert.Throws<PizzaException>(() =>
                Parse(s_image.Replace("\"size\":100", "\"size\":" + size, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_document_that_was_announced_as_something_else_is_refused() =>
        Assert.Contains("was announced as",
            Assert.Throws<PizzaException>(() => OciManifest.Parse(Encoding.UTF8.GetBytes(s_image), MediaTypes.OciIndex)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"os":"linux","architecture":"arm64"}""", "linux/arm64")]
    [InlineData("""{"os":"linux","architecture":"arm","variant":"v6"}""", "linux/arm/v6")]
    [InlineData("""{"os":"linux","architecture":"arm64","variant":"v8"}""", "linux/arm64")]
    [InlineData("{}", null)]
    [InlineData("chart", null)]
    public void A_configuration_names_its_platform(string config, string? platform) =>
        Assert.Equal(platform, OciPlatform.OfConfig(Encoding.UTF8.GetBytes(config)));

    private static OciManifest Parse(string text) => OciManifest.Parse(Encoding.UTF8.GetBytes(text));
}

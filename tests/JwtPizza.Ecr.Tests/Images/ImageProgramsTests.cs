using System.Formats.Tar;
using System.IO.Compression;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageProgramsTests
{
    private static readonly byte[] s_arm64 = Elf(183), s_amd64 = Elf(62);

    [Fact(Timeout = 30_000)]
    public async Task The_last_layer_with_a_program_decides()
    {
        LayerRegistry registry = new();
        OciManifest manifest =
            registry.Image(
                [Layer(("bin/sh", s_amd64)), Layer(("app/readme", "text, and long enough to be read"u8.ToArray()), ("app/server", s_arm64)),
                    Layer(("etc/x", [1, 2]))]);
        Assert.Equal(new ImageProgram("app/server", "arm64"),
            await new ImagePrograms(registry).FindAsync(manifest, TestContext.Current.CancellationToken));
        Assert.Equal(new ImageProgram("bin/sh", "amd64"),
            await new ImagePrograms(registry)
                .FindAsync(manifest with { Layers = [.. manifest.Layers.Take(1)] }, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_layer_without_programs_and_one_that_is_no_tar_tell_nothing()
    {
        LayerRegistry registry = new();
        OciManifest manifest = registry.Image([Layer(("src/index.js", "console.log('a long enough text')"u8.ToArray())), [1, 2, 3, 4]]);
        Assert.Null(await new ImagePrograms(registry).FindAsync(manifest, TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(183, null)]
    [InlineData(62, "'app/server' in it is a program for amd64")]
    public async Task A_program_for_another_processor_than_the_label_says_is_an_error(int machine, string? says)
    {
        LayerRegistry registry = new();
        PublishedImage image = registry.Publish([Layer(("app/server", Elf(machine)))]);
        PublishVerification verification = new(registry, null!, new());
        if (says is null) await verification.VerifyBinariesAsync(image, TestContext.Current.CancellationToken);
        else
        {
            PizzaException e =
                await Assert.ThrowsAsync<PizzaException>(() =>
                    verification.VerifyBinariesAsync(image, TestContext.Current.CancellationToken));
            Assert.Equal("PlatformMismatch", e.ErrorId);
            Assert.Contains(says, e.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Elf(int machine) =>
        [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, (byte)machine, (byte)(machine >> 8), 1, 0, 0, 0];

    private static byte[] Layer(params (string Name, byte[] Content)[] files)
    {
        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, CompressionMode.Compress, leaveOpen: true))
        using (TarWriter tar = new(gzip))
            foreach ((string name, byte[] content) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return memory.ToArray();
    }

    private sealed class LayerRegistry : FakeRegistry
    {
        private readonly Dictionary<Digest, byte[]> _blobs = [];

        public PublishedImage Publish(byte[][] layers)
        {
            string list = string.Join(',',
                Layers(layers).Select(l => $$"""{"mediaType":"{{l.MediaType}}","size":{{l.Size}},"digest":"{{l.Digest}}"}"""));
            string digest =
                PutManifest("v1",
                    $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","size":2,"digest":"{{Digest.Of("{}"u8)}}"},"layers":[{{list}}]}""", MediaTypes.OciManifest);
            return new()
            {
                RepositoryName = RepositoryName, RepositoryUri = Uri, ImageUri = Uri + ":v1", ImageTags = ["v1"], ImageDigest = digest,
                Platform = ["linux/arm64"], Region = "us-east-1", RegistryId = "123456789012",
            };
        }

        public OciManifest Image(byte[][] layers) => new() { MediaType = MediaTypes.OciManifest, Layers = Layers(layers) };

        public override Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken) =>
            Task.FromResult<Stream>(new MemoryStream(_blobs[blob.Digest][(int)from..]));

        private OciDescriptor[] Layers(byte[][] layers) => [.. layers.Select(content =>
        {
            OciDescriptor layer = new("application/vnd.oci.image.layer.v1.tar+gzip", Digest.Of(content), content.Length);
            _blobs[layer.Digest] = content;
            return layer;
        })];
    }
}

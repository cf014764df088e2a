using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Images;

namespace JwtPizza.Ecr.Tests.Registry;

/// <summary>From each kind of source to each kind of target, with skopeo as witness.</summary>
public sealed class TransferPeerTests(TransferPeerTests.Places places) : IClassFixture<TransferPeerTests.Places>
{
    public static MatrixTheoryData<string, string> Ways =>
        new(["folder", "tar", "docker archive", "ECR", "ECR Public", "registry"], ["ECR", "ECR Public", "registry", "folder", "tar"]);

    [Theory(Timeout = 120_000), MemberData(nameof(Ways))]
    public async Task An_image_goes_from_every_kind_of_source_to_every_kind_of_target_byte_for_byte(string from, string to)
    {
        (ImageRepository source, string reference) = await places.SourceAsync(from);
        string name = "to/" + Guid.NewGuid().ToString("N"),
            path = Path.Combine(places.Folder, name.Replace('/', '-')) + (to == "tar" ? ".tar" : "");
        ImageRepository target = await places.TargetAsync(to, name, path);
        Transfer transfer = new(source, target, new()) { IncludeReferrers = null };
        TransferPlan plan = await transfer.PlanAsync(reference, ["v1"], null, Sessions.Soon);
        TransferResult result = await transfer.RunAsync(plan, Sessions.Soon);
        if (target is LayoutWriter writer) await writer.DisposeAsync();
        Assert.True(result.IsVerified);
        Assert.Equal(plan.Tree.Root.Digest, Digest.Of(await Places.SeenBySkopeoAsync(to, target, path)));
        await Places.CopiedBySkopeoAsync(to, target, path);   // every blob is there, and what its digest says
        if (target is not LayoutWriter) Assert.False((await transfer.PlanAsync(reference, ["v1"], null, Sessions.Soon)).IsChange);
    }

    /// <summary>A sandbox, Debian's registry, and a folder.</summary>
    public sealed class Places : IAsyncLifetime
    {
        private readonly EcrSandbox _box = EcrSandbox.Start(new());
        private readonly TestLayout _layout = Multi();
        private readonly string _port = FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);
        private AwsSession _aws = null!;
        private Process? _registry;

        public string Folder { get; } = Directory.CreateTempSubdirectory("pizza-test-").FullName;

        public async ValueTask InitializeAsync()
        {
            _aws = AwsSession.Open(
                new()
                {
                    EndpointUrl = _box.Info.EndpointUrl, Region = "us-east-1", AccessKey = _box.Info.AccessKey,
                    SecretKey = _box.Info.SecretKey,
                });
            await _aws.Ecr.CreateRepositoryAsync("source", new(), CancellationToken.None);
            await _aws.EcrPublic.CreateRepositoryAsync("source", null, null, CancellationToken.None);
            await File.WriteAllTextAsync(Path.Combine(Folder, "config.yml"),
                $"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {Folder}/data\nhttp:\n  addr: " +
                $"127.0.0.1:{_port}\nlog:\n  level: error\n  accesslog:\n    disabled: true\n");
            try
            {
                _registry =
                    Process.Start(
                        new ProcessStartInfo("docker-registry", ["serve", Path.Combine(Folder, "config.yml")])
                        {
                            RedirectStandardOutput = true, RedirectStandardError = true,
                        })!;
            }
            catch (Win32Exception) { return; }
            _registry.BeginOutputReadLine();
            _registry.BeginErrorReadLine();
            using HttpClient http = new();
            for (int i = 0; i < 400; i++)
            {
                try { using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{_port}/v2/")); break; }
                catch (HttpRequestException) { await Task.Delay(50); }
            }
            foreach (string kind in new[] { "ECR", "ECR Public", "registry" })
            {
                Transfer transfer = new(LayoutRepository.Open(_layout.Path), await TargetAsync(kind, "source", ""), new());
                await transfer.RunAsync(await transfer.PlanAsync("multi", ["multi"], null, CancellationToken.None), CancellationToken.None);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _aws.Dispose();
            await _box.DisposeAsync();
            _layout.Dispose();
            if (_registry is not null)
            {
                _registry.Kill();
                await _registry.WaitForExitAsync();
                _registry.Dispose();
            }
            Directory.Delete(Folder, recursive: true);
        }

        internal async Task<(ImageRepository, string)> SourceAsync(string kind)
        {
            Assert.SkipWhen(_registry is null, "docker-registry is not here.");
            return kind switch
            {
                "folder" => (LayoutRepository.Open(_layout.Path), "multi"),
                "tar" => (LayoutRepository.Open(_layout.ToTar()), "multi"),
                "docker archive" => (LayoutRepository.Open(Archive()), "v1"),
                "ECR" => (new EcrRepository(_aws, ImageReference.Parse("source"), null), "multi"),
                "ECR Public" =>
                    (await Registries.OpenAsync(_aws, ImageReference.Parse((await PublicAsync("source")).RepositoryUri), null,
                        isPublic: false, isWritten: false, Sessions.Soon), "multi"),
                _ => (new OciRepository($"127.0.0.1:{_port}", "source", _ => Task.FromResult<RegistryLogin?>(null)), "multi"),
            };
        }

        internal async Task<ImageRepository> TargetAsync(string kind, string name, string path)
        {
            if (kind == "ECR" && name != "source") await _aws.Ecr.CreateRepositoryAsync(name, new(), CancellationToken.None);
            if (kind == "ECR Public" && name != "source")
                await _aws.EcrPublic.CreateRepositoryAsync(name, null, null, CancellationToken.None);
            return kind switch
            {
                "ECR" => new EcrRepository(_aws, ImageReference.Parse(name), null),
                "ECR Public" => new EcrPublicRepository(_aws, ImageReference.Parse(name), null),
                "registry" => new OciRepository($"127.0.0.1:{_port}", name, _ => Task.FromResult<RegistryLogin?>(null)),
                _ => LayoutWriter.Open(path, force: false, null),
            };
        }

        internal static async Task<byte[]> SeenBySkopeoAsync(string kind, ImageRepository target, string path) =>
            Encoding.UTF8.GetBytes(
                await SkopeoAsync(["inspect", "--raw", .. await LoginAsync(kind, "", target), await NameAsync(kind, target, path)]));

        internal static async Task CopiedBySkopeoAsync(string kind, ImageRepository target, string path) =>
            await SkopeoAsync(
                ["copy", "--quiet", "--all", "--preserve-digests", .. await LoginAsync(kind, "src-", target),
                    await NameAsync(kind, target, path), $"dir:{path}-back"]);

        private static async Task<string> NameAsync(string kind, ImageRepository target, string path) => kind switch
        {
            "folder" => $"oci:{path}:v1",
            "tar" => $"oci-archive:{path}:v1",
            _ => $"docker://{(await target.LocateAsync(Sessions.Soon)).RepositoryUri}:v1",
        };

        private static async Task<string[]> LoginAsync(string kind, string prefix, ImageRepository target) =>
            kind is "folder" or "tar"
                ? []
                : await target.LoginAsync(Sessions.Soon) is { } login
                    ? [$"--{prefix}tls-verify=false", $"--{prefix}creds", $"{login.User}:{login.Password}"]
                    : [$"--{prefix}tls-verify=false"];

        private static async Task<string> SkopeoAsync(string[] arguments)
        {
            Process process;
            try
            {
                process = Process.Start(
                    new ProcessStartInfo("skopeo", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            }
            catch (Win32Exception e)
            {
                Assert.Skip($"skopeo is not here: {e.Message}");
                throw;
            }
            using (process)
            {
                Task<string> errors = process.StandardError.ReadToEndAsync(Sessions.Soon);
                string output = await process.StandardOutput.ReadToEndAsync(Sessions.Soon);
                await process.WaitForExitAsync(Sessions.Soon);
                Assert.True(process.ExitCode == 0, await errors);
                return output;
            }
        }

        private async Task<Repository> PublicAsync(string name) =>
            Assert.Single(await Sessions.ListAsync(_aws.EcrPublic.DescribeRepositoriesAsync([name], Sessions.Soon)));

        private static TestLayout Multi()
        {
            TestLayout layout = new();
            byte[] large = new byte[400_000];
            new Random(5).NextBytes(large);
            layout.Name("multi",
                layout.Index(layout.Image("arm64", large, "arm"u8.ToArray()), layout.Image("amd64", large, "amd"u8.ToArray())));
            return layout;
        }

        private string Archive()
        {
            string folder = Directory.CreateTempSubdirectory("archive-").FullName,
                tar = Path.Combine(Folder, Path.GetFileName(folder) + ".tar");
            byte[] layer = "a layer"u8.ToArray();
            JsonObject config = new()
            {
                ["os"] = "linux", ["architecture"] = "arm64",
                ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest.Of(layer).Value) },
            };
            File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
            File.WriteAllBytes(Path.Combine(folder, "layer.tar"), layer);
            File.WriteAllText(Path.Combine(folder, "manifest.json"),
                """[{"Config":"config.json","RepoTags":["app:v1"],"Layers":["layer.tar"]}]""");
            System.Formats.Tar.TarFile.CreateFromDirectory(folder, tar, includeBaseDirectory: false);
            Directory.Delete(folder, recursive: true);
            return tar;
        }

        private static int FreePort()
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}

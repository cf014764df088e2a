using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>Layouts that skopeo makes, pushed by us and read back by skopeo; and Debian's registry as a target.</summary>
public sealed class PushPeerTests
{
    private static readonly string s_example = RepositoryRoot.File("examples", "oci-layout");

    [Theory(Timeout = 60_000)]
    [InlineData("oci:{0}/made:v2", "made")]
    [InlineData("oci-archive:{0}/made.tar:v2", "made.tar")]
    public async Task What_skopeo_makes_is_pushed_and_skopeo_finds_it(string destination, string path)
    {
        using Folder folder = new();
        await RunAsync("skopeo", "copy", "--quiet", $"oci:{s_example}:v2",
            string.Format(System.Globalization.CultureInfo.InvariantCulture, destination, folder.Path));
        await using TestRepository test = await TestRepository.CreateAsync();
        PublishedImage pushed = await test.PushAsync(Path.Combine(folder.Path, path));
        Assert.Equal(["v2"], pushed.ImageTags);
        RegistryLogin login = await test.Aws.Ecr.GetAuthorizationTokenAsync(Sessions.Soon);
        JsonNode seen =
            JsonNode.Parse(
                await RunAsync("skopeo", "inspect", "--tls-verify=false", "--creds", $"{login.User}:{login.Password}",
                    $"docker://{pushed.ImageUri}"))!;
        Assert.Equal((pushed.ImageDigest, "arm64", "linux"), ((string)seen["Digest"]!, (string)seen["Architecture"]!, (string)seen["Os"]!));
        await RunAsync("skopeo", "copy", "--quiet", "--src-tls-verify=false", "--src-creds", $"{login.User}:{login.Password}",
            $"docker://{pushed.ImageUri}", $"oci:{folder.Path}/back:v2");
        Assert.Equal(pushed.ImageDigest, LayoutRepository.Open(Path.Combine(folder.Path, "back")).Choose(null).Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_index_that_we_copied_to_another_repository_is_read_back_whole_by_skopeo()
    {
        using Folder folder = new();
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.Aws.Ecr.CreateRepositoryAsync("prod/pizza", new(), Sessions.Soon);
        using TestLayout layout = new();
        layout.Name("multi", layout.Index(layout.Image("arm64", "arm"u8.ToArray()), layout.Image("amd64", "amd"u8.ToArray())));
        await test.PushAsync(layout.Path, "multi");
        ImageMover mover = new(new());
        CopiedImage copied = await mover.CopyAsync(
            await mover.PlanCopyAsync(test.At("team/pizza"), "multi", test.At("prod/pizza"), ["v1"], Sessions.Soon), Sessions.Soon);
        RegistryLogin login = await test.Aws.Ecr.GetAuthorizationTokenAsync(Sessions.Soon);
        await RunAsync("skopeo", "copy", "--quiet", "--all", "--preserve-digests", "--src-tls-verify=false", "--src-creds",
            $"{login.User}:{login.Password}", $"docker://{copied.ImageUri}", $"oci:{folder.Path}/back:v1");
        Assert.Equal(copied.ImageDigest, LayoutRepository.Open(Path.Combine(folder.Path, "back")).Choose(null).Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task Debians_registry_takes_what_we_push()
    {
        using Folder folder = new();
        int port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "config.yml"),
            $"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {folder.Path}/data\nhttp:\n  addr: 127.0.0.1:{port}\n",
            Sessions.Soon);
        using Process server = Start("docker-registry", "serve", Path.Combine(folder.Path, "config.yml"));
        try
        {
            await AnswersAsync($"http://127.0.0.1:{port}/v2/");
            LayoutRepository layout = LayoutRepository.Open(s_example);
            OciRepository registry = new($"127.0.0.1:{port}", "team/pizza", _ => Task.FromResult<RegistryLogin?>(null));
            Transfer transfer = new(layout, registry, new());
            TransferPlan plan = await transfer.PlanAsync(layout.Choose("v1").Value, ["v1"], null, Sessions.Soon);
            Assert.False(plan.IsThere);
            TransferResult result = await transfer.RunAsync(plan, Sessions.Soon);
            Assert.Equal((plan.Tree.Blobs.Sum(b => b.Size), true), (result.SentInBytes, result.IsVerified));
            Assert.False((await transfer.PlanAsync(layout.Choose("v1").Value, ["v1"], null, Sessions.Soon)).IsChange);
            string raw = await RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://127.0.0.1:{port}/team/pizza:v1");
            Assert.Equal(plan.Tree.Root.Digest, Digest.Of(Encoding.UTF8.GetBytes(raw)));
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(Sessions.Soon);
        string output = await process.StandardOutput.ReadToEndAsync(Sessions.Soon);
        await process.WaitForExitAsync(Sessions.Soon);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    private static Process Start(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"{program} is not here: {e.Message}");
            throw;
        }
    }

    private static async Task AnswersAsync(string url)
    {
        using HttpClient http = new();
        using CancellationTokenSource limit = new(Hang.Limit);
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(url), limit.Token);
                return;
            }
            catch (HttpRequestException) { await Task.Delay(20, limit.Token); }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("pizza-test-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

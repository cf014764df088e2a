using System.Text;
using System.Text.Json;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The docker of this machine, logged in to a sandbox by a configuration of its own.</summary>
internal sealed class DockerPeer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-docker-");

    private DockerPeer() { }

    public static async Task<DockerPeer> Open(TestSandbox sandbox, string? login = null)
    {
        Assert.SkipUnless(await Peer.Succeeds("docker", "version", "--format", "{{.Server.Version}}"), "No docker daemon answers.");
        Assert.SkipUnless(await Peer.Succeeds("docker", "buildx", "version"), "docker's buildx is not on this machine.");
        DockerPeer docker = new();
        string token =
            login ?? (string)(await sandbox.Ecr("GetAuthorizationToken", new { }))["authorizationData"]![0]!["authorizationToken"]!;
        Dictionary<string, object> auths = new() { [sandbox.Info.RegistryHost] = new { auth = token } };
        await File.WriteAllTextAsync(Path.Combine(docker._folder.FullName, "config.json"), JsonSerializer.Serialize(new { auths }),
            TestContext.Current.CancellationToken);
        return docker;
    }

    /// <summary>A build context for an image from scratch that holds one file.</summary>
    public string Context(string text)
    {
        DirectoryInfo context = Directory.CreateDirectory(Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N")));
        File.WriteAllText(Path.Combine(context.FullName, "Dockerfile"), "FROM scratch\nCOPY text /text\n");
        File.WriteAllText(Path.Combine(context.FullName, "text"), text + Guid.NewGuid());
        return context.FullName;
    }

    public async Task<string> Run(params string[] arguments)
    {
        (int exit, string output) = await RunAsync(arguments);
        Assert.True(exit == 0, output);
        return output;
    }

    public async Task<string> Fail(params string[] arguments)
    {
        (int exit, string output) = await RunAsync(arguments);
        Assert.NotEqual(0, exit);
        return output;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<(int, string)> RunAsync(string[] arguments)
    {
        // The plugins lie beside the user's own configuration or in the system's folders; both stay in reach.
        (int exit, string output, string errors) =
            await Peer.RunAsync("docker", arguments, new Dictionary<string, string> { ["DOCKER_CONFIG"] = _folder.FullName });
        return (exit, output + errors);
    }
}

/// <summary>The skopeo of this machine.</summary>
internal static class SkopeoPeer
{
    public static async Task<string> Login(TestSandbox sandbox) =>
        Encoding.UTF8.GetString(
            Convert.FromBase64String(
                (string)(await sandbox.Ecr("GetAuthorizationToken", new { }))["authorizationData"]![0]!["authorizationToken"]!));

    public static async Task<string> Run(params string[] arguments)
    {
        Assert.SkipUnless(await Peer.Succeeds("skopeo", "--version"), "skopeo is not on this machine.");
        (int exit, string output, string errors) = await Peer.RunAsync("skopeo", arguments, new Dictionary<string, string>());
        Assert.True(exit == 0, errors);
        return output;
    }
}

using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>A sandbox whose disk is full says so, and holds nothing that is not on the disk.</summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-full-");
    private bool _isMounted;

    private string State => Path.Combine(_folder.FullName, "kept");

    private string Filler => Path.Combine(_folder.FullName, "filler");

    public void Dispose()
    {
        if (_isMounted) Run("umount", _folder.FullName);
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_refused_is_not_there_and_works_when_there_is_room_again()
    {
        Mount();
        await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = State }))
        {
            RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
            await client.PushImage("one", "one");
            byte[] two = await LargeImage(client);
            Fill();
            (int status, string? code, string? message) = await client.PutManifest("two", two);
            Assert.Equal((507, "UNKNOWN"), (status, code));
            Assert.Contains("full", message, StringComparison.Ordinal);
            Assert.Equal(507,
                (await client.Outcome(HttpMethod.Post, $"blobs/uploads/?digest={Digest.Of(new byte[4096])}",
                    new ByteArrayContent(new byte[4096]))).Status);
            await Refused(sandbox, "PutImage", new { repositoryName = "pizza", imageManifest = Encoding.UTF8.GetString(two),
                imageTag = "two" });
            await Refused(sandbox, "CreateRepository", new { repositoryName = "another" });
            await Refused(sandbox, "PutAccountSetting", new { name = "BLOB_MOUNTING", value = "ENABLED" });
            Assert.Single((await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray());
            Assert.Single((await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
            Assert.Equal("DISABLED", (string?)(await sandbox.Ecr("GetAccountSetting", new { name = "BLOB_MOUNTING" }))["value"]);
            File.Delete(Filler);
            await sandbox.Ecr("PutImage", new { repositoryName = "pizza", imageManifest = Encoding.UTF8.GetString(two), imageTag = "two" });
            await sandbox.Ecr("CreateRepository", new { repositoryName = "another" });
        }
        await using TestSandbox again = new(new SandboxOptions { StatePath = State });
        Assert.Equal(2, (await again.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray().Count);
        Assert.Equal(2, (await again.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_IAM_refuses_for_want_of_room_is_not_there_either()
    {
        Mount();
        await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = State }))
        {
            await Query(sandbox, HttpStatusCode.OK, "TagRole", ("RoleName", "github-ci"), ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "pizza"));
            Fill();
            await Query(sandbox, HttpStatusCode.InsufficientStorage, "PutRolePolicy", ("RoleName", "github-ci"), ("PolicyName", "large"),
                ("PolicyDocument", IamBox.AllowAll.Replace("{", "{" + new string(' ', 8192), StringComparison.Ordinal)));
            await Query(sandbox, HttpStatusCode.InsufficientStorage, "CreateUser", ("UserName", "cook"));
            await Query(sandbox, HttpStatusCode.NotFound, "GetRolePolicy", ("RoleName", "github-ci"), ("PolicyName", "large"));
            await Query(sandbox, HttpStatusCode.NotFound, "GetUser", ("UserName", "cook"));
            await Query(sandbox, HttpStatusCode.OK, "GetUser", ("UserName", "sandbox"));
            Assert.Contains("pizza", (await Query(sandbox, HttpStatusCode.OK, "ListRoleTags", ("RoleName", "github-ci"))).ToString(),
                StringComparison.Ordinal);
            File.Delete(Filler);
            await Query(sandbox, HttpStatusCode.OK, "CreateUser", ("UserName", "cook"));
        }
        await using TestSandbox again = new(new SandboxOptions { StatePath = State });
        await Query(again, HttpStatusCode.OK, "GetUser", ("UserName", "cook"));
        await Query(again, HttpStatusCode.NotFound, "GetRolePolicy", ("RoleName", "github-ci"), ("PolicyName", "large"));
    }

    private static async Task<XElement> Query(TestSandbox sandbox, HttpStatusCode wanted, string action, params (string, string)[] fields)
    {
        (HttpStatusCode status, XElement answer) = await sandbox.Query(action, "2010-05-08", fields);
        Assert.True(status == wanted, $"{action}: {status} {answer}");
        return answer;
    }

    /// <summary>One whose manifest does not fit into what is left of a block.</summary>
    private static async Task<byte[]> LargeImage(RegistryClient client)
    {
        JsonObject manifest = JsonNode.Parse(await client.Image("two"))!.AsObject();
        manifest["annotations"] = new JsonObject { ["text"] = new string('x', 16 * 1024) };
        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    private static async Task Refused(TestSandbox sandbox, string operation, object input)
    {
        (string code, string message) = await sandbox.EcrError(operation, input);
        Assert.Equal("ServerException", code);
        Assert.Contains("full", message, StringComparison.Ordinal);
    }

    private void Mount()
    {
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _folder.FullName) != 0)
            Assert.Skip("A small disk can be mounted by root on Linux only.");
        _isMounted = true;
    }

    private void Fill()
    {
        using FileStream filler = new(Filler, FileMode.Create, FileAccess.Write, FileShare.Delete, bufferSize: 0);
        try
        {
            for (byte[] page = new byte[4096]; ;) filler.Write(page);
        }
        catch (IOException) { }   // full
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception) { return -1; }   // no such program
    }
}

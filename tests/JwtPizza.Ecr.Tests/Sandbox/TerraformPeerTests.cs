using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>
/// Terraform with AWS's provider, against a sandbox that is killed in between. The provider comes from where terraform's own
/// configuration says, or from a folder that mirrors it, which is found by its name.
/// </summary>
public sealed partial class TerraformPeerTests : IDisposable
{
    private const string Provider = "terraform-provider-aws", ConfigurationFile = "TF_CLI_CONFIG_FILE";
    private const string Changed = "mutability=IMMUTABLE";

    private static readonly string[] s_roots =
        ["/opt", "/usr/local/share/terraform", "/usr/share/terraform",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".terraform.d")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-terraform-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_resource_is_made_left_alone_changed_imported_and_taken_away_and_outlives_a_kill()
    {
        Assert.SkipUnless(await Peer.Succeeds("terraform", "-version"), "Terraform is not on this machine.");
        string state = Path.Combine(_folder.FullName, "sandbox");
        SandboxProcess sandbox = await SandboxProcess.Start("--state", state);
        try
        {
            string first = Folder("first", "terraform.tf");
            Dictionary<string, string> environment = EnvironmentOf(sandbox.Client);
            await Init(environment, first);
            await Terraform(environment, first, "apply", "-auto-approve");
            sandbox = await KillAndStart(sandbox, state);
            await Terraform(environment, first, "plan", "-detailed-exitcode");   // 2 would be a change
            await Terraform(environment, first, "apply", "-auto-approve", "-var", Changed);
            sandbox = await KillAndStart(sandbox, state);
            await Terraform(environment, first, "plan", "-detailed-exitcode", "-var", Changed);

            string second = Folder("second", "terraform.tf", "terraform-import.tf");
            await Init(environment, second);
            string[] variables = ["-var", Changed, "-var", $"key={KeyIn(first)}"];
            string imported = await Terraform(environment, second, ["apply", "-auto-approve", .. variables]);
            // changed: what only Terraform knows, as force_delete
            Assert.Matches(@"Resources: \d+ imported, 0 added, \d+ changed, 0 destroyed", imported);
            await Terraform(environment, second, ["plan", "-detailed-exitcode", .. variables]);
            await Terraform(environment, second, ["destroy", "-auto-approve", .. variables]);
            Assert.Empty((await sandbox.Client.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
        }
        finally { await sandbox.DisposeAsync(); }
    }

    private static async Task<SandboxProcess> KillAndStart(SandboxProcess sandbox, string state)
    {
        int port = new Uri(sandbox.Client.Info.EndpointUrl).Port;
        await sandbox.Kill();
        await sandbox.DisposeAsync();
        return await SandboxProcess.Start("--state", state, "--port", $"{port}");
    }

    private string Folder(string name, params string[] files)
    {
        string folder = _folder.CreateSubdirectory(name).FullName;
        foreach (string file in files)
            File.Copy(RepositoryRoot.File("tests", "JwtPizza.Ecr.Tests", "Sandbox", file), Path.Combine(folder, file));
        return folder;
    }

    private Dictionary<string, string> EnvironmentOf(TestSandbox sandbox)
    {
        Dictionary<string, string> environment = new(sandbox.Info.EnvironmentVariables)
        {
            ["CHECKPOINT_DISABLE"] = "1", ["AWS_EC2_METADATA_DISABLED"] = "true", ["NO_PROXY"] = "127.0.0.1,localhost",
            ["TF_IN_AUTOMATION"] = "1",
        };
        if (!File.Exists(Environment.GetEnvironmentVariable(ConfigurationFile)) && Mirror() is { } mirror)
        {
            environment[ConfigurationFile] = Path.Combine(_folder.FullName, "terraform.rc");
            File.WriteAllText(environment[ConfigurationFile],
                $"provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror.Replace('\\', '/')}\"\n  }}\n}}\n");
        }
        return environment;
    }

    private static async Task Init(Dictionary<string, string> environment, string folder)
    {
        (int exit, string output, string errors) = await Run(environment, folder, "init");
        Assert.SkipUnless(exit == 0, $"{Provider} cannot be had here: {(errors + output).Trim()}");
    }

    /// <summary>The folder of a mirror, above <c>HOST/NAMESPACE/TYPE</c>, that holds the provider.</summary>
    private static string? Mirror()
    {
        EnumerationOptions deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true };
        return s_roots.Where(Directory.Exists).SelectMany(r => Directory.EnumerateFiles(r, Provider + "*", deep))
            .Select(f => MirrorPattern().Match(f)).FirstOrDefault(m => m.Success)?.Groups["mirror"].Value;
    }

    private static string KeyIn(string folder) =>
        (string)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "terraform.tfstate")))!["resources"]!.AsArray()
            .Single(r => (string)r!["type"]! == "aws_iam_access_key")!["instances"]![0]!["attributes"]!["id"]!;

    private static async Task<string> Terraform(Dictionary<string, string> environment, string folder, params string[] arguments)
    {
        (int exit, string output, string errors) = await Run(environment, folder, arguments);
        Assert.True(exit == 0, $"terraform {string.Join(' ', arguments)}: {exit}\n{errors}\n{output}");
        return output;
    }

    private static Task<(int ExitCode, string Output, string Errors)> Run(
        Dictionary<string, string> environment, string folder, params string[] arguments) =>
        Peer.RunAsync("terraform", [$"-chdir={folder}", arguments[0], "-no-color", "-input=false", .. arguments[1..]], environment,
            TimeSpan.FromMinutes(10));

    [GeneratedRegex(@"^(?<mirror>.+)[\\/][^\\/]+[\\/]hashicorp[\\/]aws[\\/]")]
    private static partial Regex MirrorPattern();
}

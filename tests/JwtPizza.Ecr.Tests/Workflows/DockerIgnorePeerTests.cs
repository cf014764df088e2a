using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>Our reading of .dockerignore beside docker's own: what a real build finds in its context.</summary>
public sealed class DockerIgnorePeerTests
{
    private static readonly string[] s_files = ["a", "b.txt", "a.txt", "dir/a", "dir/b.txt", "dir/sub/a", "dir/sub/b.txt", "other/dir/a",
        "other/dir/c.log", "other/.hid", ".hid", "src/x[1].js"];

    private static readonly Gen<string> s_line = Gen.Elements(
        "a", "*.txt", "**/*.txt", "dir", "dir/", "/dir", "dir/*", "dir/**", "**/dir", "**", "*", "*/*", "other/d?r", "**/.hid", ".*",
        "[a-b]*", "[^a]*", "src/x\\[1\\].js", "**a", "dir/sub", "**/sub/**", "# a", "other/**/c.log")
        .Zip(Gen.Elements("", "!")).Select(t => t.Item2 + t.Item1);

    [Fact(Timeout = 300_000)]
    public async Task What_we_leave_out_is_what_docker_leaves_out()
    {
        Assert.SkipUnless(await Peer.Succeeds("docker", "buildx", "version") && await Peer.Succeeds("docker", "version"),
            "There is no docker with buildx on this machine.");
        string folder = Directory.CreateTempSubdirectory("pizza-test-").FullName;
        try
        {
            foreach (string file in s_files.Append("Dockerfile"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
                await File.WriteAllTextAsync(Path.Combine(folder, file), "FROM scratch\nCOPY . /\n", TestContext.Current.CancellationToken);
            }
            foreach (IList<string> lines in Gen.Sample(s_line.NonEmptyListOf(), 12, 20)) await Compare(folder, string.Join('\n', lines));
            await Compare(folder, "dir/sub/a\n!dir");
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task Compare(string folder, string ignore)
    {
        // The Dockerfile is left out too, so that it is not counted, and the file itself; both come after the lines in question.
        await File.WriteAllTextAsync(Path.Combine(folder, ".dockerignore"), $"{ignore}\nDockerfile\n.dockerignore\n",
            TestContext.Current.CancellationToken);
        string made = Directory.CreateTempSubdirectory("pizza-test-").FullName;
        try
        {
            (int exit, _,
                string errors) = await Peer.RunAsync("docker",
                    ["buildx", "build", "--quiet", "--output", $"type=local,dest={made}", folder], new Dictionary<string, string>());
            string[] ours = [.. s_files.Where(f => DockerIgnore.Parse(ignore).RuleFor(f) is null).Order(StringComparer.Ordinal)];
            Assert.True(exit == 0, $"{ignore}: {errors}");
            string[] theirs =
                [.. Directory.EnumerateFiles(made, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                    .Select(f => Path.GetRelativePath(made, f)).Order(StringComparer.Ordinal)];
            Assert.True(theirs.SequenceEqual(ours),
                $"{ignore.ReplaceLineEndings(" | ")}: docker takes {string.Join(' ', theirs)}; we take {string.Join(' ', ours)}");
        }
        finally { Directory.Delete(made, recursive: true); }
    }
}

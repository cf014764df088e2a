using System.Diagnostics;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Programs;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Docker;

public sealed class DockerProgramTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Arguments_arrive_one_by_one_whatever_they_hold()
    {
        using FakeDocker fake = new("for a in \"$@\"; do printf '[%s]' \"$a\"; done");
        ProgramExit exit = await fake.Docker.RunAsync(new(["a b", "", "\"q\"", "$HOME;`id`", "-", "käse", "line\nbreak", "*"]), Token);
        Assert.Equal("[a b][][\"q\"][$HOME;`id`][-][käse][line\nbreak][*]", exit.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task Both_streams_are_drained_from_the_start()
    {
        using FakeDocker fake = new("""
            i=0; while [ $i -lt 3000 ]; do echo "out $i 0123456789012345678901234567890123456789"; echo "err $i 0123456789012345678901234567890123456789" >&2; i=$((i+1)); done
            exit 3
            """);
        List<string> lines = [];
        ProgramExit exit = await fake.Docker.RunAsync(new([]) { OnErrorLine = lines.Add }, Token);
        Assert.Equal((3, 3000, 3000), (exit.Code, lines.Count, exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.StartsWith("err 2999 ", lines[^1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Text_for_its_input_arrives_without_a_mark_or_a_newline_and_then_the_input_ends()
    {
        using FakeDocker fake = new("od -An -c | tr -d ' \\n'");
        Assert.Equal("s3cret", (await fake.Docker.RunAsync(new([]) { StandardInput = "s3cret".AsMemory() }, Token)).Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_does_not_read_its_input_is_no_error()
    {
        using FakeDocker fake = new("exec 0<&-; exit 7");
        Assert.Equal(7, (await fake.Docker.RunAsync(new([]) { StandardInput = new string('x', 1_000_000).AsMemory() }, Token)).Code);
    }

    [Fact(Timeout = 30_000)]
    public async Task Variables_are_set_and_taken_away_for_the_child_only()
    {
        using FakeDocker fake = new("echo \"$PIZZA_TEST_SET|${PATH-unset}|${HOME:-unset}\"");
        ProgramExit exit = await fake.Docker.RunAsync(
            new([]) { Environment = new Dictionary<string, string?> { ["PIZZA_TEST_SET"] = "yes", ["HOME"] = null } }, Token);
        Assert.StartsWith("yes|", exit.Output, StringComparison.Ordinal);
        Assert.EndsWith("|unset\n", exit.Output, StringComparison.Ordinal);
        Assert.Null(Environment.GetEnvironmentVariable("PIZZA_TEST_SET"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_the_whole_tree_at_once_even_when_it_ignores_signals()
    {
        using FakeDocker fake = new("""
            trap '' INT TERM HUP
            sh -c 'trap "" INT TERM HUP; echo $$ > "$0/child"; while :; do sleep 3600; done' "$here" &
            wait
            """);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<ProgramExit> running = fake.Docker.RunAsync(new([]), cancel.Token);
        int child = int.Parse(await fake.WaitForAsync("child"), System.Globalization.CultureInfo.InvariantCulture);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(HasEnded(child), "the child is still there");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_listener_that_throws_ends_the_program()
    {
        using FakeDocker fake = new("echo $$ > \"$here/pid\"; echo line >&2; exec sleep 3600");
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            fake.Docker.RunAsync(new([]) { OnErrorLine = _ => throw new InvalidOperationException("no") }, Token));
        Assert.True(HasEnded(int.Parse(fake.Read("pid").Trim(), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_is_not_there_is_an_error_that_says_what_to_install()
    {
        DockerProgram docker = new(path: null, searchPath: Path.GetTempPath());
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => docker.RunAsync(new(["version"]), Token));
        Assert.Equal(("DockerNotFound", PizzaErrorKind.NotFound), (e.ErrorId, e.Kind));
        Assert.Contains("Push-PizzaImage", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_program_is_found_on_the_PATH_and_must_be_executable()
    {
        using FakeDocker fake = new("echo found");
        string other = Directory.CreateDirectory(Path.Combine(fake.Folder, "other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(other, "docker"), "not a program", Token);
        DockerProgram docker = new(path: null, searchPath: string.Join(Path.PathSeparator, "relative", other, fake.Folder));
        Assert.Equal("found\n", (await docker.RunAsync(new([]), Token)).Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_is_no_program_is_an_error_that_names_it()
    {
        using FakeDocker fake = new("");
        string file = fake.Write("broken", "\0\0");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => new DockerProgram(file).RunAsync(new([]), Token));
        Assert.Equal("DockerNotStartable", e.ErrorId);
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
    }

    // A killed orphan may wait for a parent to collect it: a zombie has ended too.
    private static bool HasEnded(int id)
    {
        string stat = $"/proc/{id}/stat";
        return SpinWait.SpinUntil(() => Ended(), Hang.Limit);

        bool Ended()
        {
            try { return File.Exists(stat) ? File.ReadAllText(stat).Split(") ")[^1].StartsWith('Z') : !IsRunning(id); }
            catch (IOException) { return true; }
        }
    }

    private static bool IsRunning(int id)
    {
        try { return !Process.GetProcessById(id).HasExited; }
        catch (ArgumentException) { return false; }
    }
}

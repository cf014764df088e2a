using System.Runtime.CompilerServices;
using System.Text;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Tests.Docker;

/// <summary>The samples are recorded from buildx 0.13.1, with records over many lines: <c>classic-*</c> on Engine 20.10,
/// <c>containerd-*</c> on 26.1 with the containerd image store.</summary>
public sealed class BuildxProgressTests
{
    private sealed class Ear : IProgress<BuildProgress>
    {
        public List<BuildProgress> Progress { get; } = [];
        public List<string> Verbose { get; } = [];
        public List<string> Warnings { get; } = [];
        public BuildListener Listener => new() { Progress = this, Verbose = Verbose.Add, Warning = Warnings.Add };
        public void Report(BuildProgress value) => Progress.Add(value);
    }

    [Fact]
    public void A_push_on_the_classic_store_is_read_from_its_indented_records()
    {
        (BuildxProgress progress, Ear ear) = Play(Sample("classic-push"));
        Assert.Null(progress.Failed);
        Assert.Equal("", progress.ErrorText);
        Assert.Equal(["127.0.0.1:5000/p:a", "127.0.0.1:5000/p:b"], progress.Pushed.Order());
        Assert.Contains("[1/2] COPY busybox /bin/busybox (cached)", ear.Verbose);
        Assert.Contains(ear.Progress, p => p.Step == "pushing 127.0.0.1:5000/p:a with docker");
        Assert.DoesNotContain(ear.Progress, p => p.Step.StartsWith("[internal]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("classic-push")]
    [InlineData("classic-step-failed")]
    [InlineData("classic-registry-gone")]
    [InlineData("containerd-push")]
    [InlineData("containerd-step-failed")]
    public void The_share_never_goes_back_and_never_leaves_0_to_99(string sample)
    {
        (_, Ear ear) = Play(Sample(sample));
        int[] percents = [.. ear.Progress.Select(p => p.Percent)];
        Assert.NotEmpty(percents);
        Assert.Equal(percents.Order(), percents);
        Assert.All(percents, p => Assert.InRange(p, 0, 99));
    }

    [Fact]
    public void A_push_on_the_containerd_store_tells_its_manifest()
    {
        (BuildxProgress progress, Ear ear) = Play(Sample("containerd-push"));
        Assert.Null(progress.Failed);
        Assert.Equal("sha256:ffab7e652bf52e5bce84efb8bf78e6aad1a7b6c596e9c23221c8b6244a32e2f7", progress.LastManifest);
        Assert.Contains(ear.Progress, p => p.Step == "exporting to image");
    }

    [Fact]
    public void The_containerd_store_points_at_the_line_that_failed()
    {
        (BuildxProgress progress, _) = Play(Sample("containerd-step-failed"));
        Assert.StartsWith("Dockerfile:4\n", progress.Excerpt, StringComparison.Ordinal);
        Assert.Contains(">>> RUN for i in 1 2 3", progress.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_step_is_known_with_the_last_lines_of_both_its_streams()
    {
        (BuildxProgress progress, Ear ear) = Play(Sample("classic-step-failed"));
        Assert.StartsWith("[2/2] RUN for i in 1 2 3", progress.Failed!.Name, StringComparison.Ordinal);
        Assert.EndsWith("exit code: 42", progress.Failed.Error, StringComparison.Ordinal);
        Assert.Equal(["line 1", "line 2", "line 3", "no newline", "problem"], progress.Failed.LastLines.Order());
        Assert.StartsWith("ERROR: failed to solve: executor failed running", progress.ErrorText, StringComparison.Ordinal);
        Assert.Contains("    line 2", ear.Verbose);
    }

    [Fact]
    public void Only_the_last_twenty_lines_of_a_step_are_kept()
    {
        string log = string.Concat(Enumerable.Range(1, 50).Select(i => $"line {i}\n"));
        (BuildxProgress progress, _) = Play(Vertex("a", "RUN x"), Log("a", log), Vertex("a", "RUN x", error: "exit code: 1"));
        Assert.Equal(Enumerable.Range(31, 20).Select(i => $"line {i}"), progress.Failed!.LastLines);
    }

    [Fact]
    public void A_line_that_comes_in_pieces_is_put_together_also_in_the_middle_of_a_character()
    {
        byte[] whole = Encoding.UTF8.GetBytes("käse\n");
        (_, Ear ear) = Play(Vertex("a", "RUN x"), Log("a", whole[..2]), Log("a", whole[2..]),
            Log("a", "progress 1\rprogress 2\r\n\u001b[31mred\u001b[0m\n"));
        Assert.Equal(["RUN x", "    käse", "    progress 2", "    red"], ear.Verbose);
    }

    [Fact]
    public void Records_of_one_line_and_of_many_are_read_alike()
    {
        string one = Vertex("a", "[1/2] RUN x");
        string many =
            "{\n  \"vertexes\": [\n    {\n      \"digest\": \"b\",\n      \"name\": \"[2/2] RUN y\",\n      \"started\": " +
            "\"2026-11-21T20:46:02Z\"\n    }\n  ]\n}";
        (_, Ear ear) = Play([one, .. many.Split('\n')]);
        Assert.Equal(["[1/2] RUN x", "[2/2] RUN y"], ear.Verbose);
    }

    [Fact]
    public void An_error_is_all_from_its_first_line_to_the_end_and_what_stood_before_is_no_part_of_it()
    {
        (BuildxProgress progress, _) =
            Play("WARNING: something", "Dockerfile:4", "--------------------", "   4 | >>> RUN exit 42", "--------------------",
            "ERROR: Multi-platform build is not supported for the docker driver.", "Switch to a different driver", "{ not json }");
        Assert.Equal("ERROR: Multi-platform build is not supported for the docker driver.\nSwitch to a different driver\n{ not json }",
            progress.ErrorText);
        Assert.StartsWith("Dockerfile:4", progress.Excerpt, StringComparison.Ordinal);
        Assert.Contains(">>> RUN exit 42", progress.Excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_without_the_word_ERROR_is_the_error_too() =>
        Assert.Equal("unknown flag: --platform\nSee 'docker --help'.",
            Play("unknown flag: --platform", "See 'docker --help'.").Progress.ErrorText);

    [Fact]
    public void A_record_that_is_cut_off_is_kept_as_text() =>
        Assert.Equal("{\n  \"vertexes\": [", Play("{", "  \"vertexes\": [").Progress.ErrorText);

    [Fact]
    public void The_first_real_failure_counts_and_not_the_steps_it_cancelled()
    {
        (BuildxProgress progress,
            _) = Play(Vertex("a", "RUN other", error: "process did not complete: context canceled"),
                Vertex("b", "RUN bad", error: "exit code: 1"));
        Assert.Equal("RUN bad", progress.Failed!.Name);
    }

    [Fact]
    public void A_step_that_starts_again_after_its_end_stays_ended()
    {
        (_, Ear ear) = Play(Vertex("a", "[1/1] RUN x", completed: true), Vertex("a", "[1/1] RUN x"));
        Assert.Equal(99, ear.Progress[^1].Percent);
    }

    [Fact]
    public void A_finding_of_the_linter_is_one_warning_with_its_line()
    {
        string record =
            $$"""{"warnings":[{"vertex":"a","level":1,"short":"{{Base64("FromAsCasing: 'as' and 'FROM' keywords' casing do not match")}}","detail":["{{Base64("d")}}"],"url":"https://docs.docker.com/go/x","sourceInfo":{"filename":"Dockerfile"},"range":[{"start":{"line":4},"end":{"line":4} }]}]}""";
        (_, Ear ear) = Play(record, record);
        Assert.Equal(["FromAsCasing: 'as' and 'FROM' keywords' casing do not match (Dockerfile, line 4) See https://docs.docker.com/go/x"],
            ear.Warnings);
    }

    [Fact]
    public void A_layer_that_is_sent_moves_the_share_and_more_than_all_of_it_is_all()
    {
        (_, Ear ear) = Play(Vertex("p", "pushing x with docker"), Vertex("a", "done", completed: true),
            """{"statuses":[{"id":"l","vertex":"p","current":50,"total":100}]}""",
            """{"statuses":[{"id":"l","vertex":"p","current":4096,"total":8}]}""");
        Assert.Equal([50, 75, 99], ear.Progress.Select(p => p.Percent).Where(p => p > 0));
    }

    private static string Vertex(string digest, string name, bool completed = false, string? error = null) =>
        $$"""{"vertexes":[{"digest":"{{digest}}","name":"{{name}}","started":"2026-11-21T20:46:02Z"{{(completed || error is not null ? ",\"completed\":\"2026-11-21T20:46:03Z\"" : "")}}{{(error is null ? "" : $",\"error\":\"{error}\"")}}}]}""";

    private static string Log(string vertex, string text) => Log(vertex, Encoding.UTF8.GetBytes(text));

    private static string Log(string vertex, byte[] data) =>
        $$"""{"logs":[{"vertex":"{{vertex}}","stream":1,"data":"{{Convert.ToBase64String(data)}}","timestamp":"2026-11-21T20:46:02Z"}]}""";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static (BuildxProgress Progress, Ear Ear) Play(params IEnumerable<string> lines)
    {
        Ear ear = new();
        BuildxProgress progress = new(ear.Listener);
        foreach (string line in lines) progress.Take(line);
        progress.End();
        return (progress, ear);
    }

    internal static string[] Sample(string name, [CallerFilePath] string here = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(here)!, "Samples", name + ".txt"));
}

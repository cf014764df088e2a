using System.Text;
using YamlDotNet.RepresentationModel;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class WorkflowExtensionTests
{
    [Fact]
    public void The_workflow_of_the_course_gets_two_steps_and_a_job_and_keeps_every_line()
    {
        string after = Extend(Course);
        Assert.StartsWith(Course.TrimEnd(), after, StringComparison.Ordinal);
        Assert.Equal(["step 'Create dist' of the job 'build'", "step 'Update distribution artifact' of the job 'build'", "job 'deploy'"],
            Added(Course));
        YamlNode jobs = Parse(after)["jobs"];
        Assert.Equal(["Checkout repo", "Write config file", "set version", "Create dist", "Update distribution artifact"],
            ((YamlSequenceNode)jobs["build"]["steps"]).Select(s => s["name"].ToString()));
        Assert.Equal("${{ needs.build.outputs.version }}", jobs["deploy"]["env"]["version"].ToString());
        Assert.Contains("\n\n      - name: Create dist\n        run: |\n          mkdir dist\n", after, StringComparison.Ordinal);
        Assert.Contains("\n\n  deploy:\n    name: Deploy\n", after, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_time_nothing_is_added()
    {
        Assert.Empty(Added(Extend(Course)));
        Assert.Equal(Extend(Course), Extend(Extend(Course)));
    }

    [Fact]
    public void What_is_there_in_other_words_is_there()
    {
        string other = Extend(Course).Replace("name: Deploy", "\"name\": 'Deploy' # ours", StringComparison.Ordinal)
            .Replace("      id-token: write", "      { id-token: write }", StringComparison.Ordinal);
        Assert.Empty(Added(other));
    }

    [Fact]
    public void Only_what_is_missing_is_added()
    {
        string after = Extend(Course);
        Assert.Equal(["job 'deploy'"], Added(after[..after.IndexOf("\n  deploy:", StringComparison.Ordinal)]));
        Assert.Empty(Added(after, Options() with { JobName = "push" }));
        Assert.Equal(["job 'push'"], Added(after, Options("another") with { JobName = "push" }));
    }

    [Theory]
    [InlineData("\r\n", true, true)]
    [InlineData("\r\n", false, false)]
    [InlineData("\n", true, false)]
    [InlineData("\r", false, true)]
    public void Line_breaks_mark_and_end_of_the_file_are_taken_over(string newline, bool mark, bool atEnd)
    {
        string text = (atEnd ? Course : Course.TrimEnd()).Replace("\n", newline, StringComparison.Ordinal);
        byte[] after = Extend([.. mark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)]);
        Assert.Equal(mark, after.AsSpan().StartsWith(Encoding.UTF8.Preamble));
        string back = Encoding.UTF8.GetString(after, mark ? 3 : 0, after.Length - (mark ? 3 : 0));
        Assert.Equal(Extend(atEnd ? Course : Course.TrimEnd()), back.Replace(newline, "\n", StringComparison.Ordinal));
        Assert.Equal(newline != "\n" ? 0 : back.Count(c => c == '\n'),
            back.Replace("\r\n", "", StringComparison.Ordinal).Count(c => c == '\n'));
        Assert.Equal(atEnd, back.EndsWith(newline, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("jobs:\n    build:\n        steps:\n            - run: x\n",
        "\n            - name: Create dist\n              run: |\n                  mkdir dist\n", "\n    deploy:\n        name: Deploy\n")]
    [InlineData("jobs:\n  build:\n    steps:\n    - run: x\n", "\n    - name: Create dist\n      run: |\n        mkdir dist\n",
        "\n  deploy:\n    name: Deploy\n")]
    [InlineData("jobs:\n  build:\n    steps:\n    -   run: x\n", "\n    -   name: Create dist\n        run: |\n          mkdir dist\n",
        "\n  deploy:\n    name: Deploy\n")]
    [InlineData("jobs:\n build:\n  steps:\n   - run: x\n   - run: y\n", "y\n   - name: Create dist\n     run: |\n      mkdir dist\n",
        "\n deploy:\n  name: Deploy\n")]
    [InlineData("jobs:\n  a:\n    uses: x\n  build:\n    steps:\n      -\n        run: x\n", "\n      - name: Create dist\n",
        "dist/\n  deploy:\n")]
    public void The_layout_of_the_file_is_followed(string text, string step, string job)
    {
        string after = Extend(text);
        Assert.Contains(step, after, StringComparison.Ordinal);
        Assert.Contains(job, after, StringComparison.Ordinal);
        Assert.Empty(Added(after));
    }

    [Fact]
    public void Comments_stay_where_they_belong()
    {
        const string text = """
            jobs:
              build:
                steps:
                  - run: |
                      x
                      # of the script

                  # - run: of the steps
                # of the job

              # of the next job
              other:
                runs-on: x # of the line
              # of the jobs
            # of the file
            env:
              A: b
            """;
        string[] after = Extend(text).Split('\n');
        Assert.Equal("      # - run: of the steps",
            after[Array.FindIndex(after, l => l.Contains("Create dist", StringComparison.Ordinal)) - 2]);
        Assert.Equal("    # of the job", after[Array.FindIndex(after, l => l.Contains("path: dist/", StringComparison.Ordinal)) + 1]);
        Assert.Equal("  # of the jobs", after[Array.IndexOf(after, "  deploy:") - 2]);
        Assert.Equal("# of the file", after[^3]);
    }

    [Theory]
    [InlineData("      - run: |+\n          x\n\n\n")]
    [InlineData("      - run: >-\n          x\n            # y\n\n")]
    [InlineData("      - run: |2\n            x\n")]
    [InlineData("      - run: plain\n          on two lines\n\n")]
    [InlineData("      - run: \"quoted\n          on two lines\" # c\n")]
    [InlineData("      - { run: x,\n          name: y\n        }\n")]
    [InlineData("      - run: x\n        env:\n")]
    [InlineData("      - run: x\n        with: [a,\n          b]\n")]
    [InlineData("      - *a\n")]
    public void The_last_step_may_end_in_any_way(string step)
    {
        foreach (string rest in new[] { "", "  other:\n    runs-on: x\n", "# c\n", "...\n" })
        {
            string text = $"x: &a\n  run: y\njobs:\n  build:\n    steps:\n{step}{rest}";
            string after = Extend(text);
            Assert.True(Holds(after, text), after);
            YamlSequenceNode steps = (YamlSequenceNode)Parse(after)["jobs"]["build"]["steps"];
            Assert.Equal(((YamlSequenceNode)Parse(text)["jobs"]["build"]["steps"])[0], steps[0]);
            Assert.Equal(3, steps.Count());
        }
    }

    [Theory]
    [InlineData("jobs:\n\tbuild: 1\n", "WorkflowNotYaml", "line 2: a tab indents it")]
    [InlineData("jobs:\n  build:\n  - x\n y: 1\n", "WorkflowNotYaml", "line 4")]
    [InlineData("a: 1\nb: [\n", "WorkflowNotYaml", "line 3")]
    [InlineData("jobs:\n  build:\n  build:\n", "WorkflowNotYaml", "line 3: the key 'build' appears twice")]
    [InlineData("a: *b\n", "WorkflowNotYaml", "no anchor &b before it")]
    [InlineData("a: 1\n---\nb: 2\n", "WorkflowNotYaml", "a second document begins there")]
    [InlineData("just text\n", "WorkflowWithoutJobs", "no 'jobs'")]
    [InlineData("on: push\n", "WorkflowWithoutJobs", "no 'jobs'")]
    [InlineData("on:\n  push:\n  jobs:\n    build:\n", "WorkflowWithoutJobs", "(line 3): its 'jobs' are within 'on'")]
    [InlineData("jobs:\n", "WorkflowWithoutJobs", "not a map of jobs")]
    [InlineData("jobs:\n  test:\n    steps: []\n  lint: {}\n", "WorkflowWithoutJob",
        "no job 'build' but 'test', 'lint'. Name the job that builds with -BuildJobName")]
    [InlineData("jobs:\n  build:\n    uses: x/y@v1\n", "WorkflowNotExtensible", "the job 'build' has no steps")]
    [InlineData("jobs: { build: { steps: [] } }\n", "WorkflowNotExtensible", "jobs is written in brackets")]
    [InlineData("jobs:\n  build: { steps: [] }\n", "WorkflowNotExtensible", "the job 'build' is written in brackets")]
    [InlineData("jobs:\n  build:\n    steps: [ { run: x } ]\n", "WorkflowNotExtensible",
        "the steps of the job 'build' is written in brackets")]
    [InlineData("jobs:\n  a:\n    steps: &s\n      - run: x\n  build:\n    steps: *s\n", "WorkflowNotExtensible", "the alias *s")]
    [InlineData("jobs:\n  build:\n    steps: &s\n      - run: x\n  a:\n    steps: *s\n", "WorkflowNotExtensible",
        "shared by the anchor &s")]
    [InlineData("jobs:\n  build: &b\n    steps:\n      - run: x\n  a: *b\n", "WorkflowNotExtensible", "shared by the anchor &b")]
    public void What_cannot_be_extended_is_refused_by_name(string text, string id, string says)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Extend(text));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Contains("othing was changed", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, "UTF-16")]
    [InlineData(new byte[] { 0x61, 0xE9, 0x0A }, "not in UTF-8")]
    public void Another_encoding_is_refused_by_name(byte[] content, string says)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Extend(content));
        Assert.Equal("WorkflowNotUtf8", e.ErrorId);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_elsewhere_do_no_harm()
    {
        const string text = "env: &e\n  A: b\njobs:\n  build: &b\n    env: *e\n    steps:\n      - &s\n        run: x\n      - *s\n";
        Assert.Equal(3, Added(text).Count);
        Assert.True(Holds(Extend(text), text));
    }

    [Fact]
    public void Without_an_output_version_the_new_job_asks_for_none() =>
        Assert.DoesNotContain("needs.build.outputs", Extend("jobs:\n  build:\n    steps:\n      - run: x\n"), StringComparison.Ordinal);
}

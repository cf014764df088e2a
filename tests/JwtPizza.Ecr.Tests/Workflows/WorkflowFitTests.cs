using YamlDotNet.RepresentationModel;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>How the new steps fit into a workflow that is there.</summary>
public sealed class WorkflowFitTests
{
    private const string Plain =
        "on:\n  push:\n    branches: [main]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: " +
        "actions/checkout@v4\n      - run: npm ci && npm test\n";

    [Fact]
    public void One_leg_of_a_matrix_keeps_the_artifact()
    {
        YamlNode[] steps = BuildSteps(
            Plain.Replace("    steps:", "    strategy:\n      matrix:\n        node: [20, 22]\n    steps:", StringComparison.Ordinal));
        Assert.Equal(["strategy.job-index == 0", "strategy.job-index == 0"], steps[^2..].Select(s => s["if"].ToString()));
        Assert.All(BuildSteps(Plain), s => Assert.DoesNotContain("if", Keys(s)));
    }

    [Fact]
    public void An_artifact_name_that_another_job_uses_is_not_used_again()
    {
        const string other =
            "  compile:\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n      - uses: " +
            "actions/upload-artifact@v4\n        with:\n          name: package\n          path: out/\n";
        string after = Extend(Plain + other);
        Assert.Equal("image-package", BuildSteps(Plain + other)[^1]["with"]["name"].ToString());
        Assert.Equal("image-package", ((YamlSequenceNode)Job(after, "deploy")["steps"])[0]["with"]["name"].ToString());
        Assert.Empty(Added(after));
        Assert.Equal("package", BuildSteps(Plain)[^1]["with"]["name"].ToString());
    }

    [Fact]
    public void The_new_job_waits_for_every_job_that_does_not_come_after_it()
    {
        string text = Plain
            + "  test:\n    needs: build\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n  announce:\n    needs: " +
                "[deploy]\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n  last:\n    needs: announce\n    runs-on: " +
                "ubuntu-latest\n    steps:\n      - run: x\n";
        YamlNode deploy = Job(Extend(text), "deploy");
        Assert.Equal(["build", "test"], ((YamlSequenceNode)deploy["needs"]).Select(n => n.ToString()));
        Assert.Equal("github.ref == 'refs/heads/main'", deploy["if"].ToString());
        Assert.Equal("build", Job(Extend(Plain), "deploy")["needs"].ToString());
    }

    [Fact]
    public void A_job_that_is_skipped_does_not_skip_the_new_one()
    {
        string text =
            Plain + "  lint:\n    if: github.event_name == 'pull_request'\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n";
        Assert.Equal("github.ref == 'refs/heads/main' && !failure() && !cancelled() && needs.build.result == 'success'",
            Job(Extend(text), "deploy")["if"].ToString());
    }

    [Theory]
    [InlineData("defaults:\n  run:\n    working-directory: api\n", "")]
    [InlineData("", "    defaults:\n      run:\n        working-directory: ./api/\n")]
    public void A_default_folder_is_the_project_and_the_artifact_comes_from_there(string root, string job)
    {
        string text = root + Plain.Replace("    steps:", job + "    steps:", StringComparison.Ordinal), after = Extend(text);
        YamlNode[] steps = BuildSteps(text);
        Assert.EndsWith("api/dist/", steps[^1]["with"]["path"].ToString(), StringComparison.Ordinal);
        Assert.Contains("api", steps[^2]["working-directory"].ToString(), StringComparison.Ordinal);
        YamlNode[] scripts = [.. ((YamlSequenceNode)Job(after, "deploy")["steps"]).Where(s => Keys(s).Contains("run"))];
        Assert.All(scripts, s => Assert.Equal(root.Length > 0, Keys(s).Contains("working-directory")));
        Assert.All(scripts.Where(s => Keys(s).Contains("working-directory")), s => Assert.Equal(".", s["working-directory"].ToString()));
        Assert.Empty(Added(after));
    }

    [Theory]
    [InlineData("windows-latest", "", "bash")]
    [InlineData("${{ matrix.os }}", "", "bash")]
    [InlineData("ubuntu-24.04-arm", "", null)]
    [InlineData("[self-hosted, linux]", "", null)]
    [InlineData("ubuntu-latest", "    defaults:\n      run:\n        shell: pwsh\n", "bash")]
    [InlineData("ubuntu-latest", "    container: alpine\n    defaults:\n      run:\n        shell: ash {0}\n", "sh")]
    [InlineData("ubuntu-latest", "    container: alpine\n", null)]
    public void A_script_says_its_shell_where_the_runners_own_is_another(string runner, string more, string? shell)
    {
        YamlNode step =
            BuildSteps(
                Plain.Replace("ubuntu-latest", runner, StringComparison.Ordinal)
                    .Replace("    steps:", more + "    steps:", StringComparison.Ordinal))[^2];
        Assert.Equal(shell, Keys(step).Contains("shell") ? step["shell"].ToString() : null);
    }

    [Theory]
    [InlineData("on:\n  workflow_call:\n    secrets:\n      NPM_TOKEN:\n        required: true\n")]
    [InlineData("on:\n  workflow_call:\n    inputs:\n      x:\n        type: string\n  push:\n")]
    [InlineData("on:\n  workflow_call:\n  push:\n")]
    [InlineData("on:\n    push:\n    workflow_call:\n")]
    public void Secrets_of_a_workflow_that_others_call_are_declared(string on)
    {
        string text = on + Plain[Plain.IndexOf("jobs:", StringComparison.Ordinal)..], after = Extend(text);
        string[] declared = [.. ((YamlMappingNode)Parse(after)["on"]["workflow_call"]["secrets"]).Children.Keys.Select(k => k.ToString())];
        Assert.Equal(["AWS_ACCOUNT", "CI_IAM_ROLE", "DB_HOSTNAME", "DB_PASSWORD", "DB_USERNAME"], declared.Where(d => d != "NPM_TOKEN"));
        Assert.True(Holds(after, text), after);
        Assert.Empty(Added(after));
        Assert.Contains(Warnings(text), w => w.Contains("id-token: write", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("on: workflow_call\n")]
    [InlineData("on: [push, workflow_call]\n")]
    [InlineData("on: { workflow_call: { inputs: { } } }\n")]
    public void Where_they_cannot_be_declared_line_by_line_the_user_is_told(string on)
    {
        string text = on + Plain[Plain.IndexOf("jobs:", StringComparison.Ordinal)..];
        Assert.Contains(Warnings(text),
            w => w.Contains("secrets: inherit", StringComparison.Ordinal) && w.Contains("line 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("npm run build")]
    [InlineData("mkdir dist && cp -r public/* dist")]
    [InlineData("npx tsc -p .")]
    public void A_build_that_may_make_a_dist_leaves_ours_its_own_folder(string build)
    {
        string text = Plain.Replace("npm test", build, StringComparison.Ordinal);
        YamlNode[] steps = BuildSteps(text);
        Assert.Equal("mkdir image-dist\ncp -r Dockerfile src/* *.json image-dist\n", steps[^2]["run"].ToString());
        Assert.Equal("image-dist/", steps[^1]["with"]["path"].ToString());
        Assert.Empty(Added(Extend(text)));
        Assert.Equal("image-dist/",
            BuildSteps(Plain, Options() with
            {
                Include = [DistInclude.Parse("Dockerfile"), DistInclude.Parse("dist/*")], Replace = [],
            })[^1]["with"]["path"].ToString());
    }

    [Theory]
    [InlineData("push:\n    branches: [master]", "main", "-Branch master")]
    [InlineData("push:\n    branches: ['release/*', '!release/1']", "release/1", "release/1")]
    [InlineData("push:\n    branches-ignore: [main]", "main", "branches-ignore: main")]
    [InlineData("push:\n    tags: ['v*']", "main", "tags: v*")]
    [InlineData("pull_request:", "main", "pull_request")]
    public void A_branch_that_no_event_reaches_is_told_of(string on, string branch, string says)
    {
        string text = $"on:\n  {on}\n" + Plain[Plain.IndexOf("jobs:", StringComparison.Ordinal)..];
        Assert.Contains(says, Assert.Single(Warnings(text, Options() with { Branch = branch })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("push:\n    branches: ['**']", "a/b")]
    [InlineData("push:\n    branches: ['release/**']", "release/a/b")]
    [InlineData("push:\n    branches: ['v[0-9]+.x', '!v1.x', 'v1.x']", "v1.x")]
    [InlineData("push:\n    branches-ignore: ['wip/*']", "main")]
    [InlineData("push:\n    branches: [main]\n    tags: ['v*']", "main")]
    [InlineData("push:", "main")]
    [InlineData("workflow_dispatch:", "main")]
    public void A_branch_that_an_event_reaches_is_not(string on, string branch) =>
        Assert.Empty(
            Warnings($"on:\n  {on}\n" + Plain[Plain.IndexOf("jobs:", StringComparison.Ordinal)..], Options() with { Branch = branch }));

    [Fact]
    public void A_job_without_the_repository_is_told_of() =>
        Assert.Contains("(line 5) does not fetch the repository",
            Assert.Single(Warnings(Plain.Replace("      - uses: actions/checkout@v4\n", "", StringComparison.Ordinal))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("# name: CI\n# on: push\n\n#   more\n")]
    [InlineData("# name: CI")]
    public void A_file_that_is_commented_out_gets_a_whole_workflow_and_keeps_its_comments(string text)
    {
        string after = Extend(text);
        Assert.StartsWith(text.TrimEnd(), after, StringComparison.Ordinal);
        Assert.Equal(["build", "deploy"], ((YamlMappingNode)Parse(after)["jobs"]).Children.Keys.Select(k => k.ToString()));
        Assert.Empty(Added(after));
    }

    private static YamlNode Job(string text, string name) => Parse(text)["jobs"][name];

    private static YamlNode[] BuildSteps(string text, WorkflowOptions? options = null) =>
        [.. (YamlSequenceNode)Job(Extend(text, options), "build")["steps"]];

    private static string[] Keys(YamlNode map) => [.. ((YamlMappingNode)map).Children.Keys.Select(k => k.ToString())];
}

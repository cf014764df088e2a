using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class ProjectTestsTests
{
    [Theory]
    [InlineData("{ \"scripts\": { \"test\": \"jest\" } }", "package-lock.json", "npm ci", "npm test")]
    [InlineData("{ \"scripts\": { \"test\": \"jest\" } }", "", "npm install", "npm test")]
    [InlineData("{ \"scripts\": { \"test\": \"jest\" } }", "yarn.lock", "yarn install --frozen-lockfile", "yarn test")]
    [InlineData("{ \"scripts\": { \"test\": \"jest\" } }", "pnpm-lock.yaml", "corepack enable && pnpm install --frozen-lockfile",
        "pnpm test")]
    public void The_lock_file_says_what_runs_the_tests(string package, string file, string install, string run) =>
        Assert.Equal(new ProjectTests(install, run), ProjectTests.Of(package, name => name == file));

    [Theory]
    [InlineData("{}")]
    [InlineData("{ \"scripts\": { \"test\": \"echo \\\"Error: no test specified\\\" && exit 1\" } }")]
    [InlineData("{ \"scripts\": { \"test\": 1 } }")]
    [InlineData("{ \"scripts\": [] }")]
    [InlineData("not JSON")]
    public void A_project_without_tests_has_none(string package) => Assert.Null(ProjectTests.Of(package, _ => true));

    [Fact]
    public void A_new_build_job_runs_them_before_it_makes_the_distribution()
    {
        WorkflowOptions options = Options();
        string text = string.Join('\n', WorkflowParts.Of(options, WorkflowSetting.Own(options, new("npm ci", "npm test"))).Whole(new()));
        int install = text.IndexOf("run: npm ci", StringComparison.Ordinal), test = text.IndexOf("run: npm test", StringComparison.Ordinal),
            dist = text.IndexOf("mkdir dist", StringComparison.Ordinal);
        Assert.True(install > 0 && install < test && test < dist, text);
    }
}

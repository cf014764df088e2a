using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;
using YamlDotNet.RepresentationModel;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed partial class WorkflowTemplateTests
{
    [Theory]
    [InlineData(WorkflowStyle.Actions, "ci.yml")]
    [InlineData(WorkflowStyle.Module, "ci-module.yml")]
    public void The_examples_are_what_is_written(WorkflowStyle style, string file)
    {
        string written = Whole(Options() with { Style = style, Service = "jwt-pizza-service" });
        Assert.Equal(Version().Replace(File.ReadAllText(RepositoryRoot.File("examples", file)), "-RequiredVersion"),
            Version().Replace(written, "-RequiredVersion"));
    }

    [Fact]
    public void The_chain_is_the_courses()
    {
        YamlMappingNode workflow = Parse(Whole(Options()));
        YamlNode deploy = workflow["jobs"]["deploy"];
        Assert.Equal("main", workflow["on"]["push"]["branches"][0].ToString());
        Assert.Equal(["build", "write"], [deploy["needs"].ToString(), deploy["permissions"]["id-token"].ToString()]);
        Assert.Equal(ActionVersions.All.Skip(3),
            ((YamlSequenceNode)deploy["steps"]).OfType<YamlMappingNode>().Where(s => s.Children.ContainsKey("uses"))
                .Select(s => s["uses"].ToString()));
        string build = ((YamlSequenceNode)deploy["steps"]).Last()["run"].ToString();
        Assert.Contains("docker build --platform=linux/arm64", build, StringComparison.Ordinal);
        Assert.Contains("--push .", build, StringComparison.Ordinal);
        Assert.Contains("image=$ECR_REGISTRY/$ECR_REPOSITORY:latest", build, StringComparison.Ordinal);
    }

    [Fact]
    public void An_action_that_installs_the_module_comes_before_each_jobs_scripts_which_then_install_nothing()
    {
        WorkflowOptions options = Options() with { Style = WorkflowStyle.Module, SetupAction = "owner/repo@v1", Service = "svc" };
        string text = Whole(options);
        Assert.DoesNotContain("Install-Module", text, StringComparison.Ordinal);
        foreach (string job in new[] { "build", "deploy" })
        {
            YamlMappingNode[] steps = [.. ((YamlSequenceNode)Parse(text)["jobs"][job]["steps"]).Cast<YamlMappingNode>()];
            int setup = Array.FindIndex(steps, s => s.Children.ContainsKey("uses") && s["uses"].ToString() == "owner/repo@v1");
            Assert.InRange(setup, 0, Array.FindIndex(steps, s => s.Children.ContainsKey("shell")) - 1);
            Assert.Equal(typeof(Repository).Assembly.GetName().Version!.ToString(3), steps[setup]["with"]["version"].ToString());
        }
        Assert.Empty(Added(text, options));   // a second run finds all there
    }

    [Theory]
    [InlineData("owner/repo", "owner/repo")]
    [InlineData("owner/repo@v1 # x", "# x")]
    public void What_is_no_action_is_refused(string action, string named) =>
        Assert.Contains(named,
            Assert.Throws<PizzaException>((Options() with { Style = WorkflowStyle.Module, SetupAction = action }).Check).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_action_is_of_no_use_to_a_chain_of_actions() =>
        Assert.Contains("-Style Module", Assert.Throws<PizzaException>((Options() with { SetupAction = "owner/repo@v1" }).Check).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Every_action_has_a_major_version() => Assert.All(ActionVersions.All, a => Assert.Matches(@"\A[\w-]+/[\w-]+@v\d+\z", a));

    [Fact]
    public void No_emulation_is_set_up_for_the_runners_own_platform() =>
        Assert.DoesNotContain("qemu", Whole(Options() with { Platforms = [Platform.Parse("linux/amd64")] }), StringComparison.Ordinal);

    [Fact]
    public void The_secrets_that_are_read_are_named()
    {
        foreach (WorkflowStyle style in Enum.GetValues<WorkflowStyle>())
        {
            Assert.Equal(["AWS_ACCOUNT", "CI_IAM_ROLE", "DB_HOSTNAME", "DB_PASSWORD", "DB_USERNAME"],
                WorkflowSecret.NamesIn(Whole(Options() with { Style = style })));
            Assert.Equal(["AWS_ACCOUNT"], WorkflowSecret.NamesIn(Whole(Options() with { Style = style, RoleName = "r", Replace = [] })));
        }
    }

    [Theory]
    [InlineData("us-gov-west-1", "arn:aws-us-gov:iam::", "sts.amazonaws.com")]
    [InlineData("cn-north-1", "arn:aws-cn:iam::", "sts.amazonaws.com.cn")]
    [InlineData("eu-west-1", "arn:aws:iam::", "sts.amazonaws.com")]
    public void Each_partition_has_its_own_arns(string region, string arn, string audience)
    {
        YamlNode with = ((YamlSequenceNode)Parse(Whole(Options() with { Region = region }))["jobs"]["deploy"]["steps"])
            .Single(s => s["name"].ToString() == "Create OIDC token to AWS")["with"];
        Assert.StartsWith(arn, with["role-to-assume"].ToString(), StringComparison.Ordinal);
        Assert.Equal(audience, with["audience"].ToString());
    }

    [Fact]
    public void A_deployment_environment_is_named_if_there_is_one()
    {
        Assert.Equal("production", Parse(Whole(Options() with { Environment = "production" }))["jobs"]["deploy"]["environment"].ToString());
        Assert.Equal("#1: über alles",
            Parse(Whole(Options() with { Environment = "#1: über alles" }))["jobs"]["deploy"]["environment"].ToString());
        Assert.DoesNotContain("environment", Whole(Options()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_break_out_of_a_script_is_refused()
    {
        WorkflowOptions[] bad =
        [
            Options() with { Region = "us-east-1; id" }, Options() with { RoleName = "a b" }, Options() with { RoleName = "$(id)" },
            Options() with { Branch = "a'b" }, Options() with { Branch = "${{ x }}" },
            Options() with { JobName = "a b" }, Options() with { JobName = "1a" }, Options() with { BuildJobName = "" },
            Options() with { JobName = "build" }, Options() with { Service = "a;b" }, Options() with { Environment = "a\nb" },
            Options() with { Environment = "${{ a }}" }, Options() with
            {
                Cluster = "$x", Service = "a",
            },
            Options() with { Environment = "a\u2028b" }, Options() with { Environment = "a\u0085b" },
        ];
        Assert.All(bad, o => Assert.Equal("InvalidWorkflowOption", Assert.Throws<PizzaException>(() => o.Check()).ErrorId));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\t")]
    [InlineData("\u0085")]
    [InlineData("\u2028")]
    [InlineData("\u2029")]
    [InlineData("${{ secrets.A }}")]
    public void No_value_can_begin_a_line_or_an_expression_of_its_own(string bad)
    {
        string value = $"a{bad}- run: id";
        Assert.Equal("InvalidInclude",
            Assert.Throws<PizzaException>(() => (Options() with { Include = [DistInclude.Parse(value)] }).Check()).ErrorId);
        Assert.Equal("InvalidReplacement", Assert.Throws<PizzaException>(() => SecretReplacement.Of("src/a.js", value, "A")).ErrorId);
        Assert.Equal("InvalidReplacement", Assert.Throws<PizzaException>(() => SecretReplacement.Of($"src/{value}", "x", "A")).ErrorId);
        Assert.Equal("InvalidSecretName", Assert.Throws<PizzaException>(() => SecretReplacement.Of("src/a.js", "x", $"A{value}")).ErrorId);
        foreach (WorkflowOptions options in new[]
                 {
                     Options() with { Region = value }, Options() with { RoleName = value }, Options() with { Branch = value },
                     Options() with { JobName = value }, Options() with { BuildJobName = value },
                     Options() with { Environment = value }, Options() with { Cluster = value, Service = "a" },
                     Options() with { Service = value },
                 })
            Assert.Equal("InvalidWorkflowOption", Assert.Throws<PizzaException>(() => options.Check()).ErrorId);
        if (!bad.StartsWith('$')) Assert.Throws<PizzaException>(() => new YamlStyle().Entry("a", new YamlBlock(value), 0).ToList());
        if (!bad.StartsWith('$')) Assert.Throws<PizzaException>(() => new YamlStyle().Entry("a", value, 0).ToList());
    }

    [Theory]
    [InlineData("src/a.js", "", "A", "InvalidReplacement")]
    [InlineData("src/a.js", "two\nlines", "A", "InvalidReplacement")]
    [InlineData("src/a.js", "${{ secrets.B }}", "A", "InvalidReplacement")]
    [InlineData("../a.js", "x", "A", "InvalidReplacement")]
    [InlineData("/a.js", "x", "A", "InvalidReplacement")]
    [InlineData("src/a.js", "x", "env:A", "InvalidSecretName")]
    [InlineData("README.md", "x", "A", "ReplaceFileNotFound")]
    public void A_replacement_that_cannot_be_is_refused(string file, string text, string secret, string id) =>
        Assert.Equal(id,
            Assert.Throws<PizzaException>(() => Whole(Options() with { Replace = [SecretReplacement.Of(file, text, secret)] })).ErrorId);

    private static string Whole(WorkflowOptions options) =>
        string.Concat(WorkflowParts.Of(options.Check()).Whole(new()).Select(l => l + "\n"));

    [GeneratedRegex(@"-RequiredVersion \S+")]
    private static partial Regex Version();
}

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
        Assert.Equal(Version().Replace(File.ReadAllText(RepositoryRoot.File("examples", file)), "-RequiredVersion"), Version().Replace(written, "-RequiredVersion"));
    }

    [Fact]
    public void The_chain_is_the_courses()
    {
        YamlMappingNode workflow = Parse(Whole(Options()));
        YamlNode deploy = workflow["jobs"]["deploy"];
        Assert.Equal("main", workflow["on"]["push"]["branches"][0].ToString());
        Assert.Equal(["build", "write"], [deploy["needs"].ToString(), deploy["permissions"]["id-token"].ToString()]);
        Assert.Equal(ActionVersions.All.Skip(2), ((YamlSequenceNode)deploy["steps"]).OfType<YamlMappingNode>().Where(s => s.Children.ContainsKey("uses")).Select(s => s["uses"].ToString()));
        string build = ((YamlSequenceNode)deploy["steps"]).Last()["run"].ToString();
        Assert.Contains("docker build --platform=linux/arm64", build, StringComparison.Ordinal);
        Assert.Contains("--push .", build, StringComparison.Ordinal);
        Assert.Contains("image=$ECR_REGISTRY/$ECR_REPOSITORY:latest", build, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_action_has_a_major_version() => Assert.All(ActionVersions.All, a => Assert.Matches(@"\A[\w-]+/[\w-]+@v\d+\z", a));

    [Fact]
    public void No_emulation_is_set_up_for_the_runners_own_platform() => Assert.DoesNotContain("qemu", Whole(Options() with { Platforms = [Platform.Parse("linux/amd64")] }), StringComparison.Ordinal);

    [Fact]
    public void The_secrets_that_are_read_are_named()
    {
        Assert.Equal(["AWS_ACCOUNT", "CI_IAM_ROLE", "DB_HOSTNAME", "DB_PASSWORD", "DB_USERNAME"], Options().Secrets);
        Assert.Equal(["AWS_ACCOUNT"], (Options() with { RoleName = "r", Replace = [] }).Secrets);
        foreach (WorkflowStyle style in Enum.GetValues<WorkflowStyle>())
            Assert.Equal(Options().Secrets.Order(), SecretUse().Matches(Whole(Options() with { Style = style })).Select(m => m.Groups[1].Value).Distinct().Order());
    }

    [Theory]
    [InlineData("us-gov-west-1", "arn:aws-us-gov:iam::", "sts.amazonaws.com")]
    [InlineData("cn-north-1", "arn:aws-cn:iam::", "sts.amazonaws.com.cn")]
    [InlineData("eu-west-1", "arn:aws:iam::", "sts.amazonaws.com")]
    public void Each_partition_has_its_own_arns(string region, string arn, string audience)
    {
        YamlNode with = ((YamlSequenceNode)Parse(Whole(Options() with { Region = region }))["jobs"]["deploy"]["steps"]).Single(s => s["name"].ToString() == "Create OIDC token to AWS")["with"];
        Assert.StartsWith(arn, with["role-to-assume"].ToString(), StringComparison.Ordinal);
        Assert.Equal(audience, with["audience"].ToString());
    }

    [Fact]
    public void A_deployment_environment_is_named_if_there_is_one()
    {
        Assert.Equal("production", Parse(Whole(Options() with { Environment = "production" }))["jobs"]["deploy"]["environment"].ToString());
        Assert.Equal("#1: über alles", Parse(Whole(Options() with { Environment = "#1: über alles" }))["jobs"]["deploy"]["environment"].ToString());
        Assert.DoesNotContain("environment", Whole(Options()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_break_out_of_a_script_is_refused()
    {
        WorkflowOptions[] bad =
        [
            Options() with { Region = "us-east-1; id" }, Options() with { RoleName = "a b" }, Options() with { RoleName = "$(id)" }, Options() with { Branch = "a'b" }, Options() with { Branch = "${{ x }}" },
            Options() with { JobName = "a b" }, Options() with { JobName = "1a" }, Options() with { BuildJobName = "" }, Options() with { JobName = "build" }, Options() with { Service = "a;b" }, Options() with { Environment = "a\nb" }, Options() with { Environment = "${{ a }}" }, Options() with { Cluster = "$x", Service = "a" },
        ];
        Assert.All(bad, o => Assert.Equal("InvalidWorkflowOption", Assert.Throws<PizzaException>(() => o.Check()).ErrorId));
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
        Assert.Equal(id, Assert.Throws<PizzaException>(() => Whole(Options() with { Replace = [SecretReplacement.Of(file, text, secret)] })).ErrorId);

    private static string Whole(WorkflowOptions options) => string.Concat(WorkflowParts.Of(options.Check()).Whole(new()).Select(l => l + "\n"));

    [GeneratedRegex(@"-RequiredVersion \S+")]
    private static partial Regex Version();

    [GeneratedRegex(@"secrets\.(\w+)")]
    private static partial Regex SecretUse();
}

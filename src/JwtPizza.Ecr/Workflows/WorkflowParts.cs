namespace JwtPizza.Ecr;

/// <summary>The parts of a workflow, as YAML: what is the same in every style here, what differs in the styles.</summary>
public abstract class WorkflowParts
{
    private protected WorkflowParts(WorkflowOptions options) => Options = options;

    /// <summary>The name of the artifact that goes from one job to the other; the course's.</summary>
    private protected const string Artifact = "package";

    private protected WorkflowOptions Options { get; }

    /// <summary>The parts in the style that was asked for.</summary>
    /// <param name="options">What the workflow is to do.</param>
    public static WorkflowParts Of(WorkflowOptions options) => options.Style == WorkflowStyle.Module ? new ModuleParts(options) : new ActionsParts(options);

    /// <summary>The steps that make the distribution and keep it for the other job.</summary>
    public IEnumerable<YamlMap> DistSteps => [CreateDist, Step("Update distribution artifact", ("uses", ActionVersions.UploadArtifact), ("with", new YamlMap(("name", Artifact), ("path", "dist/"))))];

    /// <summary>The job that pushes the image. The image's name is an output of its step only: GitHub drops outputs of jobs that hold a secret, as AWS_ACCOUNT is.</summary>
    /// <param name="hasVersion">Whether the job before it has an output <c>version</c>.</param>
    public YamlMap Job(bool hasVersion) => new(
        ("name", "Deploy"),
        ("needs", Options.BuildJobName),
        ("if", $"github.ref == 'refs/heads/{Options.Branch}'"),
        ("runs-on", "ubuntu-latest"),
        ("environment", Options.Environment is null ? null : (YamlPart)Options.Environment),
        ("permissions", new YamlMap(("id-token", "write"))),
        ("env", hasVersion ? new YamlMap(("version", $"${{{{ needs.{Options.BuildJobName}.outputs.version }}}}")) : null),
        ("steps", new YamlList([.. DeploySteps])));

    /// <summary>A whole workflow.</summary>
    /// <param name="style">How it is laid out.</param>
    public IEnumerable<string> Whole(YamlStyle style)
    {
        foreach (string line in Head(style)) yield return line;
        foreach (string line in style.Entry(Options.BuildJobName, BuildJob, style.Indent)) yield return line;
        yield return "";
        foreach (string line in style.Entry(Options.JobName, Job(hasVersion: true), style.Indent)) yield return line;
    }

    private protected abstract YamlMap CreateDist { get; }

    private protected abstract IEnumerable<YamlMap> DeploySteps { get; }

    private protected static YamlMap Step(string name, params (string Key, YamlPart? Value)[] rest) => new([("name", name), .. rest]);

    private protected static string Secret(string name) => $"${{{{ secrets.{name} }}}}";

    private YamlMap BuildJob => new(
        ("name", "Build"),
        ("runs-on", "ubuntu-latest"),
        ("permissions", new YamlMap(("contents", "read"))),
        ("outputs", new YamlMap(("version", "${{ steps.set_version.outputs.version }}"))),
        ("steps", new YamlList([
            Step("Checkout repo", ("uses", ActionVersions.Checkout)),
            Step("Set version", ("id", "set_version"), ("run", new YamlBlock([
                "version=$(date +'%Y%m%d.%H%M%S')",
                "echo \"version=$version\" >> \"$GITHUB_OUTPUT\"",
                .. Options.Include.Any(i => i.TargetOf("src/version.json") is not null) ? ["printf '{\"version\": \"%s\" }' \"$version\" > src/version.json"] : Array.Empty<string>()]))),
            .. DistSteps])));

    private IEnumerable<string> Head(YamlStyle style) =>
    [
        "name: CI Pipeline",
        "",
        .. style.Entry("on", new YamlMap(("push", new YamlMap(("branches", new YamlList(Options.Branch))))), 0),
        $"{new string(' ', style.Indent)}workflow_dispatch:",
        "",
        "jobs:",
    ];
}

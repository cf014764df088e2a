namespace JwtPizza.Ecr;

/// <summary>The parts of a workflow, as YAML: what is the same in every style here, what differs in the styles.</summary>
public abstract class WorkflowParts
{
    private protected WorkflowParts(WorkflowOptions options, WorkflowSetting setting) => (Options, Setting) = (options, setting);

    private protected WorkflowOptions Options { get; }

    private protected WorkflowSetting Setting { get; }

    /// <summary>The parts in the style that was asked for.</summary>
    /// <param name="options">What the workflow is to do.</param>
    /// <param name="setting">What is around them; null for a workflow that is written anew.</param>
    public static WorkflowParts Of(WorkflowOptions options, WorkflowSetting? setting = null)
    {
        setting ??= WorkflowSetting.Own(options);
        return options.Style == WorkflowStyle.Module ? new ModuleParts(options, setting) : new ActionsParts(options, setting);
    }

    /// <summary>The steps that make the distribution.</summary>
    public abstract IEnumerable<YamlMap> CreateDist { get; }

    /// <summary>The step that keeps the distribution for the other job.</summary>
    public YamlMap KeepDist => Step("Update distribution artifact", ("if", Setting.BuildCondition),
        ("uses", ActionVersions.UploadArtifact), ("with", new YamlMap(("name", Setting.Artifact), ("path", Setting.FolderPath))));

    /// <summary>The job that pushes the image. The image's name is an output of its step only: GitHub drops outputs of jobs that hold a
    /// secret, as AWS_ACCOUNT is.</summary>
    public YamlMap Job => new(
        ("name", "Deploy"),
        ("needs", Setting.Needs is [var only] ? only : new YamlList([.. Setting.Needs.Select(n => new YamlText(n))])),
        ("if", Condition),
        ("runs-on", "ubuntu-latest"),
        ("environment", Options.Environment),
        ("permissions", new YamlMap(("id-token", "write"))),
        ("env", Setting.HasVersion ? new YamlMap(("version", $"${{{{ needs.{Setting.BuildJobName}.outputs.version }}}}")) : null),
        ("steps", new YamlList([.. PushSteps])));

    /// <summary>The steps that deploy the pushed image to the ECS service.</summary>
    /// <param name="isSignedIn">Whether the job has credentials of AWS before them.</param>
    public abstract IEnumerable<YamlMap> ServiceSteps(bool isSignedIn);

    /// <summary>A whole workflow.</summary>
    /// <param name="style">How it is laid out.</param>
    public IEnumerable<string> Whole(YamlStyle style)
    {
        foreach (string line in Head(style)) yield return line;
        foreach (string line in style.Entry(Options.BuildJobName, BuildJob, style.Indent)) yield return line;
        yield return "";
        foreach (string line in style.Entry(Options.JobName, Job, style.Indent)) yield return line;
    }

    private protected abstract IEnumerable<YamlMap> PushSteps { get; }

    private protected static YamlMap Step(string name, params (string Key, YamlPart? Value)[] rest) => new([("name", name), .. rest]);

    private protected static string Secret(string name) => $"${{{{ secrets.{name} }}}}";

    // A job that is skipped skips all that need it, unless they say otherwise; one that failed never does.
    private string Condition => $"github.ref == 'refs/heads/{Options.Branch}'" +
        (Setting.NeedsMayBeSkipped ? $" && !failure() && !cancelled() && needs.{Setting.BuildJobName}.result == 'success'" : "");

    private YamlMap BuildJob => new(
        ("name", "Build"),
        ("runs-on", "ubuntu-latest"),
        ("permissions", new YamlMap(("contents", "read"))),
        ("outputs", new YamlMap(("version", "${{ steps.set_version.outputs.version }}"))),
        ("steps", new YamlList([
            Step("Checkout repo", ("uses", ActionVersions.Checkout)),
            .. TestSteps,
            Step("Set version", ("id", "set_version"), ("run", new YamlBlock([
                "version=$(date +'%Y%m%d.%H%M%S')",
                "echo \"version=$version\" >> \"$GITHUB_OUTPUT\"",
                .. Options.Include.Any(i => i.TargetOf("src/version.json") is not null)
                    ? ["printf '{\"version\": \"%s\" }' \"$version\" > src/version.json"] : Array.Empty<string>()]))),
            .. CreateDist,
            KeepDist])));

    private YamlMap[] TestSteps => Setting.Tests is not { } tests ? [] :
    [
        Step("Setup Node", ("uses", ActionVersions.SetupNode), ("with", new YamlMap(("node-version", "lts/*")))),
        Step("Install dependencies", ("run", tests.Install)),
        Step("Tests", ("run", tests.Run)),
    ];

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

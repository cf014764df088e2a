namespace JwtPizza.Ecr;

/// <summary>What the workflow around the new steps makes of them: in a workflow of its own the defaults, elsewhere what is there
/// already.</summary>
public sealed record WorkflowSetting
{
    /// <summary>The job that makes the distribution.</summary>
    public required string BuildJobName { get; init; }

    /// <summary>The name of the artifact that goes from one job to the other.</summary>
    public string Artifact { get; init; } = "package";

    /// <summary>The folder in which the distribution is made.</summary>
    public string Folder { get; init; } = "dist";

    /// <summary>The condition of the steps that make and keep the distribution; null for none.</summary>
    public string? BuildCondition { get; init; }

    /// <summary>The shell that these steps have to name; null where the runner's own is right.</summary>
    public string? BuildShell { get; init; }

    /// <summary>The folder that these steps have to name; null for the root of the repository.</summary>
    public string? BuildDirectory { get; init; }

    /// <summary>The shell that the steps after the build have to name; null where the runner's own is right.</summary>
    public string? JobShell { get; init; }

    /// <summary>The folder that the steps after the build have to name; null where they start in the right one.</summary>
    public string? JobDirectory { get; init; }

    /// <summary>The jobs that the new job waits for.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>Whether one of them may be skipped, which must not skip the new job.</summary>
    public bool NeedsMayBeSkipped { get; init; }

    /// <summary>Whether the job that makes the distribution has an output <c>version</c>.</summary>
    public bool HasVersion { get; init; }

    /// <summary>The texts that the new job still has to replace.</summary>
    public required IReadOnlyList<SecretReplacement> Replace { get; init; }

    /// <summary>The project's tests, for a job that is written anew; null for none.</summary>
    public ProjectTests? Tests { get; init; }

    /// <summary>Where the distribution lies, from the root of the repository.</summary>
    internal string FolderPath => BuildDirectory is null ? $"{Folder}/" : $"{BuildDirectory.TrimEnd('/')}/{Folder}/";

    /// <summary>The setting of a workflow that is written anew.</summary>
    /// <param name="options">What the workflow is to do.</param>
    /// <param name="tests">The project's tests.</param>
    public static WorkflowSetting Own(WorkflowOptions options, ProjectTests? tests = null) =>
        new()
        {
            BuildJobName = options.BuildJobName, Needs = [options.BuildJobName], HasVersion = true, Replace = options.Replace,
            Tests = tests,
        };
}

using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A job of a workflow that is there: its name, its steps, and what they run in.</summary>
/// <param name="root">The workflow.</param>
/// <param name="key">The key of the job.</param>
/// <param name="place">The job.</param>
internal sealed partial class WorkflowJob(YamlPlace root, YamlPlace key, YamlPlace place)
{
    /// <summary>The name that other jobs need it by.</summary>
    public string Name { get; } = key.Text ?? "";

    /// <summary>The key of the job.</summary>
    public YamlPlace Key { get; } = key;

    /// <summary>The job.</summary>
    public YamlPlace Place { get; } = place;

    /// <summary>Its steps; none for a job that calls a workflow.</summary>
    public IReadOnlyList<WorkflowStep> Steps { get; } = [.. (place["steps"]?.Items ?? []).Select(s => new WorkflowStep(s))];

    /// <summary>The jobs that it needs directly.</summary>
    public IReadOnlyList<string> Needs => [.. Place["needs"]?.Texts ?? []];

    /// <summary>Whether it may be skipped while the workflow goes on.</summary>
    public bool IsConditional => Place["if"] is not null;

    /// <summary>Whether it runs several times at once.</summary>
    public bool HasMatrix => Place["strategy"]?["matrix"] is not null;

    /// <summary>Whether it calls a workflow of another file, into which we do not look.</summary>
    public string? CalledWorkflow => Place["uses"]?.Text;

    /// <summary>The folder in which its scripts run, from the root of the repository; null for the root.</summary>
    public string? Directory =>
        Default("working-directory")?.Trim() is { Length: > 0 } folder && folder is not ("." or "./") ? folder : null;

    /// <summary>The shell that a script for bash has to name here; null when the job's own is one.</summary>
    public string? ShellForScript => Place["container"] is not null ? (Default("shell") is null or "sh" or "bash" ? null : "sh")
        : (Default("shell") is not (null or "bash") || !RunsWithBash) ? "bash" : null;

    /// <summary>Whether it fetches the repository.</summary>
    public bool ChecksOut => Steps.Any(s => s.Uses("actions/checkout") || s.Script.Contains("git clone", StringComparison.Ordinal));

    /// <summary>The values of variables that hold for a step.</summary>
    /// <param name="step">The step.</param>
    public IEnumerable<(string Name, string Value)> Variables(WorkflowStep step) =>
        new[] { step.Place["env"], Place["env"], root["env"] }.SelectMany(env => env?.Entries ?? [])
            .Where(e => e.Key.Text is not null && e.Value.Text is not null).Select(e => (e.Key.Text!, e.Value.Text!));

    /// <summary>Whether it may ask for GitHub's OIDC token.</summary>
    public bool MayAskForToken =>
        (Place["permissions"] ?? root["permissions"]) is { } permissions
            && (permissions.Text == "write-all" || permissions["id-token"]?.Text == "write");

    private bool RunsWithBash => Place["runs-on"] is not { } runner || runner.Texts.Any(t => Unix().IsMatch(t));

    private string? Default(string name) => (Place["defaults"]?["run"]?[name] ?? root["defaults"]?["run"]?[name])?.Text;

    [GeneratedRegex(@"\A(?:ubuntu|macos|linux|debian|alpine)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Unix();
}

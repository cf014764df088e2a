namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A workflow that is there, and what of ours it does already, in whatever words.</summary>
internal sealed class WorkflowModel
{
    private readonly WorkflowOptions _options;

    /// <summary>Reads the jobs of a workflow.</summary>
    /// <param name="root">The workflow.</param>
    /// <param name="options">What it is to do.</param>
    public WorkflowModel(YamlPlace root, WorkflowOptions options)
    {
        (Root, _options) = (root, options);
        Jobs = [.. (root["jobs"]?.Entries ?? []).Where(e => e.Key.Text is not null).Select(e => new WorkflowJob(root, e.Key, e.Value))];
        Triggers = new(root);
    }

    /// <summary>The workflow.</summary>
    public YamlPlace Root { get; }

    /// <summary>Its jobs.</summary>
    public IReadOnlyList<WorkflowJob> Jobs { get; }

    /// <summary>When it runs.</summary>
    public WorkflowTriggers Triggers { get; }

    /// <summary>A job by its name.</summary>
    /// <param name="name">The name.</param>
    public WorkflowJob? Job(string name) => Jobs.FirstOrDefault(j => j.Name == name);

    /// <summary>The step that pushes an image to the repository, and its job; null when there is none.</summary>
    /// <remarks>A push whose repository stands in a variable counts: there is no telling, and a second push would be worse than
    /// none.</remarks>
    public (WorkflowJob Job, WorkflowStep Step, bool IsCertain)? Push()
    {
        (WorkflowJob Job, WorkflowStep Step, IReadOnlyList<string> Names)[] all =
            [.. from job in Jobs where IsForEcr(job) && IsForEnvironment(job) from step in job.Steps where step.Pushes
                select (job, step, step.Repositories(job.Variables(step)))];
        foreach (var push in all) if (push.Names.Contains(_options.RepositoryName.Value)) return (push.Job, push.Step, true);
        foreach (var push in all) if (push.Names.Count == 0) return (push.Job, push.Step, false);
        return null;
    }

    /// <summary>The step that keeps the distribution as an artifact, the one that makes it, and their job; null when nothing does
    /// so.</summary>
    public (WorkflowJob Job, WorkflowStep Making, WorkflowStep? Keeping, string Folder)? Dist()
    {
        foreach (WorkflowJob job in Jobs.OrderBy(j => j.Name == _options.BuildJobName ? 0 : 1))
        {
            foreach (WorkflowStep keeping in job.Steps.Where(s => s.KeptFolder is not null))
            {
                string folder = Within(job, keeping.KeptFolder!);
                if (job.Steps.TakeWhile(s => s != keeping).LastOrDefault(s => s.Makes(folder, _options.Include)) is { } making)
                    return (job, making, keeping, folder);
            }
            if (job.Name == _options.BuildJobName && job.Steps.LastOrDefault(s => s.MadeFolder is not null) is { } made)
                return (job, made, null, made.MadeFolder!);
        }
        return null;
    }

    /// <summary>The step that deploys to the service of ECS, and its job; null when none does.</summary>
    public (WorkflowJob Job, WorkflowStep Step)? Deploy()
    {
        foreach (WorkflowJob job in Jobs)
            foreach (WorkflowStep step in job.Steps)
                if (step.Deploys && (step.Service is null || step.Service == _options.Service)) return (job, step);
        return null;
    }

    /// <summary>The jobs that come after another, directly or not.</summary>
    /// <param name="name">The name of the other.</param>
    public IReadOnlyList<WorkflowJob> After(string name)
    {
        HashSet<string> after = [name];
        while (Jobs.Any(j => !after.Contains(j.Name) && j.Needs.Any(after.Contains) && after.Add(j.Name))) { }
        return [.. Jobs.Where(j => j.Name != name && after.Contains(j.Name))];
    }

    private bool IsForEnvironment(WorkflowJob job) =>
        _options.Environment is null
            || job.Place["environment"] is { } there
                && ((there.Text ?? there["name"]?.Text) is not { } name || name == _options.Environment
                    || name.Contains("${{", StringComparison.Ordinal));

    private static bool IsForEcr(WorkflowJob job) => job.Steps.Any(s => s.Uses("aws-actions/amazon-ecr-login") || s.Place.Texts.Any(t =>
        t.Contains(".dkr.ecr.", StringComparison.Ordinal) || t.Contains("ecr get-login", StringComparison.Ordinal)
            || t.Contains("-PizzaImage", StringComparison.OrdinalIgnoreCase)));

    // The folder as a script in the job sees it.
    private static string Within(WorkflowJob job, string folder) =>
        job.Directory?.TrimEnd('/') is { } start && folder.StartsWith($"{start}/", StringComparison.Ordinal)
            ? folder[(start.Length + 1)..] : folder;
}

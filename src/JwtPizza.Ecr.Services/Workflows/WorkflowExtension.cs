namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Finds what a workflow lacks, and where it goes. What is there in other words is left; whatever cannot be extended line by line
/// is refused by name.</summary>
internal sealed class WorkflowExtension
{
    private const string OwnFolder = "image-dist";   // for a build that makes a dist by itself

    private readonly string _path;
    private readonly WorkflowOptions _options;
    private readonly YamlPlace _jobs;
    private readonly WorkflowModel _workflow;
    private readonly WorkflowLayout _layout;
    private readonly List<string> _names = [], _warnings = [];
    private string? _region;

    private WorkflowExtension(string[] lines, YamlPlace root, string path, WorkflowOptions options)
    {
        (_path, _options, _layout) = (path, options, new(lines));
        _jobs = Block(root["jobs"] ?? throw NoJobs(root), "jobs");
        if (_jobs.Entries is null) throw Refused("WorkflowWithoutJobs", _jobs.Line, "its 'jobs' is not a map of jobs", "Correct it");
        _workflow = new(root, options);
    }

    /// <summary>What to add; nothing when all is there.</summary>
    /// <exception cref="PizzaException"><c>WorkflowNotYaml</c>, <c>WorkflowWithoutJobs</c>, <c>WorkflowWithoutJob</c>,
    /// <c>WorkflowNotExtensible</c>, <c>WorkflowDiffers</c>.</exception>
    public static WorkflowAddition Find(string[] lines, string path, WorkflowOptions options, ProjectTests? tests = null)
    {
        if (YamlReader.Read(lines, path) is not { } root) return Anew(lines, options, tests);
        WorkflowExtension extension = new(lines, root, path, options);
        if (extension._workflow.Push() is { } push) extension.Complete(push.Job, push.Step, push.IsCertain);
        else extension.AddAll();
        return new(extension._layout.Added, extension._names, [.. extension._warnings.Distinct()]) { Region = extension._region };
    }

    // A file of comments only, as one that is switched off: they stay, and a whole workflow comes after them.
    private static WorkflowAddition Anew(string[] lines, WorkflowOptions options, ProjectTests? tests)
    {
        WorkflowLayout layout = new(lines);
        layout.AddAtEnd(WorkflowParts.Of(options, WorkflowSetting.Own(options, tests)).Whole(new()));
        return new(layout.Added, [$"job '{options.BuildJobName}'", $"job '{options.JobName}'"], []);
    }

    // The image is pushed already: all that can lack is the deployment.
    private void Complete(WorkflowJob job, WorkflowStep push, bool isCertain)
    {
        if (!isCertain)
            _warnings.Add(
                $"'{push.Title}' (line {push.Line}) pushes an image to a repository that a variable names. " +
                $"It was taken for '{_options.RepositoryName}', so no second push was added.");
        WarnOfArtifact();
        WarnOfSignIn(job);
        if (_options.Service is null || _workflow.Deploy() is not null) return;
        if (_workflow.After(job.Name).FirstOrDefault(j => j.CalledWorkflow is not null) is { } called)
        {
            _warnings.Add(
                $"The job '{called.Name}' (line {called.Key.Line + 1}) calls {called.CalledWorkflow} after the push. " +
                $"It was not checked whether that deploys to '{_options.Service}'; no step was added.");
            return;
        }
        WorkflowParts parts = WorkflowParts.Of(_options,
            Setting(job) with { JobShell = job.ShellForScript, JobDirectory = job.Directory is null ? null : "." });
        YamlMap[] steps = [.. parts.ServiceSteps(isSignedIn: job.Steps.Any(s => s.SignsIn))];
        Add(job, Steps(job), steps);
        DeclareSecrets(steps);
    }

    private void AddAll()
    {
        var dist = _workflow.Dist();
        WorkflowJob build = dist?.Job ?? _workflow.Job(_options.BuildJobName) ?? throw NoBuildJob();
        if (_workflow.Job(_options.JobName) is { } taken) throw Taken(taken);
        YamlPlace steps = Steps(build);
        WorkflowSetting setting = Setting(build);
        if (dist is { } there) setting = setting with
        {
            Folder = there.Folder, Artifact = there.Keeping?.Artifact ?? setting.Artifact,
            Replace = [.. _options.Replace.Where(r => !there.Job.Steps.Any(s => s.Replaces(r.Text)))],
        };
        WorkflowParts parts = WorkflowParts.Of(_options, setting);
        YamlMap[] missing = [.. dist is null ? parts.CreateDist : [], .. dist?.Keeping is null ? [parts.KeepDist] : Array.Empty<YamlMap>()];
        if (missing.Length > 0) Add(build, steps, missing);
        if (dist is null && !build.ChecksOut)
            _warnings.Add(
                $"The job '{build.Name}' (line {build.Key.Line + 1}) does not fetch the repository ({ActionVersions.Checkout}), so " +
                $"'{string.Join("', '", _options.Include.Select(i => i.Text))}' may not be there for 'Create dist'.");
        _layout.AddJob(_jobs, _layout.StyleOf(build, steps), _options.JobName, parts.Job);
        _names.Add($"job '{_options.JobName}'");
        WarnOfArtifact();
        if (_workflow.Triggers.NeverRuns(_options.Branch, _options.JobName) is { } never) _warnings.Add(never);
        if (_workflow.Triggers.IsCalled)
            _warnings.Add(
                "Other workflows call this one (workflow_call): their jobs have to give it 'permissions: id-token: " +
                "write', or GitHub refuses to start it.");
        DeclareSecrets(parts.Job);
    }

    private WorkflowSetting Setting(WorkflowJob build)
    {
        WorkflowJob[] before = [.. _workflow.Jobs.Except(_workflow.After(_options.JobName)).OrderBy(j => j.Name == build.Name ? 0 : 1)];
        YamlPlace? defaults = _workflow.Root["defaults"]?["run"];
        return new()
        {
            BuildJobName = build.Name, Artifact = FreeArtifact(), Folder = BuildMakesDist(build) ? OwnFolder : "dist",
            BuildCondition = build.HasMatrix ? "strategy.job-index == 0" : null, BuildShell = build.ShellForScript,
            BuildDirectory = build.Directory,
            JobShell = defaults?["shell"]?.Text is null or "bash" ? null : "bash",
            JobDirectory = defaults?["working-directory"] is null ? null : ".",
            Needs = [.. before.Select(j => j.Name)], NeedsMayBeSkipped = before.Any(j => j.IsConditional),
            HasVersion = build.Place["outputs"]?["version"] is not null, Replace = _options.Replace,
        };
    }

    private string FreeArtifact()
    {
        string[] taken = [.. _workflow.Jobs.SelectMany(j => j.Steps).Select(s => s.Artifact).OfType<string>()];
        IEnumerable<string> names =
            ["package", "image-package", .. Enumerable.Range(2, taken.Length + 1).Select(n => $"image-package-{n}")];
        return names.First(n => !taken.Contains(n));
    }

    private bool BuildMakesDist(WorkflowJob build) =>
        build.Steps.Any(s => s.MayMakeDist)
            || _options.Include.Any(i => i.Text.Split('/', '\\').First(p => p.Length > 0 && p != ".") == "dist");

    // Undeclared secrets are empty in a workflow that others call, unless they pass on all of theirs.
    private void DeclareSecrets(params YamlMap[] parts)
    {
        if (!_workflow.Triggers.IsCalled) return;
        IReadOnlyList<string> used = WorkflowSecret.NamesIn(string.Join('\n', parts.SelectMany(p => new YamlStyle().Map(p, 0))));
        YamlPlace? secrets = _workflow.Triggers.Call?["secrets"];
        string[] missing = [.. used.Where(s => secrets?[s] is null)];
        if (missing.Length == 0) return;
        YamlPlace? call = _workflow.Triggers.Call, key = _workflow.Triggers.CallKey;
        YamlMap entries = new([.. missing.Select(s => (s, (YamlPart?)new YamlMap(("required", new YamlFlag(true)))))]);
        if (key is null || call is { IsFlow: true } or { Alias: not null } || secrets is { IsFlow: true } or { Alias: not null })
        {
            _warnings.Add(
                $"The secrets {string.Join(", ", missing)} could not be declared under 'workflow_call' (line " +
                $"{(call ?? _workflow.Root["on"]!).Line + 1}), because it is not written with one entry a line. The " +
                "callers must then specify 'secrets: inherit'.");
            return;
        }
        YamlStyle style = new() { Indent = Math.Max(1, key.Column) };
        if (secrets?.Entries is not null) _layout.AddEntries(call!.Key("secrets")!, secrets, style, entries);
        else if (secrets is not null) _layout.AddEntries(call!.Key("secrets")!, null, style, entries);
        else _layout.AddEntries(key, call?.Entries is null ? null : call, style, new(("secrets", entries)));
        _names.Add($"secrets {string.Join(", ", missing)} of 'workflow_call'");
    }

    private void WarnOfArtifact()
    {
        if (_workflow.Dist() is not { Making: { SecretsInScript: { Count: > 0 } secrets } making, Keeping: { } keeping }) return;
        _warnings.Add(
            $"'{making.Title}' (line {making.Line}) writes the secrets {string.Join(", ", secrets)} into files that '{keeping.Title}' " +
            $"(line {keeping.Line}) keeps as an artifact, and anyone who can read the repository can download it. " +
            "Both were left as they are; a new workflow puts the values in after the artifact was fetched (-AsText with a -Path that " +
            "does not exist shows it).");
    }

    private void WarnOfSignIn(WorkflowJob job)
    {
        if (job.Steps.FirstOrDefault(s => s.SignsIn) is not { } signIn) return;
        if (signIn.Place["with"]?["role-to-assume"] is not null && !job.MayAskForToken)
            _warnings.Add(
                $"The job '{job.Name}' (line {job.Key.Line + 1}) has no 'permissions: id-token: " +
                $"write', without which '{signIn.Title}' gets no token from GitHub.");
        if (signIn.Place["with"]?["aws-region"]?.Text is not { } region || region == _options.Region
            || region.Contains("${{", StringComparison.Ordinal))
            return;
        _region = region;
        _warnings.Add($"'{signIn.Title}' (line {signIn.Line}) signs in to {region}, not to {_options.Region}. It was left as it is.");
    }

    private void Add(WorkflowJob job, YamlPlace steps, YamlMap[] missing)
    {
        if (Shared(job, steps) is { } anchor)
            throw Refused("WorkflowNotExtensible", steps.Line, $"the steps of the job '{job.Name}' are shared by the anchor &{anchor}",
                "Give the job steps of its own");
        _layout.AddSteps(job, steps, missing);
        _names.AddRange(missing.Select(m => $"step '{((YamlText)m.Entries[0].Value!).Value}' of the job '{job.Name}'"));
    }

    private YamlPlace Steps(WorkflowJob job)
    {
        Block(job.Place, $"the job '{job.Name}'");
        YamlPlace steps = Block(job.Place["steps"] ?? throw NoSteps(job, job.Key.Line), $"the steps of the job '{job.Name}'");
        return steps.Items is { Count: > 0 } ? steps : throw NoSteps(job, steps.Line);
    }

    private YamlPlace Block(YamlPlace place, string what)
    {
        if (place.Alias is { } alias)
            throw Refused("WorkflowNotExtensible", place.Line, $"the alias *{alias} is used instead of {what}", "Write it out");
        if (place.IsFlow)
            throw Refused("WorkflowNotExtensible", place.Line, $"{what} is written in brackets", "Write it with one entry a line");
        return place;
    }

    // An anchor of these steps, or of what holds them, that is used elsewhere: what is added would come there too.
    private string? Shared(WorkflowJob job, YamlPlace steps)
    {
        string[] anchors = [.. new[] { steps.Anchor, job.Place.Anchor, _jobs.Anchor }.OfType<string>()];
        return anchors.FirstOrDefault(anchor => Aliases(_jobs).Contains(anchor));
    }

    private static IEnumerable<string> Aliases(YamlPlace place) => place.Alias is { } alias ? [alias]
        : (place.Items ?? place.Entries?.Select(e => e.Value) ?? []).SelectMany(Aliases);

    private PizzaException NoJobs(YamlPlace root)
    {
        (YamlPlace Key, YamlPlace Value) holder = (root.Entries ?? []).FirstOrDefault(e => e.Value["jobs"] is not null);
        return holder.Value?.Key("jobs") is { } jobs
            ? Refused("WorkflowWithoutJobs", jobs.Line, $"its 'jobs' are within '{holder.Key.Text}'",
                "Move them to the left, to the column of 'on'")
            : Refused("WorkflowWithoutJobs", root.Line, "it has no 'jobs'", "Name a workflow of GitHub Actions as -Path");
    }

    private PizzaException NoBuildJob() =>
        Refused("WorkflowWithoutJob", _jobs.Line,
            $"it has no job '{_options.BuildJobName}' but {string.Join(", ", _jobs.Entries!.Select(e => $"'{e.Key.Text}'"))}",
        "Name the job that builds with -BuildJobName");

    private PizzaException NoSteps(WorkflowJob job, int line) =>
        Refused("WorkflowNotExtensible", line, $"the job '{job.Name}' has no steps", "Name a job with steps as -BuildJobName");

    private PizzaException Taken(WorkflowJob job)
    {
        IEnumerable<string> names = ["push", "push-image", .. Enumerable.Range(2, _workflow.Jobs.Count + 1).Select(n => $"push-{n}")];
        string free = names.First(n => _workflow.Job(n) is null);
        string does = job.Steps.FirstOrDefault(s => s.Pushes) is { } push && push.Repositories(job.Variables(push)) is [var other, ..]
            ? $"pushes to '{other}' (line {push.Line})" : $"pushes no image to '{_options.RepositoryName}' in Amazon ECR";
        return Refused("WorkflowDiffers", job.Key.Line, $"the job '{job.Name}' already exists, and {does}",
            $"Name the new job with -JobName, for example -JobName {free}");
    }

    private PizzaException Refused(string id, int line, string problem, string next) => new(id, PizzaErrorKind.InvalidOperation,
        $"'{_path}' cannot be extended (line {line + 1}): {problem}. {next}. Nothing was changed.", _path);
}

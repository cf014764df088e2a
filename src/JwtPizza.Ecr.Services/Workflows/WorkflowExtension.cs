namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Finds what a workflow lacks, and where it goes; whatever cannot be extended line by line is refused by name.</summary>
internal sealed class WorkflowExtension
{
    private readonly string _path;
    private readonly string[] _lines;
    private readonly WorkflowOptions _options;
    private readonly WorkflowParts _parts;
    private readonly YamlPlace _jobs, _build, _steps;
    private readonly YamlStyle _style;
    private readonly Dictionary<int, IReadOnlyList<string>> _added = [];
    private readonly List<string> _names = [];

    private WorkflowExtension(string[] lines, string path, WorkflowOptions options)
    {
        (_path, _lines, _options, _parts) = (path, lines, options, WorkflowParts.Of(options));
        YamlPlace root = YamlReader.Read(lines, path) ?? throw Refused("WorkflowWithoutJobs", 0, "it is empty", "Delete it, and a whole workflow is written");
        _jobs = Block(root["jobs"] ?? throw Refused("WorkflowWithoutJobs", 0, "it has no 'jobs'", "Name a workflow of GitHub Actions as -Path"), "jobs");
        if (_jobs.Entries is null) throw Refused("WorkflowWithoutJobs", _jobs.Line, "its 'jobs' are no map of jobs", "Mend it");
        _build = Block(_jobs[options.BuildJobName] ?? throw NoBuildJob(), $"the job '{options.BuildJobName}'");
        _steps = Block(_build["steps"] ?? throw NoSteps(_build.Line), $"the steps of the job '{options.BuildJobName}'");
        if (_steps.Items is not { Count: > 0 }) throw NoSteps(_steps.Line);
        _style = Style();
    }

    /// <summary>What to add, by the line that it comes after, and its names; nothing when all is there.</summary>
    /// <exception cref="PizzaException"><c>WorkflowNotYaml</c>, <c>WorkflowWithoutJobs</c>, <c>WorkflowWithoutJob</c>, <c>WorkflowNotExtensible</c>, <c>WorkflowDiffers</c>.</exception>
    public static (IReadOnlyDictionary<int, IReadOnlyList<string>> Added, IReadOnlyList<string> Names) Find(string[] lines, string path, WorkflowOptions options)
    {
        WorkflowExtension extension = new(lines, path, options);
        extension.AddSteps();
        extension.AddJob();
        return (extension._added, extension._names);
    }

    private void AddSteps()
    {
        YamlMap[] missing = [.. _parts.DistSteps.Where(s => !IsThere(s))];
        if (missing.Length == 0) return;
        if (Shared(_steps) is { } anchor) throw Refused("WorkflowNotExtensible", _steps.Line, $"the steps of the job '{_options.BuildJobName}' are shared by the anchor &{anchor}", "Give the job steps of its own");
        Add(_steps, _style.Airy, _steps.Column, _style.List(new(missing), _steps.Column));
        _names.AddRange(missing.Select(m => $"step '{Name(m)}' of the job '{_options.BuildJobName}'"));
    }

    private void AddJob()
    {
        YamlMap job = _parts.Job(hasVersion: _build["outputs"]?["version"] is not null);
        if (_jobs[_options.JobName] is { } there)
        {
            if (!there.Says(Parsed(job))) throw Differs(there.Line, $"the job '{_options.JobName}'", "delete it, or name another job with -JobName");
            return;
        }
        int column = _jobs.Entries![0].Key.Column;
        bool airy = _jobs.Entries.Count < 2 || _jobs.Entries.Zip(_jobs.Entries.Skip(1)).Any(j => HasGap(j.First.Value.LastLine, j.Second.Key.Line));
        Add(_jobs, airy, column, _style.Entry(_options.JobName, job, column));
        _names.Add($"job '{_options.JobName}'");
    }

    private bool IsThere(YamlMap step)
    {
        if (_steps.Items!.FirstOrDefault(s => s["name"]?.Text == Name(step)) is not { } there) return false;
        return there.Says(Parsed(step)) ? true : throw Differs(there.Line, $"the step '{Name(step)}'", "delete it, or give it another name");
    }

    // After the last line of its own and the comments that stand in the same column or further right.
    private void Add(YamlPlace place, bool airy, int column, IEnumerable<string> lines)
    {
        int last = place.LastLine;
        for (int i = last + 1; i < _lines.Length && (_lines[i].Trim().Length == 0 || _lines[i].TrimStart().StartsWith('#') && _lines[i].Length - _lines[i].TrimStart().Length >= column); i++)
            if (_lines[i].Trim().Length > 0) last = i;
        bool gap = airy && !(place.KeepsEmptyLines && last == place.LastLine && !_added.ContainsKey(last));
        _added[last] = [.. _added.GetValueOrDefault(last) ?? [], .. gap ? [""] : Array.Empty<string>(), .. lines];
    }

    private bool HasGap(int after, int before) => Enumerable.Range(after + 1, Math.Max(0, before - after - 1)).Any(i => _lines[i].Trim().Length == 0);

    private YamlStyle Style()
    {
        YamlPlace first = _steps.Items![0];
        (YamlPlace key, _) = _build.Entries!.First(e => e.Key.Text == "steps");
        return new()
        {
            Indent = Math.Max(1, key.Column - _jobs.Entries!.First(j => j.Key.Text == _options.BuildJobName).Key.Column),
            Dash = _steps.Column - key.Column,
            Item = first.Line == _steps.Line && first.Alias is null && first.Anchor is null && !first.IsFlow ? first.Column - _steps.Column : 2,
            Airy = _steps.Items.Count == 1 || _steps.Items.Zip(_steps.Items.Skip(1)).Any(s => HasGap(s.First.LastLine, s.Second.Line)),
        };
    }

    private YamlPlace Block(YamlPlace place, string what)
    {
        if (place.Alias is { } alias) throw Refused("WorkflowNotExtensible", place.Line, $"in the place of {what} stands the alias *{alias}", "Write it out");
        if (place.IsFlow) throw Refused("WorkflowNotExtensible", place.Line, $"{what} is written in brackets", "Write it with one entry a line");
        return place;
    }

    // An anchor of these steps, or of what holds them, that is used elsewhere: what is added would come there too.
    private string? Shared(YamlPlace steps)
    {
        string[] anchors = [.. new[] { steps.Anchor, _build.Anchor, _jobs.Anchor }.OfType<string>()];
        return anchors.FirstOrDefault(anchor => Aliases(_jobs).Contains(anchor));
    }

    private static IEnumerable<string> Aliases(YamlPlace place) => place.Alias is { } alias ? [alias]
        : (place.Items ?? place.Entries?.Select(e => e.Value) ?? []).SelectMany(Aliases);

    private YamlPlace Parsed(YamlMap map) => YamlReader.Read([.. new YamlStyle().Map(map, 0)], _path)!;

    private static string Name(YamlMap step) => ((YamlText)step.Entries[0].Value!).Value;

    private PizzaException NoBuildJob() => Refused("WorkflowWithoutJob", _jobs.Line, $"it has no job '{_options.BuildJobName}' but {string.Join(", ", _jobs.Entries!.Select(e => $"'{e.Key.Text}'"))}",
        "Name the job that builds with -BuildJobName");

    private PizzaException NoSteps(int line) => Refused("WorkflowNotExtensible", line, $"the job '{_options.BuildJobName}' has no steps", "Name a job with steps as -BuildJobName");

    private PizzaException Differs(int line, string what, string next) => Refused("WorkflowDiffers", line, $"{what} is there already, but is another one than would be written", $"See the difference with -AsText and a -Path that does not exist; to have ours, {next}");

    private PizzaException Refused(string id, int line, string problem, string next) => new(id, PizzaErrorKind.InvalidOperation,
        $"'{_path}' cannot be extended (line {line + 1}): {problem}. {next}. Nothing was changed.", _path);
}

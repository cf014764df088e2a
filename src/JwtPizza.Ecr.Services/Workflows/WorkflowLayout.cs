namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Where new lines go in a workflow, laid out as what is there.</summary>
/// <param name="lines">The lines of the file.</param>
internal sealed class WorkflowLayout(string[] lines)
{
    private readonly Dictionary<int, IReadOnlyList<string>> _added = [];

    /// <summary>What was added, by the line that it comes after.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<string>> Added => _added;

    /// <summary>Adds steps after the last one of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="more">The new steps.</param>
    public void AddSteps(WorkflowJob job, YamlPlace steps, IEnumerable<YamlMap> more)
    {
        YamlStyle style = StyleOf(job, steps);
        Add(steps, style.Airy, steps.Column, style.List(new([.. more]), steps.Column));
    }

    /// <summary>Adds a job after the last one.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="style">How it is laid out.</param>
    /// <param name="name">Its name.</param>
    /// <param name="job">The new job.</param>
    public void AddJob(YamlPlace jobs, YamlStyle style, string name, YamlMap job)
    {
        int column = jobs.Entries![0].Key.Column;
        bool airy =
            jobs.Entries.Count < 2 || jobs.Entries.Zip(jobs.Entries.Skip(1)).Any(j => HasGap(j.First.Value.LastLine, j.Second.Key.Line));
        Add(jobs, airy, column, style.Entry(name, job, column));
    }

    /// <summary>Adds entries to a map, or to a key that has no value yet.</summary>
    /// <param name="key">The key of the map.</param>
    /// <param name="map">The map; null where the key has no value.</param>
    /// <param name="style">How they are laid out.</param>
    /// <param name="entries">The new entries.</param>
    public void AddEntries(YamlPlace key, YamlPlace? map, YamlStyle style, YamlMap entries)
    {
        int column = map?.Column ?? key.Column + style.Indent;
        Add(map ?? key, false, column, style.Map(entries, column));
    }

    /// <summary>Adds lines at the end of the file.</summary>
    /// <param name="more">The new lines.</param>
    public void AddAtEnd(IEnumerable<string> more) =>
        _added[lines.Length - 1] = [.. lines[^1].Trim().Length > 0 ? [""] : Array.Empty<string>(), .. more];

    /// <summary>How the steps of a job are laid out.</summary>
    /// <param name="job">The job.</param>
    /// <param name="steps">Its steps.</param>
    public YamlStyle StyleOf(WorkflowJob job, YamlPlace steps)
    {
        YamlPlace first = steps.Items![0], key = job.Place.Key("steps")!;
        return new()
        {
            Indent = Math.Max(1, key.Column - job.Key.Column),
            Dash = steps.Column - key.Column,
            Item = first.Line == steps.Line && first.Alias is null && first.Anchor is null && !first.IsFlow
                ? first.Column - steps.Column : 2,
            Airy = steps.Items.Count == 1 || steps.Items.Zip(steps.Items.Skip(1)).Any(s => HasGap(s.First.LastLine, s.Second.Line)),
        };
    }

    // After the last line of its own and the comments that stand in the same column or further right.
    private void Add(YamlPlace place, bool airy, int column, IEnumerable<string> more)
    {
        int last = place.LastLine;
        for (int i = last + 1; i < lines.Length
            && (lines[i].Trim().Length == 0
                || lines[i].TrimStart().StartsWith('#') && lines[i].Length - lines[i].TrimStart().Length >= column); i++)
            if (lines[i].Trim().Length > 0) last = i;
        bool gap = airy && !(place.KeepsEmptyLines && last == place.LastLine && !_added.ContainsKey(last));
        _added[last] = [.. _added.GetValueOrDefault(last) ?? [], .. gap ? [""] : Array.Empty<string>(), .. more];
    }

    private bool HasGap(int after, int before) =>
        Enumerable.Range(after + 1, Math.Max(0, before - after - 1)).Any(i => lines[i].Trim().Length == 0);
}

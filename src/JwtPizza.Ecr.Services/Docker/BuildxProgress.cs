using System.Text;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>Where a build is: the step at work and a rough share of the whole, 0 to 100.</summary>
internal sealed record BuildProgress(string Step, int Percent);

/// <summary>Who hears of a build while it runs. Each may be null.</summary>
internal sealed record BuildListener
{
    /// <summary>The step at work and the rough share that is done.</summary>
    public IProgress<BuildProgress>? Progress { get; init; }

    /// <summary>What the steps print, line by line, and what we have to say for the curious.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>What the Dockerfile's linter finds, and what a user should know about his daemon.</summary>
    public Action<string>? Warning { get; init; }
}

/// <summary>The state of one <c>docker buildx build</c>, from the lines of its error stream.</summary>
internal sealed partial class BuildxProgress
{
    private const int TailLines = 20;
    private const double AlmostDone = 0.99;

    private readonly BuildListener _listener;
    private readonly RawJsonReader _reader;
    private readonly Dictionary<string, Step> _steps = [];
    private readonly List<Step> _order = [];
    private readonly Dictionary<(string Vertex, string Id), (long Current, long Total)> _counts = [];
    private readonly HashSet<string> _warned = [];
    private readonly List<string> _text = [];
    private BuildProgress _last = new("", 0);

    public BuildxProgress(BuildListener listener)
    {
        _listener = listener;
        _reader = new(Apply, _text.Add);
    }

    /// <summary>What failed first; null while nothing has.</summary>
    public FailedStep? Failed =>
        _order.Where(s => s.Error is not null).OrderBy(s => s.Error!.Contains("context canceled", StringComparison.Ordinal))
        .Select(s => new FailedStep(s.Name, s.Error!, [.. s.Tail])).FirstOrDefault();

    /// <summary>The references whose push by the engine ended well, one after another; the containerd image store does not tell.</summary>
    public IReadOnlySet<string> Pushed =>
        _order.Where(s => s.IsCompleted && s.Error is null).Select(s => PushStep().Match(s.Name)).Where(m => m.Success)
            .Select(m => m.Groups[1].Value).ToHashSet();

    /// <summary>The digest of the manifest that was pushed last by the containerd image store; null where that was not said.</summary>
    public string? LastManifest { get; private set; }

    /// <summary>docker's own words: from the line that starts with <c>ERROR: </c> to the end, else all text that was no record.</summary>
    public string ErrorText
    {
        get
        {
            int at = _text.FindIndex(line => line.StartsWith("ERROR: ", StringComparison.Ordinal));
            return string.Join('\n', at < 0 ? _text : _text[at..]).Trim();
        }
    }

    /// <summary>The lines of the Dockerfile that docker points at, when it does.</summary>
    public string Excerpt =>
        string.Join('\n',
            _text.SkipWhile(l => !ExcerptStart().IsMatch(l)).TakeWhile(l => !l.StartsWith("ERROR: ", StringComparison.Ordinal))).Trim();

    public void Take(string line) => _reader.Take(line);

    public void End()
    {
        _reader.End();
        foreach (Step step in _order) Flush(step);
    }

    private void Apply(SolveStatus status)
    {
        foreach (Vertex vertex in status.Vertexes ?? []) Apply(vertex);
        foreach (VertexStatus count in status.Statuses ?? []) Apply(count);
        foreach (VertexLog log in status.Logs ?? []) Apply(log);
        foreach (VertexWarning warning in status.Warnings ?? []) Warn(warning);
        Report();
    }

    // A second "started" may follow "completed" of the same vertex: completion stays.
    private void Apply(Vertex vertex)
    {
        Step step = Of(vertex.Digest);
        if (vertex.Name is { Length: > 0 }) step.Name = vertex.Name;
        if (!step.IsStarted && vertex.Started is not null)
        {
            step.IsStarted = true;
            _listener.Verbose?.Invoke(vertex.Cached ? $"{step.Name} (cached)" : step.Name);
        }
        step.IsCompleted |= vertex.Completed is not null;
        if (vertex.Error is { Length: > 0 }) step.Error = vertex.Error;
        if (step.IsCompleted) Flush(step);
    }

    // The last record of a count gives neither its size nor its end, only that it is complete.
    private void Apply(VertexStatus count)
    {
        if (count.Completed is not null && PushedManifest().Match(count.Id) is { Success: true } manifest)
            LastManifest = manifest.Groups[1].Value;
        long total = Math.Max(count.Total, _counts.GetValueOrDefault((count.Vertex, count.Id)).Total);
        _counts[(count.Vertex, count.Id)] = (count.Completed is null ? count.Current : total, total);
    }

    private void Apply(VertexLog log)
    {
        Step step = Of(log.Vertex);
        StringBuilder open = step.Open(log.Stream);
        open.Append(step.Decode(log.Stream, log.Data ?? []));
        string[] lines = open.ToString().Split('\n');
        open.Clear().Append(lines[^1]);
        foreach (string line in lines[..^1]) Print(step, line);
    }

    private void Flush(Step step)
    {
        foreach (StringBuilder open in step.OpenLines)
        {
            if (open.Length > 0) Print(step, open.ToString());
            open.Clear();
        }
    }

    // A program that draws a progress bar ends its lines with a carriage return: only its last state is of use.
    private void Print(Step step, string line)
    {
        string clean = Escapes().Replace(line.TrimEnd('\r').Split('\r')[^1], "");
        step.Tail.Enqueue(clean);
        if (step.Tail.Count > TailLines) step.Tail.Dequeue();
        _listener.Verbose?.Invoke("    " + clean);
    }

    private void Warn(VertexWarning warning)
    {
        string where = warning.Range is [{ Start.Line: > 0 and var line }, ..]
            ? $" ({warning.SourceInfo?.Filename ?? "Dockerfile"}, line {line})" : "";
        string text = Encoding.UTF8.GetString(warning.Short ?? []) + where + (warning.Url is { Length: > 0 } url ? $" See {url}" : "");
        if (_warned.Add(text)) _listener.Warning?.Invoke(text);
    }

    private void Report()
    {
        if (_listener.Progress is null || _order.Count == 0) return;
        Step? current =
            _order.LastOrDefault(s => s is { IsStarted: true, IsCompleted: false }
                && !s.Name.StartsWith("[internal]", StringComparison.Ordinal) && !s.Name.StartsWith("[auth]", StringComparison.Ordinal));
        double done = _order.Count(s => s.IsCompleted) + (current is null ? 0 : ShareOf(current));
        int percent = Math.Max(_last.Percent, (int)(100 * Math.Min(AlmostDone, done / _order.Count)));
        BuildProgress now = new(current?.Name ?? (_last.Step.Length > 0 ? _last.Step : "loading the build definition"), percent);
        if (now == _last) return;
        _last = now;
        _listener.Progress.Report(now);
    }

    private double ShareOf(Step step)
    {
        (long current, long total) = (0, 0);
        foreach (((string vertex, _), (long c, long t)) in _counts)
        {
            if (vertex == step.Digest && t > 0) (current, total) = (current + Math.Min(c, t), total + t);   // current may exceed total
        }
        return total == 0 ? 0 : (double)current / total;
    }

    private Step Of(string digest)
    {
        if (_steps.TryGetValue(digest, out Step? step)) return step;
        _steps[digest] = step = new(digest);
        _order.Add(step);
        return step;
    }

    [GeneratedRegex(@"\Apushing (\S+) with docker\z", RegexOptions.CultureInvariant)]
    private static partial Regex PushStep();

    [GeneratedRegex(@"\Apushing manifest for \S+@(sha256:[0-9a-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex PushedManifest();

    [GeneratedRegex(@"\A\S+:\d+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ExcerptStart();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Escapes();

    private sealed class Step(string digest)
    {
        private readonly StringBuilder[] _open = [new(), new()];
        private readonly Decoder[] _decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];

        public string Digest => digest;
        public string Name { get; set; } = "";
        public bool IsStarted { get; set; }
        public bool IsCompleted { get; set; }
        public string? Error { get; set; }
        public Queue<string> Tail { get; } = new();
        public IEnumerable<StringBuilder> OpenLines => _open;

        public StringBuilder Open(int stream) => _open[stream == 2 ? 1 : 0];

        // A record may end in the middle of a character.
        public string Decode(int stream, byte[] data)
        {
            char[] chars = new char[Encoding.UTF8.GetMaxCharCount(data.Length)];
            return new(chars, 0, _decoders[stream == 2 ? 1 : 0].GetChars(data, chars, flush: false));
        }
    }
}

/// <summary>The step that failed, with its error and the last lines it printed.</summary>
internal sealed record FailedStep(string Name, string Error, IReadOnlyList<string> LastLines);

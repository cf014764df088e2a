namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A distribution that could be made: everything is found and checked, nothing is written yet.</summary>
internal sealed class DistPlan : IDisposable
{
    internal DistPlan(DistRequest request, IReadOnlyList<DistEntry> entries,
        IReadOnlyDictionary<string, (byte[] Content, IReadOnlyList<DistReplacement> Replaced)> changed) =>
        (Request, Entries, Changed) = (request, entries, changed);

    internal DistRequest Request { get; }
    internal IReadOnlyList<DistEntry> Entries { get; }

    /// <summary>The new contents of the files in which something is replaced, by <see cref="DistEntry.Source"/>.</summary>
    internal IReadOnlyDictionary<string, (byte[] Content, IReadOnlyList<DistReplacement> Replaced)> Changed { get; }

    /// <summary>Each file as <c>src/config.js -&gt; config.js</c>.</summary>
    public IEnumerable<string> Files =>
        Entries.Where(e => !e.IsFolder).Select(e => e.Source == e.Target ? e.Source : $"{e.Source} -> {e.Target}");

    /// <summary>What will be replaced; the values are told nowhere.</summary>
    public IReadOnlyList<DistReplacement> Replaced => [.. Changed.Values.SelectMany(c => c.Replaced)];

    /// <summary>Overwrites the contents that hold secrets.</summary>
    public void Dispose()
    {
        foreach ((byte[] content, _) in Changed.Values) Array.Clear(content);
    }
}

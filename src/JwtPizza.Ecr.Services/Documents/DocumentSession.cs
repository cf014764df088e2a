using System.Collections.Concurrent;

namespace JwtPizza.Ecr.Services.Documents;

/// <summary>What this process has written, for whichever command comes next.</summary>
/// <param name="time">The clock.</param>
/// <param name="random">What spreads writers out.</param>
internal sealed class DocumentSession(TimeProvider time, Random random)
{
    private readonly ConcurrentDictionary<string, object> _logs = new();

    /// <summary>The one of this process.</summary>
    public static DocumentSession Current { get; } = new(TimeProvider.System, Random.Shared);

    public TimeProvider Time => time;

    public Random Random => random;

    public DocumentLog<TDocument> Log<TDocument>(string key)
        where TDocument : IDocument =>
            (DocumentLog<TDocument>)_logs.GetOrAdd($"{typeof(TDocument).Name} {key}", _ => new DocumentLog<TDocument>(time));
}

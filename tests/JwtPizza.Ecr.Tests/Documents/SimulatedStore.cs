using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Tests.Documents;

/// <summary>How the service of a simulation behaves.</summary>
internal sealed record Weather
{
    /// <summary>How long a write stays unseen.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How much of the delay differs from reading to reading: 0 for none, 1 for all of it.</summary>
    public double Jitter { get; init; }

    /// <summary>How long a message is under way at most.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How much longer the first call takes, before the service knows of it.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>Whether writes have numbers, and what was between two can be read.</summary>
    public bool CountsVersions { get; init; }

    /// <summary>The share of writes whose answer is lost.</summary>
    public double LostAnswers { get; init; }
}

/// <summary>Where a document lies that many write: the last writer wins, and readers see it late.</summary>
internal sealed class SimulatedService<TDocument>(TDocument document, Weather weather, TimeProvider time, Random random)
    where TDocument : IDocument
{
    private readonly List<(long At, TDocument Document)> _history = [(long.MinValue / 2, document)];

    /// <summary>What somebody else does after a call; gets the number of calls so far.</summary>
    public Action<SimulatedService<TDocument>, int> Meanwhile { get; init; } = (_, _) => { };

    public TDocument Document => _history[^1].Document;

    public int Writes { get; private set; }

    public int Calls { get; private set; }

    /// <summary>Somebody else's write.</summary>
    public void Put(TDocument document) => _history.Add((time.GetTimestamp(), document));

    public async Task<Reading<TDocument>> ReadAsync(int own, int before)
    {
        if (Calls == 0) await Task.Delay(weather.Start, time);
        await TravelAsync();
        double late = weather.Delay.Ticks * (1 - (weather.Jitter * random.NextDouble()));
        int seen = _history.FindLastIndex(h => h.At <= time.GetTimestamp() - (long)late);
        await TravelAsync();
        Meanwhile(this, ++Calls);
        Reading<TDocument> reading = new(_history[seen].Document, weather.CountsVersions ? seen + 1 : 0);
        return weather.CountsVersions && own == seen + 1 && own > before + 1
            ? reading with { Overwritten = new(_history[seen - 1].Document, seen) } : reading;
    }

    public async Task<Reading<TDocument>> WriteAsync(TDocument document)
    {
        await TravelAsync();
        Put(document);
        Writes++;
        int number = _history.Count;
        await TravelAsync();
        Meanwhile(this, ++Calls);
        if (random.NextDouble() < weather.LostAnswers)
            throw new PizzaException("ConnectionLost", PizzaErrorKind.Unavailable, "The answer was lost.") { MayBeDone = true };
        return new(document, weather.CountsVersions ? number : 0);
    }

    private Task TravelAsync() => Task.Delay(weather.Latency * random.NextDouble(), time);
}

/// <summary>The service as one command sees it.</summary>
internal sealed class SimulatedStore<TDocument>(SimulatedService<TDocument> service) : DocumentStore<TDocument>
    where TDocument : IDocument
{
    private (int Number, int Before) _own;

    public override string Name => "the document";

    public override string LookWith => "look";

    public override string Target => "document";

    public override Task<string> KeyAsync(CancellationToken cancellationToken) => Task.FromResult("document");

    public override Task<Reading<TDocument>> ReadAsync(CancellationToken cancellationToken) => service.ReadAsync(_own.Number, _own.Before);

    public override async Task<Reading<TDocument>> WriteAsync(
        TDocument document, Reading<TDocument> basis, CancellationToken cancellationToken)
    {
        Reading<TDocument> written = await service.WriteAsync(document);
        _own = (written.Version, Math.Max(basis.Version, _own.Number));
        return written;
    }
}

/// <summary>The simplest document: a set of names.</summary>
internal sealed class Names(params IEnumerable<string> all) : IDocument
{
    public IReadOnlyList<string> All { get; } = [.. all.Order(StringComparer.Ordinal)];

    public string Text => System.Text.Json.JsonSerializer.Serialize(All);

    public IEnumerable<string> Items => All;

    public Edit<Names, string> Add(string name) =>
        All.Contains(name) ? new(this) : new Edit<Names, string>(this) with { Document = new(All.Append(name)) };

    public Edit<Names, string> Remove(string name) =>
        All.Contains(name) ? new Edit<Names, string>(this) with { Document = new(All.Except([name])) } : new(this);
}

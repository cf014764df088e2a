namespace JwtPizza.Ecr.Services.Documents;

/// <summary>How a reading stands to one of our writes.</summary>
internal enum ReadingAge
{
    /// <summary>It is of before our write: AWS does not show the write yet.</summary>
    Older,

    /// <summary>It is what we wrote.</summary>
    Same,

    /// <summary>It was not known before our write; somebody else made it.</summary>
    Newer,
}

/// <summary>
/// What this process knows of one document: what it wrote itself, what it had read before each write, and which of its edits have not been
/// seen in place yet. AWS may show a write some time after it: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
/// </summary>
internal sealed class DocumentLog<TDocument>(TimeProvider time)
    where TDocument : IDocument
{
    /// <summary>A delay that is no delay: one network round trip, on a slow machine.</summary>
    private static readonly TimeSpan s_immediate = TimeSpan.FromMilliseconds(250), s_forgetAfter = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, int> _ranks = [];
    private readonly List<(int Write, int Version)> _versions = [];
    private readonly List<Func<TDocument, TDocument>> _pending = [];
    private readonly HashSet<string> _touched = [];
    private Task _tail = Task.CompletedTask;
    private long _writtenAt, _confirmedAt;

    /// <summary>How many writes there were.</summary>
    public int Writes { get; private set; }

    /// <summary>What we wrote last; null when that does not matter any more.</summary>
    public Reading<TDocument>? Last { get; private set; }

    /// <summary>Whether the last write was seen in place.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>The longest time that a write took to be seen.</summary>
    public TimeSpan Lag { get; private set; }

    /// <summary>What edits of this process added or took out on purpose.</summary>
    public IReadOnlySet<string> Touched => _touched;

    /// <summary>One writer of this process at a time.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource left = new();
        Task before = Interlocked.Exchange(ref _tail, left.Task);
        try { await before.WaitAsync(cancellationToken).ConfigureAwait(false); }
        catch (OperationCanceledException)
        {
            _ = before.ContinueWith(_ => left.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            throw;
        }
        return new Gate(left);
    }

    /// <summary>Notes a write.</summary>
    /// <returns>Its number.</returns>
    public int Record(Reading<TDocument> written, IEnumerable<string> touched)
    {
        lock (_ranks)
        {
            Writes++;
            (Last, IsConfirmed, _writtenAt) = (written, false, time.GetTimestamp());
            _ranks[Text(written)] = 2 * Writes;
            if (written.Version > 0) _versions.Add((Writes, written.Version));
            _touched.UnionWith(touched);
            return Writes;
        }
    }

    /// <summary>Notes a reading, and says how it stands to a write of ours.</summary>
    public ReadingAge AgeOf(Reading<TDocument> reading, int write)
    {
        lock (_ranks)
        {
            if (Last is { Version: 0 } last && reading.Version > _versions.LastOrDefault().Version && _versions.Count > 0
                && Text(reading) == Text(last))
            {
                _versions.Add((Writes, reading.Version));   // the answer that would have told the number was lost
                Last = reading;
            }
            int rank = reading.Version > 0 && _versions.Count > 0 ? RankOf(reading.Version) : RankOf(Text(reading));
            return rank < 2 * write ? ReadingAge.Older : rank == 2 * write ? ReadingAge.Same : ReadingAge.Newer;
        }
    }

    /// <summary>Whether we wrote just this, now or earlier.</summary>
    public bool IsOwn(Reading<TDocument> reading)
    {
        lock (_ranks) return _ranks.TryGetValue(Text(reading), out int rank) && rank > 0 && rank % 2 == 0;
    }

    /// <summary>Notes that a write was seen.</summary>
    public void Confirm(int write, TimeSpan lag)
    {
        lock (_ranks)
        {
            if (lag > Lag) Lag = lag;
            if (write != Writes || IsConfirmed) return;
            (IsConfirmed, _confirmedAt) = (true, time.GetTimestamp());
        }
    }

    /// <summary>
    /// Forgets what cannot mislead any more: all that was older than a write that has been in place for a while. What is read then is so,
    /// also if somebody has put back just what was there before.
    /// </summary>
    public void Refresh()
    {
        lock (_ranks)
        {
            bool settled = IsConfirmed && time.GetElapsedTime(_confirmedAt) >= (Lag <= s_immediate ? TimeSpan.Zero : 4 * Lag);
            if (Last is null || (!settled && time.GetElapsedTime(_writtenAt) < s_forgetAfter)) return;
            Forget();
            _touched.Clear();
            if (!settled) _pending.Clear();
        }
    }

    /// <summary>Takes what is read from now on for what is there.</summary>
    public void Forget()
    {
        lock (_ranks)
        {
            _ranks.Clear();
            _versions.Clear();
            Last = null;
        }
    }

    /// <summary>Keeps an edit until it was seen in place.</summary>
    public void Pend(Func<TDocument, TDocument> edit)
    {
        lock (_ranks) _pending.Add(edit);
    }

    public void Settle(Func<TDocument, TDocument> edit)
    {
        lock (_ranks) _pending.Remove(edit);
    }

    /// <summary>A document of somebody else with the edits of this process that were not seen in place yet.</summary>
    public TDocument WithPending(TDocument document)
    {
        Func<TDocument, TDocument>[] pending;
        lock (_ranks) pending = [.. _pending];
        foreach (Func<TDocument, TDocument> edit in pending)
        {
            try { document = edit(document); }
            catch (PizzaException) { }   // it cannot be made on this document; whoever wanted it has been told that it was not seen
        }
        return document;
    }

    /// <summary>Twice the number of a write of ours; odd for what somebody else has made after that.</summary>
    private int RankOf(string text) => _ranks.TryGetValue(text, out int rank) ? rank : _ranks[text] = (2 * Writes) + 1;

    private int RankOf(int version)
    {
        (int write, int own) = _versions.LastOrDefault(v => v.Version <= version);
        return own == version ? 2 * write : (2 * write) + 1;
    }

    private static string Text(Reading<TDocument> reading) => reading.Document.Text ?? "";

    private sealed class Gate(TaskCompletionSource left) : IDisposable
    {
        public void Dispose() => left.TrySetResult();
    }
}

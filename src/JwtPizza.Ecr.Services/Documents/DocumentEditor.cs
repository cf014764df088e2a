using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Documents;

/// <summary>
/// One edit of a document that AWS replaces as a whole, without a version to compare, and may show only some time after it was written.
/// Whoever read before our write and writes after it undoes our edit, and cannot know it. So we look until our write is in place, and
/// once more when every writer who cannot have seen it has written. What a reading shows of before our write is waited out, not
/// repaired; what somebody else has made without our edit gets it, after a random pause that grows with each loss.
/// </summary>
/// <param name="store">Where the document lies.</param>
/// <param name="change">The edit; nothing is left to do for it once it is in the document.</param>
/// <param name="session">What this process has written.</param>
internal sealed class DocumentEditor<TDocument, TResult>(
    DocumentStore<TDocument> store, Func<TDocument, Edit<TDocument, TResult>> change, DocumentSession session)
    where TDocument : IDocument
{
    private const int MostLosses = 20, Looks = 2, LooksAmongOthers = 4, LooksForOthers = 12;
    private static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(500), s_firstPause = TimeSpan.FromMilliseconds(25),
        s_longestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_shortestSettling = TimeSpan.FromMilliseconds(60), s_longestSettling = TimeSpan.FromSeconds(6),
        s_longestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40), s_doubt = TimeSpan.FromSeconds(10);
    private static readonly Backoff s_looks = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    private readonly TimeProvider _time = session.Time;
    private readonly HashSet<string> _seen = [], _held = [], _touched = [], _warnings = [];
    private DocumentLog<TDocument> _log = null!;
    private TDocument? _basis;
    private Round? _round;
    private Edit<TDocument, TResult>? _made;
    private PizzaException? _doubt;
    private Reading<TDocument>? _overwritten, _written;
    private bool _others, _repeatable, _reverted, _isNew, _exists;
    private int _write, _writes, _losses;
    private long _writtenAt, _firstWrittenAt;
    private TimeSpan _gap, _longestGap, _delay, _readFor;

    /// <summary>A reading with the edit on it.</summary>
    /// <param name="Basis">What the edit is made on.</param>
    /// <param name="Edit">The edit.</param>
    /// <param name="Start">When the reading began.</param>
    /// <param name="Took">How long it took.</param>
    /// <param name="Writes">How many writes of this process there were.</param>
    private sealed record Round(Reading<TDocument> Basis, Edit<TDocument, TResult> Edit, long Start, TimeSpan Took, int Writes)
    {
        /// <summary>Whether there is something to write: also what our own write has undone.</summary>
        public bool IsChange => Edit.Changed || BringsBack;

        public bool BringsBack { get; init; }
    }

    private sealed record Look(Reading<TDocument>? Reading, ReadingAge Age);

    /// <summary>What is edited, within a sentence.</summary>
    public string Name => store.Name;

    /// <summary>The document that was written or found last.</summary>
    public Reading<TDocument> Current => _written ?? _round!.Basis;

    /// <summary>The edit on the document as it is; nothing is written.</summary>
    public async Task<Edit<TDocument, TResult>> PlanAsync(CancellationToken cancellationToken)
    {
        _log = session.Log<TDocument>(await store.KeyAsync(cancellationToken).ConfigureAwait(false));
        _round = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return _round.Edit;
    }

    /// <summary>Makes the edit that was planned, on what is there by now.</summary>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>: others undid it again and again.</exception>
    public async Task<Edit<TDocument, TResult>> ApplyAsync(CancellationToken cancellationToken)
    {
        Func<TDocument, TDocument> pending = document => change(document).Document;
        try
        {
            while (true)
            {
                await WriteAsync(pending, cancellationToken).ConfigureAwait(false);
                if (_write == 0) return Report();
                if (_isNew && _doubt is null)
                {
                    _log.Settle(pending);   // made where there was none: whoever writes after us has seen it
                    return Report();
                }
                if (await WatchAsync(cancellationToken).ConfigureAwait(false) is { } end)
                {
                    if (end) _log.Settle(pending);
                    return Report();
                }
                _round = null;
                if (++_losses > MostLosses) throw Hopeless();
                await Task.Delay(Pause(), _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PizzaException)
        {
            _log.Settle(pending);
            throw;
        }
    }

    /// <summary>Plans and makes it.</summary>
    public async Task<Edit<TDocument, TResult>> RunAsync(CancellationToken cancellationToken)
    {
        Edit<TDocument, TResult> planned = await PlanAsync(cancellationToken).ConfigureAwait(false);
        return planned.Changed ? await ApplyAsync(cancellationToken).ConfigureAwait(false) : planned;
    }

    /// <summary>Writes once, unless nothing is left to do.</summary>
    private async Task<bool> WriteAsync(Func<TDocument, TDocument> pending, CancellationToken cancellationToken)
    {
        using IDisposable gate = await _log.EnterAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (_round is null || _round.Writes != _log.Writes || _time.GetElapsedTime(_round.Start) > s_fresh)
                _round = await ReadAsync(cancellationToken).ConfigureAwait(false);
            Round round = _round;
            if (_write == 0) _made = round.Edit;
            if (!round.IsChange) return false;
            if (await TryWriteAsync(round, cancellationToken).ConfigureAwait(false) is not { } written) continue;
            if (_write == 0) _log.Pend(pending);
            (_written, _repeatable, _round) = (written, !change(written.Document).Changed, null);
            _isNew = store.CreatesOnce && round.Basis.Document.Text is null;
            _touched.UnionWith(round.Edit.Touched);
            _write = _log.Record(written, round.Edit.Touched);
            _writtenAt = _time.GetTimestamp();
            if (_writes++ == 0) _firstWrittenAt = _writtenAt;
            _basis = round.Basis.Document;
            (_gap, _readFor) = (_time.GetElapsedTime(round.Start), round.Took);
            return true;
        }
    }

    /// <summary>What was written; null when there was another document by then, which is read now.</summary>
    private async Task<Reading<TDocument>?> TryWriteAsync(Round round, CancellationToken cancellationToken)
    {
        try { return await store.WriteAsync(round.Edit.Document, round.Basis, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.MayBeDone)
        {
            _doubt = e;   // what is there will tell
            return new(round.Edit.Document);
        }
        catch (PizzaException e) when (e.Kind is PizzaErrorKind.AlreadyExists && round.Basis.Document.Text is null)
        {
            // somebody was quicker, or it was not to be seen yet
            _round = await AppearedAsync(e, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Looks until the edit is in place to stay.</summary>
    /// <returns>Whether it was seen; null when somebody has undone it.</returns>
    private async Task<bool?> WatchAsync(CancellationToken cancellationToken)
    {
        Poll poll = new(_time, s_patience, s_looks);
        TimeSpan? lag = null;
        long? revertedAt = null;
        int calm = 0;
        while (true)
        {
            TimeSpan since = _time.GetElapsedTime(_writtenAt);
            (Reading<TDocument>? reading, ReadingAge age) = await LookAsync(cancellationToken).ConfigureAwait(false);
            if (age is ReadingAge.Same && reading!.Overwritten is { } overwritten && IsRepaired(overwritten)) return null;
            Edit<TDocument, TResult>? edit = age is ReadingAge.Newer ? change(reading!.Document) : null;
            if (edit is not null && !_log.IsOwn(reading!)) Observe(reading!);
            if (age is ReadingAge.Same || edit is { Changed: false } || (edit is not null && !_repeatable))
            {
                if (_doubt is not null && age is ReadingAge.Same) _written = reading;
                if (lag is null) _held.Clear();
                _held.UnionWith(reading!.Document.Items);
                lag ??= LagSeenAfter(since, age);
                (revertedAt, _doubt) = (null, null);
                // who lost something may be about to put it back
                if (++calm >= (_others ? LooksAmongOthers : Looks) && (Lost().Length == 0 || calm >= LooksForOthers))
                {
                    _log.Confirm(_write, _writes == 1 ? lag.Value : TimeSpan.Zero);
                    return true;
                }
                await Task.Delay(Settling() + (calm == 1 || _others ? lag.Value : TimeSpan.Zero), _time, cancellationToken)
                    .ConfigureAwait(false);
                continue;
            }
            if (edit is not null && (lag is not null || reading!.Version > 0 || since >= Hold())) return null;
            if (edit is null && since > _delay) _delay = since;
            if (_doubt is not null && poll.Elapsed > s_doubt) throw _doubt;
            if (poll.IsOver) return GiveUp();
            if (edit is null && (lag is not null || _others) && !_reverted && reading is not null && !_log.IsOwn(reading))
            {
                revertedAt ??= _time.GetTimestamp();
                if (_time.GetElapsedTime(revertedAt.Value) > Settling() + (2 * (lag ?? _log.Lag))) return Revert();
            }
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// How long a write stays unseen at most, now that ours, or a document that was made from it, is seen. After several writes it may have
    /// been made from the first of them.
    /// </summary>
    private TimeSpan LagSeenAfter(TimeSpan since, ReadingAge age)
    {
        TimeSpan seen = _writes == 1 && age is ReadingAge.Same ? since : _time.GetElapsedTime(_firstWrittenAt) / 2;
        return Within(_delay > _log.Lag ? _delay : _log.Lag, seen, s_longestDelay);
    }

    /// <summary>
    /// How long a document without our edit, of which nothing tells whether it was made before or after our write, is taken for an older
    /// one: longer with each time that this was wrong.
    /// </summary>
    private TimeSpan Hold() => Within(_delay > _log.Lag ? _delay : _log.Lag, Math.Pow(2, Math.Min(_losses, 10)) * _gap, s_longestDelay);

    /// <summary>
    /// How long we were blind to others, from our reading to the end of our write. The first reading of a process also opens a connection
    /// and has code compiled, before AWS reads anything: what it took beyond four times the next one does not count.
    /// </summary>
    private void NoteGap(TimeSpan look)
    {
        if (_readFor > 4 * look) _gap -= _readFor - (4 * look);
        _readFor = TimeSpan.Zero;
        if (_gap > _longestGap) _longestGap = _gap;
    }

    /// <summary>A reading, and how it stands to our write. What is not to be seen at all yet is older.</summary>
    private async Task<Look> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            long start = _time.GetTimestamp();
            Reading<TDocument> reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            NoteGap(_time.GetElapsedTime(start));
            return new(reading, _log.AgeOf(reading, _write));
        }
        catch (PizzaException e) when (IsNotSeenYet(e)) { return new(null, ReadingAge.Older); }
    }

    /// <summary>What the next write is to be made from: what is there, or what we wrote ourselves while AWS still shows what was before
    /// it.</summary>
    private async Task<Round> ReadAsync(CancellationToken cancellationToken)
    {
        Poll poll = new(_time, s_patience, s_looks);
        while (true)
        {
            _log.Refresh();
            (long start, int writes, bool hasWritten) = (_time.GetTimestamp(), _log.Writes, _log.Last is not null);
            Reading<TDocument>? reading = null;
            try { reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false); }
            catch (PizzaException e) when (IsNotSeenYet(e)) { }
            TimeSpan took = _time.GetElapsedTime(start);
            ReadingAge age = reading is null ? ReadingAge.Older : _log.AgeOf(reading, writes);
            Reading<TDocument>? undone = age is ReadingAge.Newer ? null : _overwritten;
            _overwritten = null;
            if (undone is not null)
            {
                return (await RoundAsync(undone, isForeign: true, start, took, writes, cancellationToken).ConfigureAwait(false))
                    with { BringsBack = true };
            }
            if (!hasWritten || age is not ReadingAge.Older)
            {
                if (age is ReadingAge.Same) _log.Confirm(writes, TimeSpan.Zero);
                bool isForeign = hasWritten && !_log.IsOwn(reading!);
                if (isForeign && _write > 0) Observe(reading!);
                return await RoundAsync(reading!, isForeign, start, took, writes, cancellationToken).ConfigureAwait(false);
            }
            if (MayBeGone(reading))
                return await RoundAsync(reading!, isForeign: false, start, took, writes, cancellationToken).ConfigureAwait(false);
            if (!_log.IsConfirmed && _log.Last is { } last)
                return await RoundAsync(last, isForeign: false, start, took, writes, cancellationToken).ConfigureAwait(false);
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Round> RoundAsync(
        Reading<TDocument> basis, bool isForeign, long start, TimeSpan took, int writes, CancellationToken cancellationToken)
    {
        Edit<TDocument, TResult> edit = change(basis.Document);
        if (edit.Changed && isForeign) edit = edit with { Document = _log.WithPending(edit.Document) };
        if (edit.Changed) edit = edit with { Document = await store.FitAsync(edit.Document, cancellationToken).ConfigureAwait(false) };
        _seen.UnionWith(basis.Document.Items);
        return new(basis, edit, start, took, writes);
    }

    /// <summary>Waits until a document that AWS refused to make again can be read.</summary>
    private async Task<Round> AppearedAsync(PizzaException refusal, CancellationToken cancellationToken)
    {
        Poll poll = new(_time, s_doubt, s_looks);
        _exists = true;
        while (true)
        {
            Round round = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (round.Basis.Document.Text is not null) return round;
            if (poll.IsOver) throw refusal;
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // What we made and do not see may have been removed since: AWS itself tells, by refusing to make it again.
    private bool MayBeGone(Reading<TDocument>? reading) =>
        store.CreatesOnce && !_exists && reading is { Document.Text: null };

    private bool IsNotSeenYet(PizzaException e) => e.ErrorId == "NoSuchEntity" && _log.Last is not null && !_log.IsConfirmed;

    private void Observe(Reading<TDocument> foreign)
    {
        _others = true;
        _seen.UnionWith(foreign.Document.Items);
        if (change(foreign.Document).Changed) _held.Clear();
    }

    /// <summary>
    /// Somebody wrote between our reading and our write, so that we have undone their change, and it has to come back: unless they had not
    /// seen themselves what we have read.
    /// </summary>
    private bool IsRepaired(Reading<TDocument> overwritten)
    {
        _others = true;
        _seen.UnionWith(overwritten.Document.Items);
        if (_basis!.Items.Except(overwritten.Document.Items).Any()) return false;
        _warnings.Add(
            $"Someone else changed {store.Name} at the same moment (version v{overwritten.Version}); " +
            "a further version contains both changes.");
        _overwritten = overwritten;
        return true;
    }

    /// <summary>Just what was there before our edit is there again, and stays.</summary>
    private bool? Revert()
    {
        (_reverted, _others) = (true, true);
        _log.Forget();
        return null;
    }

    private bool? GiveUp()
    {
        _warnings.Add(
            $"The change of {store.Name} was written, but is not visible yet: after {s_patience.TotalSeconds:0} seconds AWS still shows " +
            $"it as it was before. Check again in a minute ({store.LookWith}).");
        return false;
    }

    private Edit<TDocument, TResult> Report()
    {
        if (_write > 0 && Lost() is { Length: > 0 } lost)
            _warnings.Add(
                $"While {store.Name} was edited, '{string.Join("', '", lost)}' was lost, because someone else wrote it at the same time. " +
                $"Check whether it is back ({store.LookWith}). If it is not, and that was not intended, add it again.");
        return _warnings.Aggregate(_made!, (edit, warning) => edit.Warn(warning));
    }

    /// <summary>What was seen in the document and is not in it any more, though nobody of this process has taken it out.</summary>
    private string[] Lost() => _held.Count == 0 ? [] : [.. _seen.Except(_held).Except(_touched).Except(_log.Touched)];

    /// <summary>Longer than the slowest of equals takes from its read to the end of its write.</summary>
    private TimeSpan Settling() => Within(s_shortestSettling, (4 + session.Random.NextDouble()) * _longestGap, s_longestSettling);

    /// <summary>Up to 64 times what a writer stays blind to others: among some dozens of writers, a time in which nobody else writes is
    /// then likely.</summary>
    private TimeSpan Pause() =>
        session.Random.NextDouble() * Within(s_firstPause, Math.Pow(2, Math.Min(_losses + 1, 6)) * (_gap + Hold()), s_longestPause);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Within(TimeSpan least, TimeSpan value, TimeSpan most) => value < least ? least : Shorter(value, most);

    private PizzaException Hopeless() => new("ConcurrentEdit", PizzaErrorKind.InvalidOperation,
        $"The edit of {store.Name} was undone {_losses} times by someone who writes it at the same time (a deployment tool, another " +
        "script?). Find out who, then try again.", store.Target);
}

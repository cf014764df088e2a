namespace JwtPizza.Ecr.Services.Editing;

/// <summary>
/// One edit of a document that AWS replaces as a whole, without a version to compare: whoever read before us and writes after us
/// undoes our edit, and cannot know it. So we look again: at once, and once more when every writer that may have read before our write
/// has written; twice more, if somebody else is seen writing. What we find undone is done again, after a random pause that grows with
/// each loss, so that many writers spread out.
/// What others lost is theirs to repair (it may also be gone because somebody revoked it), but it is reported.
/// </summary>
internal sealed class LastWriterWins<TEdit>(TimeProvider time)
    where TEdit : class, IDocumentEdit<TEdit>
{
    private const int MostLosses = 14, CalmReads = 2, CalmReadsAmongOthers = 4;
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(25), s_shortestSettling = TimeSpan.FromMilliseconds(60), s_longest = TimeSpan.FromSeconds(6);

    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _stillThere = [];
    private TEdit? _written;
    private string? _expected;
    private bool _others;
    private TimeSpan _gap, _longestGap;

    /// <summary>What is edited, within a sentence: "the trust policy of role 'x'".</summary>
    public required string Document { get; init; }

    /// <summary>The command that shows it.</summary>
    public required string LookWith { get; init; }

    /// <summary>The target of errors.</summary>
    public required string Target { get; init; }

    /// <summary>Reads the document and makes the edit on it; nothing is left to do for it once it is in the document.</summary>
    public required Func<CancellationToken, Task<TEdit>> ReadAsync { get; init; }

    /// <summary>Writes what the edit has made.</summary>
    public required Func<TEdit, CancellationToken, Task> WriteAsync { get; init; }

    /// <summary>Edits until the edit stays.</summary>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    public async Task<TEdit> RunAsync(CancellationToken cancellationToken)
    {
        int losses = 0, calm = 0;
        bool rested = true;
        while (true)
        {
            long start = time.GetTimestamp();
            TEdit next = await ReadAsync(cancellationToken).ConfigureAwait(false);
            Observe(next);
            if (!next.Changed)
            {
                if (_written is null || ++calm >= (_others ? CalmReadsAmongOthers : CalmReads)) return Report(_written ?? next);
                await Task.Delay(Settling(), time, cancellationToken).ConfigureAwait(false);
            }
            else if (rested)
            {
                await WriteAsync(next, cancellationToken).ConfigureAwait(false);
                _written ??= next;
                _gap = time.GetElapsedTime(start);
                _longestGap = _gap > _longestGap ? _gap : _longestGap;
                _expected = next.After;
                (calm, rested) = (0, false);
            }
            else
            {
                if (++losses > MostLosses) throw Hopeless(losses);
                await Task.Delay(Pause(losses), time, cancellationToken).ConfigureAwait(false);
                (calm, rested) = (0, true);   // the write comes right after a new read
            }
        }
    }

    private void Observe(TEdit next)
    {
        _others |= _written is not null && next.Before != _expected;
        _expected = next.Before;
        _seen.UnionWith(next.Held);
        if (next.Changed) _stillThere.Clear();
        else _stillThere.UnionWith(next.Held);
    }

    private TEdit Report(TEdit result)
    {
        string[] lost = _written is null ? [] : [.. _seen.Except(_stillThere).Except(result.Touched)];
        return lost.Length == 0 ? result : result.Warn(
            $"While {Document} was edited, somebody else's edit took out '{string.Join("', '", lost)}'. Look whether it is back ({LookWith}); if not, and if that was not on purpose, add it again.");
    }

    /// <summary>Longer than the slowest of equals takes from its read to the end of its write.</summary>
    private TimeSpan Settling() => Within(s_shortestSettling, (4 + Random.Shared.NextDouble()) * _longestGap);

    /// <summary>Up to 64 gaps: among some dozens of writers, one gap in which nobody else writes is then likely.</summary>
    private TimeSpan Pause(int losses) => Random.Shared.NextDouble() * Within(s_shortestPause, Math.Pow(2, Math.Min(losses + 1, 6)) * _gap);

    private static TimeSpan Within(TimeSpan least, TimeSpan value) => value < least ? least : value > s_longest ? s_longest : value;

    private PizzaException Hopeless(int losses) => new("ConcurrentEdit", PizzaErrorKind.InvalidOperation,
        $"The edit of {Document} was undone {losses} times by somebody who writes it at the same time (a deployment tool, another script?). Find out who, then try again.", Target);
}

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>
/// One edit of a document that IAM replaces as a whole, without a version to compare: whoever read before us and writes after us
/// undoes our edit, and cannot know it. So we look again: at once, and once more when every writer that may have read before our write
/// has written; twice more, if somebody else is seen writing. What we find undone is done again, after a random pause that grows with
/// each loss, so that many writers spread out.
/// What others lost is theirs to repair (a subject may also be gone because somebody revoked it), but it is reported.
/// </summary>
internal sealed class LastWriterWins(TrustService trust, TimeProvider time, string roleName, Func<TrustPolicy, TrustEdit> edit)
{
    private const int MostLosses = 14, CalmReads = 2, CalmReadsAmongOthers = 4;
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(25), s_shortestSettling = TimeSpan.FromMilliseconds(60), s_longest = TimeSpan.FromSeconds(6);

    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _stillThere = [];
    private TrustEdit? _written;
    private string? _expected;
    private bool _others;
    private TimeSpan _gap, _longestGap;

    public async Task<TrustEdit> RunAsync(CancellationToken cancellationToken)
    {
        int losses = 0, calm = 0;
        bool rested = true;
        while (true)
        {
            long start = time.GetTimestamp();
            TrustPolicy policy = await trust.ReadAsync(roleName, cancellationToken).ConfigureAwait(false);
            TrustEdit next = edit(policy);
            Observe(policy, calmly: !next.Changed);
            if (!next.Changed)
            {
                if (_written is null || ++calm >= (_others ? CalmReadsAmongOthers : CalmReads)) return Report(_written ?? next);
                await Task.Delay(Settling(), time, cancellationToken).ConfigureAwait(false);
            }
            else if (rested)
            {
                await trust.WriteAsync(next.Policy, cancellationToken).ConfigureAwait(false);
                _written ??= next;
                _gap = time.GetElapsedTime(start);
                _longestGap = _gap > _longestGap ? _gap : _longestGap;
                Expect(next.Policy);
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

    private void Observe(TrustPolicy policy, bool calmly)
    {
        _others |= _expected is not null && policy.Document != _expected;
        Expect(policy);
        if (!calmly) _stillThere.Clear();
        else _stillThere.UnionWith(policy.Subjects().Select(s => s.Subject));
    }

    private void Expect(TrustPolicy policy)
    {
        _expected = policy.Document;
        _seen.UnionWith(policy.Subjects().Select(s => s.Subject));
    }

    private TrustEdit Report(TrustEdit result)
    {
        string[] lost = _written is null ? [] : [.. _seen.Except(_stillThere).Except(result.Subjects.Select(s => s.Subject))];
        return lost.Length == 0 ? result : result.Warn(
            $"While the trust policy of role '{roleName}' was edited, somebody else's edit took out '{string.Join("', '", lost)}'. Look whether it is back (Get-PizzaTrustSubject '{roleName}'); if not, and if that was not on purpose, add it again.");
    }

    /// <summary>Longer than the slowest of equals takes from its read to the end of its write.</summary>
    private TimeSpan Settling() => Within(s_shortestSettling, (4 + Random.Shared.NextDouble()) * _longestGap);

    /// <summary>Up to 64 gaps: among some dozens of writers, one gap in which nobody else writes is then likely.</summary>
    private TimeSpan Pause(int losses) => Random.Shared.NextDouble() * Within(s_shortestPause, Math.Pow(2, Math.Min(losses + 1, 6)) * _gap);

    private static TimeSpan Within(TimeSpan least, TimeSpan value) => value < least ? least : value > s_longest ? s_longest : value;

    private PizzaException Hopeless(int losses) => new("ConcurrentTrustEdit", PizzaErrorKind.InvalidOperation,
        $"The edit of the trust policy of role '{roleName}' was undone {losses} times by somebody who writes it at the same time (a deployment tool, another script?). Find out who, then try again.", roleName);
}

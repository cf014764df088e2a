using System.Globalization;
using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// What a user sees of waits: a bar while a call to AWS takes longer than two seconds, or the command has shown nothing for as long; and
/// with -Debug a line for each call. Calls end on any thread; what is shown goes through <paramref name="post"/> to the pipeline's.
/// </summary>
/// <param name="post">Runs an action on the pipeline's thread.</param>
/// <param name="debug">Shows a line of -Debug; null where nobody asked for it.</param>
/// <param name="progress">Shows a bar.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitNotices(Action<Action> post, Action<string>? debug, Action<ProgressRecord> progress, TimeProvider time)
    : ICallObserver, IDisposable
{
    private const int Activity = 0x415753;   // one that no other bar of the module has
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2), s_period = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Dictionary<CallReport, long> _open = new(ReferenceEqualityComparer.Instance);
    private ITimer? _timer;
    private string? _command;
    private long _quietSince;
    private bool _isShown, _isPosted, _hasOwnBar;

    /// <summary>The command works, on the pipeline's thread, until <see cref="Rested"/>.</summary>
    public void Works(string command)
    {
        lock (_gate)
        {
            (_command, _quietSince, _hasOwnBar) = (command, time.GetTimestamp(), false);
            if (_open.Count == 0) Watch();
        }
    }

    /// <summary>The command works no more. Called on the pipeline's thread, where the bar ends at once.</summary>
    public void Rested()
    {
        lock (_gate)
        {
            _command = null;
            if (_open.Count > 0) return;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (!_isShown) return;
            _isShown = false;
        }
        progress(Done());
    }

    /// <summary>The user was shown or asked something.</summary>
    /// <param name="hasOwnBar">Whether a bar of the command's own stands there from now on; null where that has not changed.</param>
    public void Said(bool? hasOwnBar = null)
    {
        lock (_gate) (_quietSince, _hasOwnBar) = (time.GetTimestamp(), hasOwnBar ?? _hasOwnBar);
    }

    public void Began(CallReport call)
    {
        lock (_gate)
        {
            _open.Add(call, time.GetTimestamp());
            if (_open.Count == 1) Watch();
        }
    }

    public void Ended(CallReport call)
    {
        TimeSpan took;
        lock (_gate)
        {
            if (!_open.Remove(call, out long began)) return;
            took = time.GetElapsedTime(began);
            if (_open.Count == 0) Rest();
        }
        if (debug is not null) post(() => debug(Line(call, took)));
    }

    public void Dispose()
    {
        lock (_gate) _timer?.Dispose();
    }

    // As often as the pipeline's thread comes to it: while it asks the user, it does not.
    private void Look()
    {
        lock (_gate)
        {
            if (_isPosted || Waiting() is null) return;
            _isPosted = true;
        }
        post(Show);
    }

    private void Show()
    {
        ProgressRecord bar;
        lock (_gate)
        {
            _isPosted = false;
            if (Waiting() is not { } waiting) return;
            _isShown = true;
            bar = waiting;
        }
        progress(bar);
    }

    private ProgressRecord? Waiting()
    {
        if (_open.Count > 0)
        {
            (CallReport call, long began) = _open.MinBy(c => c.Value);
            if (time.GetElapsedTime(began) is var waited && waited >= s_patience)
                return new(Activity, "Waiting for AWS", string.Create(CultureInfo.InvariantCulture,
                    $"{call.Action}: {call.Place} has not answered for {waited.TotalSeconds:0} seconds"));
        }
        return _command is not null && !_hasOwnBar && time.GetElapsedTime(_quietSince) is var quiet && quiet >= s_patience
            ? new(Activity, _command, string.Create(CultureInfo.InvariantCulture, $"Working for {quiet.TotalSeconds:0} seconds")) : null;
    }

    private void Watch() => (_timer ??= time.CreateTimer(_ => Look(), null, s_patience, s_period)).Change(s_patience, s_period);

    private void Rest()
    {
        if (_command is null) _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        else Watch();
        if (!_isShown) return;
        _isShown = false;
        post(() => progress(Done()));
    }

    private static ProgressRecord Done() => new(Activity, "Waiting for AWS", "Done") { RecordType = ProgressRecordType.Completed };

    private static string Line(CallReport call, TimeSpan took) => string.Create(CultureInfo.InvariantCulture,
        $"{call.Action}, {call.Place}: {call.Error ?? "OK"} after {took.TotalMilliseconds:0} ms, request id {call.RequestId ?? "none"}");
}

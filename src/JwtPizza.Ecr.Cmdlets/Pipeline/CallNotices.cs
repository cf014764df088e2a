using System.Globalization;
using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// What a user sees of calls to AWS: a bar while one takes longer than two seconds, and with -Debug a line for each. Calls end on any
/// thread; what is shown goes through <paramref name="post"/> to the pipeline's.
/// </summary>
/// <param name="post">Runs an action on the pipeline's thread.</param>
/// <param name="debug">Shows a line of -Debug; null where nobody asked for it.</param>
/// <param name="progress">Shows a bar.</param>
/// <param name="time">The clock.</param>
internal sealed class CallNotices(Action<Action> post, Action<string>? debug, Action<ProgressRecord> progress, TimeProvider time)
    : ICallObserver, IDisposable
{
    private const int Activity = 0x415753;   // one that no other bar of the module has
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2), s_period = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Dictionary<CallReport, long> _open = new(ReferenceEqualityComparer.Instance);
    private ITimer? _timer;
    private bool _isShown;

    public void Began(CallReport call)
    {
        lock (_gate)
        {
            _open.Add(call, time.GetTimestamp());
            if (_open.Count == 1) (_timer ??= time.CreateTimer(_ => Look(), null, s_patience, s_period)).Change(s_patience, s_period);
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

    private void Look()
    {
        lock (_gate)
        {
            if (_open.Count == 0) return;
            (CallReport call, long began) = _open.MinBy(c => c.Value);
            TimeSpan waited = time.GetElapsedTime(began);
            if (waited < s_patience) return;
            _isShown = true;
            string status = string.Create(CultureInfo.InvariantCulture,
                $"{call.Action}: {call.Place} has not answered for {waited.TotalSeconds:0} seconds");
            post(() => progress(new(Activity, "Waiting for AWS", status)));
        }
    }

    private void Rest()
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!_isShown) return;
        _isShown = false;
        post(() => progress(new(Activity, "Waiting for AWS", "Done") { RecordType = ProgressRecordType.Completed }));
    }

    private static string Line(CallReport call, TimeSpan took) => string.Create(CultureInfo.InvariantCulture,
        $"{call.Action}, {call.Place}: {call.Error ?? "OK"} after {took.TotalMilliseconds:0} ms, request id {call.RequestId ?? "none"}");
}

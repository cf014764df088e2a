using System.Runtime.CompilerServices;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>The last calls, in the order in which they came. What is too old to fit is forgotten.</summary>
internal sealed class CallLog
{
    public const int MaxCalls = 10_000;
    private const long MaxWeight = 32 * 1024 * 1024;   // in characters
    private readonly Queue<(long Number, long Weight, SandboxCall Call)> _calls = new();
    private readonly object _gate = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _weight, _ended;
    private bool _isOver;

    public IReadOnlyList<SandboxCall> Calls
    {
        get { lock (_gate) return [.. _calls.OrderBy(c => c.Number).Select(c => c.Call)]; }
    }

    public void Add(long number, SandboxCall call)
    {
        long weight = 500 + Weigh(call.Parameters);
        TaskCompletionSource news;
        lock (_gate)
        {
            _calls.Enqueue((number, weight, call));
            _weight += weight;
            _ended++;
            while (_calls.Count > MaxCalls || _weight > MaxWeight) _weight -= _calls.Dequeue().Weight;
            (news, _news) = (_news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        news.TrySetResult();
    }

    /// <summary>The calls after a number that are still known, and those that will end, each with its number.</summary>
    public async IAsyncEnumerable<(long Number, SandboxCall Call)> FollowAsync(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            (long Number, SandboxCall Call)[] fresh;
            Task news;
            bool isOver;
            lock (_gate)
            {
                if (after > _ended) after = 0;   // the number is of a log that was forgotten
                int count = (int)Math.Min(_ended - after, _calls.Count);
                fresh = [.. _calls.TakeLast(count).Select((c, i) => (_ended - count + 1 + i, c.Call))];
                (news, isOver, after) = (_news.Task, _isOver, _ended);
            }
            foreach ((long Number, SandboxCall Call) ended in fresh) yield return ended;
            if (isOver) yield break;
            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends for all who follow.</summary>
    public void Close()
    {
        TaskCompletionSource news;
        lock (_gate) (_isOver, news) = (true, _news);
        news.TrySetResult();
    }

    private static long Weigh(object? value) => value switch
    {
        string text => text.Length + 32,
        IReadOnlyDictionary<string, object?> members => members.Sum(m => m.Key.Length + 64 + Weigh(m.Value)),
        object?[] items => items.Sum(Weigh) + 32,
        _ => 32,
    };
}

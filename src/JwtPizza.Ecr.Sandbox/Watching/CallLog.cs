namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>The last calls, in the order in which they came. What is too old to fit is forgotten.</summary>
internal sealed class CallLog
{
    public const int MaxCalls = 10_000;
    private const long MaxWeight = 32 * 1024 * 1024;   // in characters
    private readonly Queue<(long Number, long Weight, SandboxCall Call)> _calls = new();
    private readonly object _gate = new();
    private long _weight;

    public IReadOnlyList<SandboxCall> Calls
    {
        get { lock (_gate) return [.. _calls.OrderBy(c => c.Number).Select(c => c.Call)]; }
    }

    public void Add(long number, SandboxCall call)
    {
        long weight = 500 + Weigh(call.Parameters);
        lock (_gate)
        {
            _calls.Enqueue((number, weight, call));
            _weight += weight;
            while (_calls.Count > MaxCalls || _weight > MaxWeight) _weight -= _calls.Dequeue().Weight;
        }
    }

    private static long Weigh(object? value) => value switch
    {
        string text => text.Length + 32,
        IReadOnlyDictionary<string, object?> members => members.Sum(m => m.Key.Length + 64 + Weigh(m.Value)),
        object?[] items => items.Sum(Weigh) + 32,
        _ => 32,
    };
}

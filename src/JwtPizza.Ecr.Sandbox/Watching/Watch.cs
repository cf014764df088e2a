using JwtPizza.Ecr.Sandbox.Enforcement;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>What stands between the web server and the protocols: notes every call, and makes the trouble that is asked for.</summary>
/// <param name="clock">Tells when a call came.</param>
/// <param name="operations">What calls can be called.</param>
internal sealed class Watch(TimeProvider clock, OperationNames operations)
{
    private const int MaxExplanations = 100;
    private readonly Queue<ExplainedCall> _explanations = new();
    private long _number;

    public TimeProvider Clock => clock;

    public OperationNames Operations => operations;

    public Faults Faults { get; } = new(operations);

    public CallLog Log { get; } = new();

    /// <summary>The last calls that policies refused, newest first.</summary>
    public IReadOnlyList<ExplainedCall> Explanations
    {
        get { lock (_explanations) return [.. _explanations.Reverse()]; }
    }

    public void Explain(ExplainedCall call)
    {
        lock (_explanations)
        {
            _explanations.Enqueue(call);
            if (_explanations.Count > MaxExplanations) _explanations.Dequeue();
        }
    }

    public long NextNumber() => Interlocked.Increment(ref _number);
}

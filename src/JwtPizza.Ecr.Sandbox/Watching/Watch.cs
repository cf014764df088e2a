namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>What stands between the web server and the protocols: notes every call, and makes the trouble that is asked for.</summary>
/// <param name="clock">Tells when a call came.</param>
/// <param name="operations">What calls can be called.</param>
internal sealed class Watch(TimeProvider clock, OperationNames operations)
{
    private long _number;

    public TimeProvider Clock => clock;

    public OperationNames Operations => operations;

    public Faults Faults { get; } = new(operations);

    public CallLog Log { get; } = new();

    public long NextNumber() => Interlocked.Increment(ref _number);
}

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>What stands between the web server and the protocols: notes every call, and makes the trouble that is asked for.</summary>
internal sealed class Watch(TimeProvider clock)
{
    private long _number;

    public TimeProvider Clock => clock;

    public Faults Faults { get; } = new();

    public CallLog Log { get; } = new();

    public long NextNumber() => Interlocked.Increment(ref _number);
}

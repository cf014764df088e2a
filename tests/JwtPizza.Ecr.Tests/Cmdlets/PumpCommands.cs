using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>Writes numbers, each after an await that resumes elsewhere, with every stream in between.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PumpOrder", SupportsShouldProcess = true)]
public sealed class TestPumpOrderCommand : PizzaCmdlet
{
    [Parameter] public int Count { get; set; } = 5;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        int home = Environment.CurrentManagedThreadId;
        IProgress<int> progress =
            new Progress<int>(i => WriteProgress(new ProgressRecord(1, "Counting", $"{i}") { PercentComplete = 100 * i / Count }));
        for (int i = 0; i < Count; i++)
        {
            await (i % 3 == 0 ? Task.Delay(1, cancellationToken) : i % 3 == 1 ? Task.Run(() => { }, cancellationToken) : Yield());
            progress.Report(i);
            WriteVerbose($"at {i}");
            if (home != Environment.CurrentManagedThreadId)
                throw new PizzaException("WrongThread", PizzaErrorKind.InvalidOperation, "resumed on another thread");
            if (ShouldProcess($"{i}", "Count")) WriteObject(i);
        }
        static async Task Yield() => await Task.Yield();
    }
}

/// <summary>Says one thing with -Verbose and warns of another.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PumpWarning")]
public sealed class TestPumpWarningCommand : PizzaCmdlet
{
    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        WriteVerbose("verbose");
        WriteWarning("warning");
        WriteObject("done");
    }
}

/// <summary>What a test knows of a command that waits for ever.</summary>
public sealed class Witness
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the command waits.</summary>
    public Task Started => _started.Task;

    /// <summary>How often it has cleaned up.</summary>
    public int CleanedUp { get; private set; }

    public void Start() => _started.TrySetResult();
    public void CleanUp() => CleanedUp++;
}

/// <summary>Waits for ever; when it is cancelled it cleans up for a moment and says so.</summary>
[Cmdlet(VerbsLifecycle.Wait, "PumpForever")]
public sealed class WaitPumpForeverCommand : PizzaCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public Witness Witness { get; set; } = null!;

    /// <summary>Writes all the time.</summary>
    [Parameter] public SwitchParameter Chatty { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (Chatty) WriteObject(0);
                Witness.Start();
                await Task.Delay(Chatty ? 1 : Timeout.Infinite, cancellationToken);
            }
        }
        finally
        {
            await Task.Delay(20, CancellationToken.None);
            Witness.CleanUp();
        }
    }
}

/// <summary>Blocks the pipeline thread on a task of its own, as a careless cmdlet downstream may.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Blocking")]
public sealed class TestBlockingCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)] public object? Value { get; set; }

    protected override void ProcessRecord()
    {
        static async Task Work() => await Task.Delay(5);
        if (!Work().Wait(Hang.Limit)) throw new InvalidOperationException("deadlock");
        WriteObject(Value);
    }
}

/// <summary>Fails as asked: inside the work, in one record of several, or in a callback.</summary>
[Cmdlet(VerbsDiagnostic.Test, "PumpFailure")]
public sealed class TestPumpFailureCommand : PizzaCmdlet
{
    [Parameter(ValueFromPipeline = true)] public string In { get; set; } = "";

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        switch (In)
        {
            case "record": throw new PizzaException("RecordFailed", PizzaErrorKind.NotFound, "this one failed", In);
            case "session": throw new PizzaException("NoCredentials", PizzaErrorKind.Authentication, "nobody can", In);
            case "disk": throw new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
            case "callback":
                IProgress<int> progress =
                    new Progress<int>(_ =>
                        throw new PizzaException("CallbackFailed", PizzaErrorKind.InvalidOperation, "in a callback", In));
                progress.Report(1);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            default: WriteObject(In); break;
        }
    }
}

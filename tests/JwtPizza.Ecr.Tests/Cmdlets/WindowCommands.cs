using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What a test knows of works that go on at once, and when it lets each of them end.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing.")]
public sealed class Gates
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly SemaphoreSlim _begun = new(0);
    private int _running, _cleanedUp;

    /// <summary>The works in the order in which they began.</summary>
    public ConcurrentQueue<string> Begun { get; } = new();

    /// <summary>How many went on at once, at most.</summary>
    public int Most { get; private set; }

    /// <summary>How many have cleaned up after they were cancelled.</summary>
    public int CleanedUp => _cleanedUp;

    /// <summary>Lets a work end, whether it has begun or not.</summary>
    public void Open(string name) => Of(name).TrySetResult();

    /// <summary>Waits until so many more works have begun.</summary>
    public async Task BegunAsync(int count)
    {
        for (int i = 0; i < count; i++)
            Assert.True(await _begun.WaitAsync(Support.Hang.Limit, TestContext.Current.CancellationToken), "no further work began");
    }

    public async Task PassAsync(string name, CancellationToken cancellationToken)
    {
        Begun.Enqueue(name);
        Most = Math.Max(Most, Interlocked.Increment(ref _running));
        _begun.Release();
        try { await Of(name).Task.WaitAsync(cancellationToken); }
        catch (OperationCanceledException)
        {
            await Task.Delay(20, CancellationToken.None);
            Interlocked.Increment(ref _cleanedUp);
            throw;
        }
        finally { Interlocked.Decrement(ref _running); }
    }

    private TaskCompletionSource Of(string name) => _gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>Works on several records at once, each of which ends when the test says so, and says what it sees.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Window", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class TestWindowCommand : PizzaCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public Gates Gates { get; set; } = null!;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)] public string[] Name { get; set; } = [];

    /// <summary>Bound by some records only.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)] public string? Note { get; set; }

    [Parameter] public int ThrottleLimit { get; set; } = 8;

    [Parameter] public SwitchParameter Force { get; set; }

    private protected override int WindowSize => ThrottleLimit;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in Name)
            await StartAsync<TestWindowCommand>((self, token) => self.WorkAsync(name, token), name, cancellationToken);
    }

    private protected override Task EndAsync(CancellationToken cancellationToken)
    {
        WriteObject("end");
        return Task.CompletedTask;
    }

    private async Task WorkAsync(string name, CancellationToken cancellationToken)
    {
        int home = Environment.CurrentManagedThreadId;
        WriteVerbose($"{name} begins");
        await Gates.PassAsync(name, cancellationToken);
        if (Environment.CurrentManagedThreadId != home) throw new InvalidOperationException("another thread");
        if (name.StartsWith("throttled", StringComparison.Ordinal)) OnThrottled("DescribeImages");
        if (name.StartsWith("bad", StringComparison.Ordinal))
            throw new PizzaException("Bad", PizzaErrorKind.NotFound, $"{name} is bad", name);
        if (name.StartsWith("end", StringComparison.Ordinal))
            throw new PizzaException("NoCredentials", PizzaErrorKind.Authentication, "nobody can", name);
        WriteWarning($"{name} warns");
        WriteProgress(new ProgressRecord(1, "Working", name));
        if (Confirm(Force, $"Do {name}.", $"Do {name}?", "Window"))
            WriteObject($"{name}{(Note is null ? "" : $" ({Note})")}");
    }
}

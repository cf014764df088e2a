using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// Runs async work on the pipeline's thread: every await and progress report resumes there. Work that was begun in the background goes on
/// whenever the pump runs.
/// </summary>
internal sealed class PipelinePump : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly HashSet<Task> _background = [];
    private readonly CancellationTokenSource _cancel;
    private SynchronizationContext? _outer;
    private ExceptionDispatchInfo? _escaped;

    public PipelinePump(CancellationToken cancellationToken) =>
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    public override void Post(SendOrPostCallback d, object? state) => Queue(() => d(state));

    /// <summary>Runs one work to its end.</summary>
    public static void Run(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using PipelinePump pump = new(cancellationToken);
        pump.Run(work, toTheEnd: true);
    }

    /// <summary>Runs work to its end.</summary>
    /// <param name="work">The work.</param>
    /// <param name="toTheEnd">Whether what goes on in the background is run to its end too.</param>
    public void Run(Func<CancellationToken, Task> work, bool toTheEnd)
    {
        SynchronizationContext? before = Current;
        _outer = before;
        SetSynchronizationContext(this);
        try
        {
            Task task = work(_cancel.Token);
            Pump(task);
            if (toTheEnd || !task.IsCompletedSuccessfully || _cancel.IsCancellationRequested) Pump(Rest());
            _escaped?.Throw();
            task.GetAwaiter().GetResult();
        }
        finally { SetSynchronizationContext(before); }
    }

    /// <summary>Lets work go on in the background. What it throws ends everything.</summary>
    public async void Begin(Task work)
    {
        _background.Add(work);
        try { await work; }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested) { }
        catch (Exception e) { End(e); }
        finally { _background.Remove(work); }
    }

    /// <summary>Ends when nothing goes on in the background any more. What went wrong there is told by Run.</summary>
    public async Task Rest()
    {
        while (_background.Count > 0)
        {
            await Task.WhenAny(Task.WhenAll(_background));   // throws nothing
            await Task.Yield();
        }
    }

    /// <summary>Whether all work is being ended, so that nothing is to be written any more.</summary>
    public bool IsEnding => _escaped is not null;

    /// <summary>Cancels all work, and lets the exception out when it has ended.</summary>
    public void End(Exception e)
    {
        _escaped ??= ExceptionDispatchInfo.Capture(e);
        _cancel.Cancel();
    }

    /// <summary>
    /// Calls the shell as if there were no pump: what runs behind that call (the next cmdlet, a script block, a prompt)
    /// may block on a task of its own, whose continuation would wait here for ever.
    /// </summary>
    public static T Outside<T>(Func<T> call)
    {
        if (Current is not PipelinePump pump) return call();
        SetSynchronizationContext(pump._outer);
        try { return call(); }
        catch (PipelineStoppedException e) { pump.End(e); throw; }   // nobody wants more: end the sibling tasks too
        finally { SetSynchronizationContext(pump); }
    }

    /// <summary>Cancels what still goes on, and waits for its end.</summary>
    public void Dispose()
    {
        End(new OperationCanceledException());
        if (_background.Count > 0)
        {
            try { Run(_ => Rest(), toTheEnd: false); }
            catch (Exception) when (IsEnding) { }   // nobody is there to be told
        }
        _queue.Dispose();
        _cancel.Dispose();
    }

    private void Pump(Task task)
    {
        task.ContinueWith(_ => Queue(static () => { }),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!task.IsCompleted || _queue.Count > 0)
        {
            try { _queue.Take(CancellationToken.None)(); }
            catch (Exception e) { End(e); }   // thrown by a progress handler
        }
    }

    // A report that comes when all is over has no reader.
    private void Queue(Action action)
    {
        try { _queue.Add(action); }
        catch (InvalidOperationException) when (IsEnding) { }
    }
}

using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Runs async work to its end on the calling thread: every await and progress report resumes there.</summary>
internal sealed class PipelinePump : SynchronizationContext
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly SynchronizationContext? _outer = Current;
    private readonly CancellationTokenSource _cancel;
    private ExceptionDispatchInfo? _escaped;

    private PipelinePump(CancellationTokenSource cancel) => _cancel = cancel;

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add(() => d(state));

    public static void Run(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        PipelinePump pump = new(cancel);
        SetSynchronizationContext(pump);
        try { pump.Pump(work(cancel.Token)); }
        finally { SetSynchronizationContext(pump._outer); }
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

    private void Pump(Task task)
    {
        task.ContinueWith(_ => _queue.Add(static () => { }), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        while (!task.IsCompleted || _queue.Count > 0)
        {
            try { _queue.Take(CancellationToken.None)(); }
            catch (Exception e) { End(e); }   // thrown by a progress handler
        }
        _escaped?.Throw();
        task.GetAwaiter().GetResult();
    }

    private void End(Exception e)
    {
        _escaped ??= ExceptionDispatchInfo.Capture(e);
        _cancel.Cancel();
    }
}

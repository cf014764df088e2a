using System.Management.Automation;
using System.Reflection;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// Base of every cmdlet: async work on the pipeline thread, errors through the one table, and Ctrl+C that cancels and then waits
/// for the work to end. Work on several records goes on at once; each is done by a copy of the cmdlet, which holds the parameters that the
/// record has bound.
/// </summary>
public abstract partial class PizzaCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BoundDefaults _defaults;
    private readonly CarriedParameters _carried;
    private PipelinePump? _pump;
    private WorkWindow? _window;
    private OrderedOutput _output = new();
    private HashSet<string>? _bound;
    private readonly HashSet<string> _typed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Made by PowerShell.</summary>
    protected PizzaCmdlet() => (_defaults, _carried) = (new(this), new(this));   // the initializers of the derived class have run by now

    /// <summary>The work of one pipeline record.</summary>
    private protected virtual Task ProcessAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The work after the last record.</summary>
    private protected virtual Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>How often and where the work of one pipeline record is done.</summary>
    private protected virtual Task ProcessRecordAsync(CancellationToken cancellationToken) => ProcessAsync(cancellationToken);

    /// <summary>How many works begun by <see cref="StartAsync{T}"/> go on at once, at most.</summary>
    private protected virtual int WindowSize => 1;

    /// <summary>
    /// Keeps what the command line names, before the pipeline adds to it. Makes -Debug show and not ask: with it, and without
    /// -WarningAction, PowerShell stops at each warning to ask whether to go on. The
    /// preference has no public setter; where it has none at all, PowerShell asks.
    /// </summary>
    protected sealed override void BeginProcessing()
    {
        _typed.UnionWith(MyInvocation.BoundParameters.Keys);
        if (!IsDebugging || IsBound("WarningAction")) return;
        const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        if (CommandRuntime.GetType().GetProperty("WarningPreference", Inside) is { CanWrite: true } preference
            && LanguagePrimitives.TryConvertTo(GetVariableValue("WarningPreference"), preference.PropertyType, out object? usual))
            preference.SetValue(CommandRuntime, usual);
    }

    /// <summary>Runs <see cref="ProcessAsync"/>. What it has started goes on while the next record comes.</summary>
    protected sealed override void ProcessRecord() => Run(ProcessRecordAsync, toTheEnd: Window.Size == 1 || !MyInvocation.ExpectingInput);

    /// <summary>Runs <see cref="EndAsync"/>.</summary>
    protected sealed override void EndProcessing() => Run(async cancellationToken =>
    {
        await _pump!.Rest();
        cancellationToken.ThrowIfCancellationRequested();
        await EndAsync(cancellationToken);
    }, toTheEnd: true);

    /// <summary>Cancels the work; the pipeline then waits for it to end.</summary>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Releases what the cmdlet holds.</summary>
    public void Dispose()
    {
        _pump?.Dispose();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what a derived cmdlet holds.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        _notices?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Does one thing of several for this record: its trouble becomes a non-terminating error, and the next goes on.</summary>
    /// <param name="work">The work.</param>
    /// <param name="target">What the error is about; default: what the exception names.</param>
    /// <returns>Whether it went well.</returns>
    private protected async Task<bool> TryAsync(Func<Task> work, object? target = null)
    {
        try { await work(); }
        catch (Exception e) when (Errors.Known(e) is { } error && !EndsPipeline(error))
        {
            if (!IsKnown(error)) WriteError(Errors.Record(await ExplainedAsync(error, _stop.Token), target));
            return false;
        }
        return true;
    }

    /// <summary>One of several works has failed, of which the user has been told.</summary>
    private protected virtual void OnFailed() { }

    /// <summary>Whether every further record would meet the same trouble.</summary>
    private protected virtual bool EndsPipeline(PizzaException e) => Errors.EndsPipeline(e);

    /// <summary>Whether the user has been told of this trouble already.</summary>
    private protected virtual bool IsKnown(PizzaException e) => false;

    /// <summary>
    /// Begins one thing of several, as soon as fewer than <see cref="WindowSize"/> go on: its output leaves when that of all before it has.
    /// Where the user is asked, they are done one after another.
    /// </summary>
    /// <param name="work">The work. It is done by a copy of the cmdlet, since the next record binds other parameters; what the copies share
    /// are the objects that its fields hold.</param>
    /// <param name="target">What an error is about; default: what the exception names.</param>
    /// <param name="cancellationToken">Ends the wait and the work.</param>
    private protected async Task StartAsync<T>(Func<T, CancellationToken, Task> work, object? target, CancellationToken cancellationToken)
        where T : PizzaCmdlet
    {
        await Window.EnterAsync(_output, cancellationToken);
        T copy = (T)MemberwiseClone();
        (copy._output, copy._bound) = (_output.Begin(), _bound ?? [.. MyInvocation.BoundParameters.Keys]);
        _pump!.Begin(copy.RunAsync(() => work(copy, cancellationToken), target));
    }

    private async Task RunAsync(Func<Task> work, object? target)
    {
        Advice.Said = new CarriedParameters(this).For;
        try
        {
            if (!await TryAsync(work, target)) OnFailed();
        }
        catch (Exception e) when (Errors.Known(e) is { } error) { _output.Write(() => _pump!.End(error)); }   // in its turn
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _pump!.End(e);
            throw;
        }
        finally
        {
            Window.Leave();
            _output.End();
        }
    }

    /// <summary>AWS throttles: fewer works go on at once from then on. Called from any thread.</summary>
    private protected void OnThrottled(string operation)
    {
        int narrowings = Window.Narrowings;
        _pump?.Post(_ =>
        {
            if (Window.Narrow(narrowings)) WriteVerbose($"AWS throttles {operation}: from now on {Window.Size} at a time.");
        }, null);
    }

    private WorkWindow Window => _window ??= new(IsAsking ? 1 : WindowSize);

    /// <summary>Whether ShouldProcess shows or asks something, so that one thing is done after another.</summary>
    private bool IsAsking
    {
        get
        {
            if (GetType().GetCustomAttribute<CmdletAttribute>() is not { SupportsShouldProcess: true } cmdlet) return false;
            if (IsTrue("WhatIf") || LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"))) return true;
            if (IsBound("Confirm")) return IsTrue("Confirm");
            ConfirmImpact asks = LanguagePrimitives.TryConvertTo(GetVariableValue("ConfirmPreference"), out ConfirmImpact said)
                ? said : ConfirmImpact.High;
            bool agreed = cmdlet.ConfirmImpact == ConfirmImpact.High && IsTrue("Force");
            return asks != ConfirmImpact.None && asks <= cmdlet.ConfirmImpact && !agreed;
        }
    }

    private bool IsTrue(string parameter) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && LanguagePrimitives.IsTrue(value);

    /// <summary>The value that a parameter has for the work at hand, where it takes several, or a URI may say it; else null.</summary>
    internal virtual string? Current(string parameter) => null;

    /// <summary>An error with what can be found out about it.</summary>
    private protected virtual Task<PizzaException> ExplainedAsync(PizzaException e, CancellationToken cancellationToken) =>
        Task.FromResult(e);

    /// <summary>Whether the user typed this parameter, or the pipeline bound it.</summary>
    private protected bool IsBound(string parameter) => _bound?.Contains(parameter) ?? MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Whether the command line names this parameter; the pipeline alone does not count.</summary>
    private protected bool IsTyped(string parameter) => _typed.Contains(parameter);

    /// <summary>Whether there is a file or a folder of this name.</summary>
    private protected bool IsPath(string text)
    {
        try { return text.Length > 0 && (File.Exists(FilePath(text)) || Directory.Exists(FilePath(text))); }
        catch (RuntimeException) { return false; }   // no drive stands before its colon: an image with a tag, a host with a port
    }

    /// <summary>A path of the user's location as a path of the file system.</summary>
    private protected string FilePath(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    private void Run(Func<CancellationToken, Task> work, bool toTheEnd)
    {
        _defaults.Restore();
        var outer = Advice.Said;   // of a cmdlet further up the pipeline, which goes on when this one is done
        Advice.Said = _carried.For;
        _pump ??= new(_stop.Token);
        Waits.Works(MyInvocation.MyCommand.Name);
        try
        {
            _pump.Run(token => TryAsync(() => work(token)), toTheEnd);
            _stop.Token.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { throw new PipelineStoppedException(); }
        catch (PizzaException e) { ThrowTerminatingError(Errors.Record(e)); }
        finally
        {
            Advice.Said = outer;
            if (!_stop.IsCancellationRequested) Waits.Rested();
        }
    }
}

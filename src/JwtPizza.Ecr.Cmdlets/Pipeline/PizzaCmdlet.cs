using System.Management.Automation;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// Base of every cmdlet: async work on the pipeline thread, errors through the one table, and Ctrl+C that cancels and then waits
/// for the work to end.
/// </summary>
public abstract class PizzaCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BoundDefaults _defaults;
    private readonly CarriedParameters _carried;

    /// <summary>Made by PowerShell.</summary>
    protected PizzaCmdlet() => (_defaults, _carried) = (new(this), new(this));   // the initializers of the derived class have run by now

    /// <summary>The work of one pipeline record.</summary>
    private protected virtual Task ProcessAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The work after the last record.</summary>
    private protected virtual Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>How often and where the work of one pipeline record is done.</summary>
    private protected virtual Task ProcessRecordAsync(CancellationToken cancellationToken) => ProcessAsync(cancellationToken);

    /// <summary>Runs <see cref="ProcessAsync"/>.</summary>
    protected sealed override void ProcessRecord() => Run(ProcessRecordAsync);

    /// <summary>Runs <see cref="EndAsync"/>.</summary>
    protected sealed override void EndProcessing() => Run(EndAsync);

    /// <summary>Cancels the work; the pipeline then waits for it to end.</summary>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Releases what the cmdlet holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what a derived cmdlet holds.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing) => _stop.Dispose();

    /// <summary>Does one thing of several for this record: its trouble becomes a non-terminating error, and the next goes on.</summary>
    /// <param name="work">The work.</param>
    /// <param name="target">What the error is about; default: what the exception names.</param>
    /// <returns>Whether it went well.</returns>
    private protected async Task<bool> TryAsync(Func<Task> work, object? target = null)
    {
        try { await work(); }
        catch (Exception e) when (Errors.Known(e) is { } error && !Errors.EndsPipeline(error))
        {
            WriteError(Errors.Record(error, target));
            return false;
        }
        return true;
    }

    /// <summary>Ends the command with an error that no -ErrorAction passes over.</summary>
    private protected void Terminate(PizzaException e) => ThrowTerminatingError(Errors.Record(e));

    private protected new void WriteObject(object? value) => Call(() => base.WriteObject(Shown(value)));
    private protected void WriteAll(IEnumerable<object> values) => Call(() => base.WriteObject(values.Select(Shown), true));
    private protected new void WriteError(ErrorRecord error) => Call(() => base.WriteError(error));
    private protected void WriteError(PizzaException e) => WriteError(Errors.Record(e));
    private protected new void WriteWarning(string text) => Call(() => base.WriteWarning(Printable.Of(text)));
    private protected new void WriteVerbose(string text) => Call(() => base.WriteVerbose(Printable.Of(text)));
    private protected new void WriteDebug(string text) => Call(() => base.WriteDebug(Printable.Of(text)));
    private protected new void WriteProgress(ProgressRecord progress) => Call(() => base.WriteProgress(Shown(progress)));
    private protected new bool ShouldProcess(string target, string action) =>
        PipelinePump.Outside(() => base.ShouldProcess(Printable.Of(target), Printable.Of(action)));
    private protected new bool ShouldProcess(string description, string question, string caption) =>
        PipelinePump.Outside(() => base.ShouldProcess(Printable.Of(description), Printable.Of(question), caption));
    private protected new bool ShouldContinue(string query, string caption) =>
        PipelinePump.Outside(() => base.ShouldContinue(Printable.Of(query), caption));

    /// <summary>Whether to do it: -Force is consent, but -WhatIf is stronger.</summary>
    private protected bool Confirm(bool force, string description, string question, string caption) =>
        (force && !LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"))
            && !(MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf) && LanguagePrimitives.IsTrue(whatIf)))
        || ShouldProcess(description, question, caption);

    /// <summary>Shows what an edit changes, makes it if the user agrees, and tells what there is to tell.</summary>
    /// <param name="editor">The edit.</param>
    /// <param name="action">What it does, for example "Trust 'repo:…'".</param>
    /// <param name="force">Do not ask.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <param name="question">What a change of wide effect asks besides, unless -Force or -Confirm says enough.</param>
    /// <returns>What was made, or found to be so already; null when the user does not agree.</returns>
    private protected async Task<Edit<TDocument, TResult>?> EditAsync<TDocument, TResult>(
        DocumentEditor<TDocument, TResult> editor, string action, bool force, CancellationToken cancellationToken, string? question = null)
        where TDocument : IDocument
    {
        Edit<TDocument, TResult> edit = await editor.PlanAsync(cancellationToken);
        bool agreed = true;
        if (edit.Changed)
        {
            agreed = Confirm(force, $"{action} in {editor.Name}:\n{edit.Difference}", $"{action} in {editor.Name}?\n{edit.Difference}",
                MyInvocation.MyCommand.Name);
            agreed = agreed && (question is null || force || IsBound("Confirm") || ShouldContinue(question, MyInvocation.MyCommand.Name));
            if (agreed) edit = await editor.ApplyAsync(cancellationToken);
        }
        else WriteVerbose($"{char.ToUpperInvariant(editor.Name[0])}{editor.Name[1..]} needs no change.");
        foreach (string note in edit.Notes) WriteVerbose(note);
        foreach (string warning in edit.Warnings) WriteWarning(warning);
        return agreed ? edit : null;
    }

    /// <summary>Runs work that reports its progress to a bar, which is gone at its end.</summary>
    /// <param name="bar">The bar; it is first shown with the first report.</param>
    /// <param name="show">Brings a report into the bar.</param>
    /// <param name="work">The work. Made within the pipeline's pump: Progress brings each report back to the pipeline's thread.</param>
    private protected async Task<TResult> WithBarAsync<TReport, TResult>(
        ProgressRecord bar, Action<TReport> show, Func<IProgress<TReport>, Task<TResult>> work)
    {
        try
        {
            return await work(new Progress<TReport>(now =>
            {
                show(now);
                WriteProgress(bar);
            }));
        }
        finally
        {
            bar.RecordType = ProgressRecordType.Completed;
            WriteProgress(bar);
        }
    }

    /// <summary>Runs work that builds or moves images under a progress bar, which is gone at its end.</summary>
    private protected async Task WithBarAsync(string activity, Func<BuildListener, Task> work)
    {
        ProgressRecord bar = new(1, activity, "asking ECR");
        WriteProgress(bar);
        await WithBarAsync<BuildProgress, bool>(bar, now => (bar.StatusDescription, bar.PercentComplete) = (now.Step, now.Percent),
            async progress =>
        {
            IProgress<string> verbose = new Progress<string>(WriteVerbose), warning = new Progress<string>(WriteWarning);
            await work(new() { Verbose = verbose.Report, Warning = warning.Report, Progress = progress });
            return true;
        });
    }

    /// <summary>The value that a parameter has for the work at hand, where it takes several, or a URI may say it; else null.</summary>
    internal virtual string? Current(string parameter) => null;

    /// <summary>A record with what only its view shows.</summary>
    private protected virtual object? Marked(object? value) => value;

    private object? Shown(object? value)
    {
        PrintableRecord.Clean(value);
        return Marked(value);
    }

    private static ProgressRecord Shown(ProgressRecord progress)
    {
        (progress.Activity, progress.StatusDescription) = (Printable.Of(progress.Activity), Printable.Of(progress.StatusDescription));
        if (progress.CurrentOperation is { } operation) progress.CurrentOperation = Printable.Of(operation);
        return progress;
    }

    /// <summary>Whether the user typed this parameter, or the pipeline bound it.</summary>
    private protected bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>A path of the user's location as a path of the file system.</summary>
    private protected string FilePath(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    private static void Call(Action call) => PipelinePump.Outside(() => { call(); return true; });

    private void Run(Func<CancellationToken, Task> work)
    {
        _defaults.Restore();
        var outer = Advice.Said;   // of a cmdlet further up the pipeline, which goes on when this one is done
        Advice.Said = _carried.For;
        try { PipelinePump.Run(token => TryAsync(() => work(token)), _stop.Token); }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { throw new PipelineStoppedException(); }
        catch (PizzaException e) { ThrowTerminatingError(Errors.Record(e)); }
        finally { Advice.Said = outer; }
    }
}

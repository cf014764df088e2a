using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

// What the user sees and is asked: each in its turn, and printable.
public abstract partial class PizzaCmdlet
{
    private WaitNotices? _notices;

    /// <summary>Ends the command with an error that no -ErrorAction passes over.</summary>
    private protected void Terminate(PizzaException e) => ThrowTerminatingError(Errors.Record(e));

    private protected new void WriteObject(object? value)
    {
        object? shown = Shown(value);
        Write(() => base.WriteObject(shown));
    }

    private protected void WriteAll(IEnumerable<object> values)
    {
        object?[] shown = [.. values.Select(Shown)];
        Write(() => base.WriteObject(shown, true));
    }

    private protected new void WriteError(ErrorRecord error) => Write(() => base.WriteError(error));
    private protected void WriteError(PizzaException e) => WriteError(Errors.Record(e));
    private protected new void WriteWarning(string text) => Write(() => base.WriteWarning(Printable.Of(text)));
    // -Debug without -Verbose asks after each verbose line whether to go on; as a line of -Debug it does not.
    private protected new void WriteVerbose(string text) => Write(() =>
    {
        if (IsDebugging && !IsBound("Verbose")) base.WriteDebug(Printable.Of(text));
        else base.WriteVerbose(Printable.Of(text));
    });
    private protected new void WriteDebug(string text) => Write(() => base.WriteDebug(Printable.Of(text)));

    /// <summary>Shows the progress of the first of the works that go on.</summary>
    private protected new void WriteProgress(ProgressRecord progress)
    {
        if (!_output.IsTurn) return;
        Write(() => base.WriteProgress(Shown(progress)));
        _notices?.Said(hasOwnBar: progress.RecordType == ProgressRecordType.Processing);
    }

    private protected new bool ShouldProcess(string target, string action) =>
        Asked(() => base.ShouldProcess(Printable.Of(target), Printable.Of(action)));
    private protected new bool ShouldProcess(string description, string question, string caption) =>
        Asked(() => base.ShouldProcess(Coloured(description), Coloured(question), caption));
    private protected new bool ShouldContinue(string query, string caption) =>
        Asked(() => base.ShouldContinue(Printable.Of(query), caption));

    private bool Asked(Func<bool> ask)
    {
        try { return PipelinePump.Outside(ask); }
        finally { _notices?.Said(); }
    }

    private string Coloured(string text) => Colours.Of(Printable.Of(text), GetVariableValue("PSStyle"), Host);

    /// <summary>Whether to do it: -Force is consent, but -WhatIf is stronger.</summary>
    private protected bool Confirm(bool force, string description, string question, string caption) =>
        (force && !LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference")) && !IsTrue("WhatIf"))
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

    /// <summary>Shows waits, and each call to AWS with -Debug.</summary>
    private protected ICallObserver Notices => Waits;

    private WaitNotices Waits => _notices ??= new(
        action => _pump!.Post(_ => action(), null),
        IsDebugging || $"{GetVariableValue("DebugPreference")}" is not ("SilentlyContinue" or "Ignore")
            ? text => Direct(() => base.WriteDebug(Printable.Of(text))) : null,
        bar => Direct(() => base.WriteProgress(bar)), TimeProvider.System);

    // In the order of the calls, whichever work's turn it is.
    private static void Direct(Action show) => PipelinePump.Outside(() => { show(); return true; });

    private bool IsDebugging => IsTrue("Debug");

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

    private void Write(Action write) => _output.Write(() =>
    {
        if (_pump is not { IsEnding: true }) PipelinePump.Outside(() => { write(); return true; });
        _notices?.Said();
    });
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Base of the cmdlets that push images: a progress bar, and what the work says to the curious.</summary>
public abstract class PushingCmdlet : AwsCmdlet
{
    /// <summary>Runs work under a progress bar, which is gone at its end.</summary>
    private protected async Task WithBarAsync(string activity, Func<BuildListener, Task> work)
    {
        ProgressRecord bar = new(1, activity, "asking ECR");
        Show(bar, ProgressRecordType.Processing);
        try { await work(Listener(bar)); }
        finally { Show(bar, ProgressRecordType.Completed); }
    }

    // Made within the pipeline's pump: Progress brings each report back to the pipeline's thread.
    private BuildListener Listener(ProgressRecord bar)
    {
        IProgress<string> verbose = new Progress<string>(WriteVerbose), warning = new Progress<string>(WriteWarning);
        return new()
        {
            Verbose = verbose.Report,
            Warning = warning.Report,
            Progress = new Progress<BuildProgress>(now =>
            {
                (bar.StatusDescription, bar.PercentComplete) = (now.Step, now.Percent);
                Show(bar, ProgressRecordType.Processing);
            }),
        };
    }

    private void Show(ProgressRecord bar, ProgressRecordType type)
    {
        bar.RecordType = type;
        WriteProgress(bar);
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Base of the cmdlets that push images: a progress bar, and what the work says to the curious.</summary>
public abstract class PushingCmdlet : RegistryCmdlet
{
    /// <summary>Runs work under a progress bar, which is gone at its end.</summary>
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
}

using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Remove-Module takes the sandbox along: its cmdlets would be gone, and it could not be stopped any more.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <summary>Called by PowerShell.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => PipelinePump.Run(_ => RunningSandbox.StopAsync(), CancellationToken.None);
}

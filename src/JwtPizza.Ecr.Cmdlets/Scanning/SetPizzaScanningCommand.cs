using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Scanning;

namespace JwtPizza.Ecr.Cmdlets.Scanning;

/// <summary>Sets how your registry of Amazon ECR scans images for known vulnerabilities.</summary>
/// <remarks>
/// <para>This is the setting of the registry, which AWS prefers to that of each repository. Filters are added to those that are there;
/// -RemoveFilter takes some out, and -Replace lets the new ones be the only ones. A filter belongs to one frequency: naming it for the
/// other moves it. When nothing would change, nothing is sent.</para>
/// <para>A filter is a name with '*' for any characters; without one it fits every name that holds it. ECR takes 100 filters for each
/// frequency, of at most 255 characters.</para>
/// <para>BASIC scanning is ECR's own, and free; repositories that fit no filter are scanned by hand only (Get-PizzaScanFinding -StartScan).
/// ENHANCED scanning is done by Amazon Inspector, costs money for each image, and leaves repositories that fit no filter without any scan.
/// ECR takes the settings of your own account only.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaScanning -ScanOnPush '*'</code>
/// Every image is scanned when it is pushed.
/// </example>
/// <example>
/// <code>Set-PizzaScanning -ScanType ENHANCED -ContinuousScan 'prod/*' -ScanOnPush '*' -WhatIf</code>
/// Shows what would change if Inspector looked after production all the time, and after everything else once.
/// </example>
/// <example>
/// <code>Set-PizzaScanning -RemoveFilter 'sandbox-*'</code>
/// Repositories whose names begin so are scanned on push no more.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaScanning", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryScanning))]
public sealed class SetPizzaScanningCommand : AwsCmdlet
{
    /// <summary>BASIC (ECR's own) or ENHANCED (Amazon Inspector, billed). Default: as it is.</summary>
    [Parameter]
    [ValidateSet("BASIC", "ENHANCED")]
    public string? ScanType { get; set; }

    /// <summary>Filters of repositories whose images are scanned when they are pushed, for example 'team-a/*'.</summary>
    [Parameter]
    public string[] ScanOnPush { get; set; } = [];

    /// <summary>Filters of repositories whose images are scanned on push and again whenever a vulnerability becomes known; with ENHANCED
    /// only.</summary>
    [Parameter]
    public string[] ContinuousScan { get; set; } = [];

    /// <summary>Filters to take out, exactly as Get-PizzaScanning shows them. One that is not there is no error.</summary>
    [Parameter]
    public string[] RemoveFilter { get; set; } = [];

    /// <summary>Let the filters named be the only ones.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        StartAsync<SetPizzaScanningCommand>((self, token) => self.SetAsync(token), target: null, cancellationToken);

    private async Task SetAsync(CancellationToken cancellationToken)
    {
        DocumentEditor<RegistryScanning, RegistryScanningRule> editor = new RegistryScanningService(Aws.Ecr, Aws.Region).Editor(Change());
        Edit<RegistryScanning, RegistryScanningRule> edit = await editor.PlanAsync(cancellationToken);
        string[] told = [.. edit.Warnings];
        foreach (string warning in told) WriteWarning(warning);
        if (edit.Changed)
        {
            string action = $"Set how the registry in {Aws.Region} scans:\n{edit.Difference}";
            if (!ShouldProcess(action, $"{action}\nContinue?", MyInvocation.MyCommand.Name)) return;
            edit = await editor.ApplyAsync(cancellationToken);
        }
        foreach (string warning in edit.Warnings.Except(told)) WriteWarning(warning);
        WriteVerbose($"Scanning in {Aws.Region}: {(edit.Changed ? "set" : "is like this already; nothing changed")}.");
        WriteObject(edit.Document with { Status = edit.Status });
    }

    private RegistryScanningChange Change() =>
        ScanType is null && ScanOnPush.Length + ContinuousScan.Length + RemoveFilter.Length == 0 && !Replace
        ? throw new PizzaException("IncompleteScanning", PizzaErrorKind.InvalidArgument, "Say what to do: " +
            "-ScanOnPush '*', -ContinuousScan 'prod/*', -ScanType, -RemoveFilter or -Replace. Get-PizzaScanning shows what is set.")
        : new()
        {
            ScanType = ScanType?.ToUpperInvariant(), ScanOnPush = ScanOnPush, ContinuousScan = ContinuousScan, Gone = RemoveFilter,
            Replace = Replace,
        };
}

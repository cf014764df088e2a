using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Scanning;

namespace JwtPizza.Ecr.Cmdlets.Scanning;

/// <summary>Sets how your Amazon ECR registry scans images for known vulnerabilities.</summary>
/// <remarks>
/// <para>This setting belongs to the registry. AWS recommends it over the setting of each repository. Filters are added to the existing
/// ones. -RemoveFilter removes filters, and -Replace makes the new filters the only ones. A filter belongs to one frequency; specifying it
/// for the other frequency moves it. If nothing would change, the cmdlet sends nothing.</para>
/// <para>A filter is a repository name in which '*' stands for any characters. A filter without '*' matches every name that contains it.
/// ECR accepts 100 filters for each frequency, each with at most 255 characters.</para>
/// <para>BASIC scanning is ECR's own, and free. Repositories that match no filter are then scanned only manually (Get-PizzaScanFinding
/// -StartScan). Amazon Inspector performs ENHANCED scanning, which costs money for each image. Repositories that match no filter are then
/// not scanned at all. ECR accepts the settings of your own account only.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaScanning -ScanOnPush '*'</code>
/// Scans every image when it is pushed.
/// </example>
/// <example>
/// <code>Set-PizzaScanning -ScanType ENHANCED -ContinuousScan 'prod/*' -ScanOnPush '*' -WhatIf</code>
/// Shows what would change if Amazon Inspector scanned production images continuously, and all other images once.
/// </example>
/// <example>
/// <code>Set-PizzaScanning -RemoveFilter 'sandbox-*'</code>
/// Stops scanning on push for repositories whose names begin with 'sandbox-'.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaScanning", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryScanning))]
public sealed class SetPizzaScanningCommand : AwsCmdlet
{
    /// <summary>Specifies the scan type: BASIC (ECR's own) or ENHANCED (Amazon Inspector, billed). The default is the current
    /// type.</summary>
    [Parameter]
    [ValidateSet("BASIC", "ENHANCED")]
    public string? ScanType { get; set; }

    /// <summary>Specifies filters for the repositories whose images are scanned when they are pushed, for example 'team-a/*'.</summary>
    [Parameter]
    public string[] ScanOnPush { get; set; } = [];

    /// <summary>Specifies filters for the repositories whose images are scanned on push, and again whenever a new vulnerability becomes
    /// known. This works with ENHANCED only.</summary>
    [Parameter]
    public string[] ContinuousScan { get; set; } = [];

    /// <summary>Specifies the filters to remove, exactly as Get-PizzaScanning shows them. A filter that does not exist is not an
    /// error.</summary>
    [Parameter]
    public string[] RemoveFilter { get; set; } = [];

    /// <summary>Indicates that the filters that you specify replace all existing filters.</summary>
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
        WriteVerbose($"Scanning in {Aws.Region}: {(edit.Changed ? "set" : "already has these settings; nothing changed")}.");
        WriteObject(edit.Document with { Status = edit.Status });
    }

    private RegistryScanningChange Change() =>
        ScanType is null && ScanOnPush.Length + ContinuousScan.Length + RemoveFilter.Length == 0 && !Replace
        ? throw new PizzaException("IncompleteScanning", PizzaErrorKind.InvalidArgument, "No change is specified. Specify " +
            "-ScanOnPush '*', -ContinuousScan 'prod/*', -ScanType, -RemoveFilter or -Replace. Get-PizzaScanning shows what is set.")
        : new()
        {
            ScanType = ScanType?.ToUpperInvariant(), ScanOnPush = ScanOnPush, ContinuousScan = ContinuousScan, Gone = RemoveFilter,
            Replace = Replace,
        };
}

using System.Globalization;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Moves the clock of the sandbox forward and applies lifecycle rules.</summary>
/// <remarks>
/// <para>ECR applies lifecycle rules within 24 hours. The sandbox applies them once for each day that passes, and once at the end. What a
/// rule expires is deleted, and -Verbose shows which rule expired it. Logins expire after 12 hours, as in AWS.</para>
/// <para>You cannot move the clock back. Run Stop-PizzaSandbox, and then Start-PizzaSandbox -Now.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaLifecycle jwt-pizza-service -UntaggedDays 1; Step-PizzaSandbox -Days 2 -Verbose; Get-PizzaImage jwt-pizza-service</code>
/// Shows that the rule deletes the untagged images.
/// </example>
[Cmdlet(VerbsCommon.Step, "PizzaSandbox", SupportsShouldProcess = true)]
public sealed class StepPizzaSandboxCommand : PizzaCmdlet
{
    /// <summary>Specifies the number of days. Fractions are allowed.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0.0, 3660.0)]
    public double Days { get; set; }

    /// <summary>Specifies the number of hours, in addition to -Days.</summary>
    [Parameter]
    [ValidateRange(0.0, 87840.0)]
    public double Hours { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        ISandbox sandbox = RunningSandbox.Needed("whose clock could move");
        TimeSpan step = TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours);
        if (step == TimeSpan.Zero)
            throw new PizzaException("InvalidStep", PizzaErrorKind.InvalidArgument,
                "No time is specified. Specify -Days or -Hours, for example Step-PizzaSandbox -Days 2.", Days);
        if (!ShouldProcess(sandbox.Info.EndpointUrl,
            string.Create(CultureInfo.InvariantCulture, $"Move the clock to {sandbox.Now + step:u} and run the lifecycle policies")))
            return Task.CompletedTask;
        foreach (string line in sandbox.Advance(step)) WriteVerbose(line);
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"The sandbox's clock shows {sandbox.Now:u}."));
        return Task.CompletedTask;
    }
}

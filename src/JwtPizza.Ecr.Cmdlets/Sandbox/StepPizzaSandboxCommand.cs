using System.Globalization;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Moves the clock of the sandbox forward, and lets lifecycle rules do their work.</summary>
/// <remarks>
/// <para>ECR applies lifecycle rules within 24 hours; the sandbox does so once for each day that passes, and at the end. What a rule
/// expires is gone afterwards, and -Verbose says by which rule. Logins end after 12 hours here too.</para>
/// <para>The clock cannot be moved back: run Stop-PizzaSandbox, and Start-PizzaSandbox -Now.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaLifecycle jwt-pizza-service -UntaggedDays 1; Step-PizzaSandbox -Days 2 -Verbose; Get-PizzaImage jwt-pizza-service</code>
/// Shows that the rule takes the images without a tag.
/// </example>
[Cmdlet(VerbsCommon.Step, "PizzaSandbox", SupportsShouldProcess = true)]
public sealed class StepPizzaSandboxCommand : PizzaCmdlet
{
    /// <summary>How many days, also parts of one.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0.0, 3660.0)]
    public double Days { get; set; }

    /// <summary>How many hours more.</summary>
    [Parameter]
    [ValidateRange(0.0, 87840.0)]
    public double Hours { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        ISandbox sandbox = RunningSandbox.Needed("whose clock could move");
        TimeSpan step = TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours);
        if (step == TimeSpan.Zero)
            throw new PizzaException("InvalidStep", PizzaErrorKind.InvalidArgument,
                "The clock would not move: give -Days or -Hours, for example Step-PizzaSandbox -Days 2.", Days);
        if (!ShouldProcess(sandbox.Info.EndpointUrl,
            string.Create(CultureInfo.InvariantCulture, $"Move the clock to {sandbox.Now + step:u} and run the lifecycle policies")))
            return Task.CompletedTask;
        foreach (string line in sandbox.Advance(step)) WriteVerbose(line);
        WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"The sandbox's clock shows {sandbox.Now:u}."));
        return Task.CompletedTask;
    }
}

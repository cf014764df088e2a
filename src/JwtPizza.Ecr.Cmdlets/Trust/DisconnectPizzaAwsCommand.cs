using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Removes the credentials that Connect-PizzaAws set in the environment of this process.</summary>
/// <remarks>
/// <para>The cmdlet restores the environment variables to their previous values. AWS cannot revoke temporary credentials. Credentials that
/// were passed on, to later steps of a job or to programs that already run, remain valid until they expire.</para>
/// <para>If other credentials were set in the meantime, the cmdlet changes nothing.</para>
/// </remarks>
/// <example needs="GitHub Actions">
/// <code>Connect-PizzaAws github-ci; try { Publish-PizzaImage ./dist -RepositoryName jwt-pizza-service } finally { Disconnect-PizzaAws }</code>
/// Uses the role's permissions for one operation only.
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "PizzaAws")]
public sealed class DisconnectPizzaAwsCommand : PizzaCmdlet
{
    private protected override Task EndAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = SessionEnvironment.Restore();
        WriteVerbose(
            names is [] ? "There are no credentials of Connect-PizzaAws in this process; nothing was changed."
                : $"{string.Join(", ", names)} have their previous values.");
        return Task.CompletedTask;
    }
}

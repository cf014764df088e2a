using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Drops the credentials that Connect-PizzaAws put into the environment of this process.</summary>
/// <remarks>
/// <para>The environment variables are as they were before. AWS cannot take temporary credentials back: what was handed on, to later steps
/// of a job or to programs that run already, lasts until they expire.</para>
/// <para>If somebody has set other credentials meanwhile, nothing is changed.</para>
/// </remarks>
/// <example needs="GitHub Actions">
/// <code>Connect-PizzaAws github-ci; try { Publish-PizzaImage ./dist -RepositoryName jwt-pizza-service } finally { Disconnect-PizzaAws }</code>
/// Has the role's rights for one act.
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "PizzaAws")]
public sealed class DisconnectPizzaAwsCommand : PizzaCmdlet
{
    private protected override Task EndAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = SessionEnvironment.Restore();
        WriteVerbose(
            names is [] ? "There are no credentials of Connect-PizzaAws in this process; nothing was changed."
                : $"{string.Join(", ", names)} are as they were.");
        return Task.CompletedTask;
    }
}

using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Base of the cmdlets that edit a role's trust policy.</summary>
public abstract class TrustCmdlet : AwsCmdlet
{
    /// <summary>Plans the edit, shows it, and writes it if the user agrees.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="edit">The edit.</param>
    /// <param name="action">What it does, for example "Trust 'repo:…'".</param>
    /// <param name="force">Do not ask.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    private protected async Task EditAsync(string roleName, Func<TrustPolicy, Edit<TrustPolicy, TrustSubject>> edit, string action,
        bool force, CancellationToken cancellationToken)
    {
        if (await EditAsync(new TrustService(Aws.Iam).Editor(roleName, edit), action, force, cancellationToken) is not { } made) return;
        foreach (TrustSubject subject in made.Results) WriteObject(subject);
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Base of the cmdlets that read roles, by names and by patterns: the trouble of one role does not end the others.</summary>
public abstract class RoleCmdlet : AwsCmdlet
{
    /// <summary>Whether patterns mean roles that trust an OpenID Connect provider, and not all of the account.</summary>
    private protected virtual bool OfCiAlone => true;

    /// <summary>Does the work for each role that names and patterns with wildcards mean. IAM's list of roles holds their trust policies, so
    /// the work is given what was listed.</summary>
    private protected async Task EachRoleAsync<T>(
        IEnumerable<string> names, Func<T, string, IamRole?, CancellationToken, Task> work, CancellationToken cancellationToken)
        where T : RoleCmdlet
    {
        foreach (string name in names)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name))
                await StartAsync<T>((self, token) => work(self, RoleNames.Check(name), null, token), name, cancellationToken);
            else if (!await TryAsync(() => OfPatternAsync(name, work, cancellationToken), name)) OnFailed();
        }
    }

    private async Task OfPatternAsync<T>(
        string pattern, Func<T, string, IamRole?, CancellationToken, Task> work, CancellationToken cancellationToken)
        where T : RoleCmdlet
    {
        Func<string, bool> fits = NamePattern.Of(pattern);
        IAsyncEnumerable<IamRole> roles = OfCiAlone ? new CiRoleReader(Aws.Iam).FindAsync(fits, cancellationToken)
            : Aws.Iam.ListRolesAsync(cancellationToken);
        await foreach (IamRole role in roles)
            if (fits(role.RoleName))
                await StartAsync<T>((self, token) => work(self, role.RoleName, role, token), role.RoleName, cancellationToken);
    }
}

using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Reads roles that workflows may assume: those that trust an OpenID Connect provider.</summary>
/// <param name="iam">IAM.</param>
internal sealed class CiRoleReader(IamClient iam)
{
    private const string Provider = ":oidc-provider/";

    /// <summary>The roles of the account that trust a provider, by their trust policies as IAM lists them.</summary>
    /// <param name="fits">Which, by name.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async IAsyncEnumerable<IamRole> FindAsync(
        Func<string, bool> fits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (IamRole role in iam.ListRolesAsync(cancellationToken).ConfigureAwait(false))
            if (fits(role.RoleName) && role.AssumeRolePolicyDocument.Replace(@"\/", "/", StringComparison.Ordinal)
                .Contains(Provider, StringComparison.Ordinal))
                yield return role;
    }

    /// <summary>A role with all that it has. IAM tells the boundary of a role only to who asks for that role.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>; <c>NotAnOidcRole</c>; what the trust policy cannot be read for.</exception>
    public async Task<(CiRole Role, TrustPolicy Trust)> ReadAsync(string roleName, CancellationToken cancellationToken)
    {
        TrustStore store = new(iam, roleName);
        TrustPolicy trust = (await store.ReadAsync(cancellationToken).ConfigureAwait(false)).Document;
        if (ProviderOf(trust) is not { } provider)
            throw new PizzaException("NotAnOidcRole", PizzaErrorKind.InvalidOperation,
                $"The role '{roleName}' trusts no OpenID Connect provider, so no workflow can assume it. " +
                $"{Advice.Run("Get-PizzaCiRole")} lists the roles that do.", roleName);
        List<(string Name, string Arn)> attached =
            await iam.ListAttachedRolePoliciesAsync(roleName, cancellationToken).ListAsync().ConfigureAwait(false);
        List<string> inline = await iam.ListRolePoliciesAsync(roleName, cancellationToken).ListAsync().ConfigureAwait(false);
        (string? own, string? ownArn) = attached.FirstOrDefault(a => a.Name == CiPolicy.NameFor(roleName));
        return (new()
        {
            RoleName = trust.RoleName, RoleArn = trust.RoleArn, Status = null, Subjects = [.. trust.Subjects()], ProviderArn = provider,
            PolicyName = own, PolicyArn = ownArn, AttachedPolicies = [.. attached.Select(a => a.Name)], InlinePolicies = [.. inline],
            PermissionsBoundary = store.Role!.PermissionsBoundary, MaxSessionDuration = store.Role.MaxSessionDuration,
        }, trust);
    }

    private static string? ProviderOf(TrustPolicy trust)
    {
        TrustStatement[] letting = [.. trust.TrustStatements.Where(s => s.Statement.Allows && s.IsOfWebIdentity)];
        return letting.Select(s => s.Provider?.Arn).FirstOrDefault(p => p is not null)
            ?? letting.SelectMany(s => s.Federated).FirstOrDefault(f => f.Contains(Provider, StringComparison.Ordinal));
    }
}

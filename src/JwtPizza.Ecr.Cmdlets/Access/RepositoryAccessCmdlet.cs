using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Access;

namespace JwtPizza.Ecr.Cmdlets.Access;

/// <summary>Base of the cmdlets that change who may use a repository.</summary>
public abstract class RepositoryAccessCmdlet : RepositoryCmdlet
{
    /// <summary>Specifies the accounts, by their 12 digits. IAM policies in each account control which of its users and roles can use the
    /// access. Together with -Role, this parameter specifies the accounts of these roles.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("AccountId")]
    public string[] Account { get; set; } = [];

    /// <summary>Specifies IAM roles by name, or roles or users by ARN. Role names refer to the accounts in -Account, or otherwise to the
    /// account of the repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RoleName")]
    public string[] Role { get; set; } = [];

    /// <summary>Specifies organizations, by id, for example o-a1b2c3d4e5. This includes all their current and future accounts.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("OrganizationId")]
    public string[] Organization { get; set; } = [];

    /// <summary>Indicates that the permission is for pulling images: ecr:BatchGetImage and ecr:GetDownloadUrlForLayer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Pull { get; set; }

    /// <summary>Indicates that the permission is for pushing images: ecr:PutImage and the actions that upload layers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter Push { get; set; }

    /// <summary>"Allow" or "Do not allow".</summary>
    private protected abstract string Action { get; }

    /// <summary>What is meant when neither -Pull nor -Push is said.</summary>
    private protected abstract (bool Pull, bool Push) Default { get; }

    /// <summary>Further principals of the command line.</summary>
    private protected virtual IEnumerable<AccessPrincipal> Others => [];

    private protected abstract Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(AccessPolicy policy, IReadOnlyList<AccessGrant> grants);

    private protected sealed override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        (bool pull, bool push) = Pull || Push ? ((bool)Pull, (bool)Push) : Default;
        AccessPrincipal[] principals = [.. await PrincipalsAsync(cancellationToken)];
        AccessGrant[] grants =
            [.. principals.Where(_ => pull).Select(AccessGrant.Pull), .. principals.Where(_ => push).Select(AccessGrant.Push)];
        AccessService access = AccessService.OfRepository(Registry, name);
        string action =
            $"{Action} {string.Join(", ", (object[])principals)} to {(pull && push ? "pull and push" : pull ? "pull" : "push")}";
        if (await EditAsync(access.Editor(policy => Edit(policy, grants)), action, force: false, cancellationToken) is not { } made) return;
        string account = string.IsNullOrEmpty(RegistryId) ? await Aws.GetAccountAsync(cancellationToken) : RegistryId;
        foreach (GrantResult<AccessGrant> result in made.Results) WriteObject(Record(name, account, result));
    }

    private async Task<IEnumerable<AccessPrincipal>> PrincipalsAsync(CancellationToken cancellationToken)
    {
        string partition = Aws.Partition;
        string[] accounts = Account.Length > 0 || Role.Length == 0
            ? Account : [string.IsNullOrEmpty(RegistryId) ? await Aws.GetAccountAsync(cancellationToken) : RegistryId];
        IEnumerable<AccessPrincipal> named = Role.Length == 0
            ? accounts.Select(a => AccessPrincipal.OfAccount(partition, a))
            : Role.SelectMany(_ => accounts, (role, account) => InAccounts(AccessPrincipal.OfRole(partition, account, role)));
        AccessPrincipal[] all = [.. named.Concat(Organization.Select(AccessPrincipal.OfOrganization)).Concat(Others).Distinct()];
        return all.Length > 0
            ? all
            : throw new PizzaException("NoPrincipal", PizzaErrorKind.InvalidArgument,
                "No principal is specified. Name accounts with -Account, roles with -Role, or an organization with -Organization.");
    }

    /// <summary>Nobody who limits an ARN to an account of another is to be surprised.</summary>
    private AccessPrincipal InAccounts(AccessPrincipal role) => Account.Length == 0 || Account.Contains(role.RegistryId) ? role
        : throw new PizzaException("InvalidPrincipal", PizzaErrorKind.InvalidArgument, $"'{role}' is not in account " +
            $"{string.Join(", ", Account)}. Leave -Account out, or name a role of that account. Nothing was changed.", role.Value);

    private RepositoryAccess Record(RepositoryName name, string account, GrantResult<AccessGrant> result) => new()
    {
        RepositoryName = name.Value, RegistryId = account, Region = Aws.Region, Principal = result.Grant.Principal.Value,
        Sid = result.Sids.Count > 0 ? result.Sids[0] : null, Status = result.Status,
        Pull = result.Grant.IsPull, Push = !result.Grant.IsPull, Actions = [.. result.Grant.Actions],
        HasCondition = result.Grant.Principal.IsOrganization,
    };
}

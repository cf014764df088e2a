using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Access;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Base of the cmdlets that change which accounts may replicate into the caller's registry.</summary>
public abstract class ReplicationAccessCmdlet : AwsCmdlet
{
    private const string ByAccount = "Account";
    private protected const string ByRule = "Rule";

    /// <summary>Specifies the accounts that replicate their images, by their 12 digits.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true,
        ParameterSetName = ByAccount)]
    [Alias("SourceRegistryId", "AccountId")]
    public string[] Account { get; set; } = [];

    /// <summary>Specifies a rule of the account whose images come, as Get-PizzaReplication shows it: the account, the region that images
    /// are copied to, and the prefixes.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByRule)]
    public RegistryReplication? Rule { get; set; }

    /// <summary>Specifies repository name prefixes, for example prod/. The default is all repositories.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string[] Prefix { get; set; } = [];

    /// <summary>For example "Let".</summary>
    private protected abstract string Action { get; }

    private protected abstract Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(
        AccessPolicy policy, IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources);

    private protected sealed override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (ParameterSetName == ByAccount) await ChangeAsync(cancellationToken);
        else await TryAsync(() => FollowAsync(Rule!, cancellationToken), Rule);
    }

    /// <summary>The other side of a rule: in the region and the account that the images go to.</summary>
    private async Task FollowAsync(RegistryReplication rule, CancellationToken cancellationToken)
    {
        if (rule.RegistryId == rule.DestinationRegistryId)
        {
            WriteVerbose($"The rule to {rule} replicates within one account, which requires no permission.");
            return;
        }
        if (!IsTyped(nameof(Region))) CurrentRegion = rule.DestinationRegion;
        if (!IsTyped(nameof(Prefix))) Prefix = [.. rule.Prefix];
        Account = [rule.RegistryId];
        if (await Aws.GetAccountAsync(cancellationToken) is var own && own != rule.DestinationRegistryId)
            throw ErrorCatalog.RegistryMismatch($"{rule}",
                $"is a rule to account {rule.DestinationRegistryId}, and the credentials belong to {own}",
                "Run this with credentials of the account that receives the images (-ProfileName).");
        await ChangeAsync(cancellationToken);
    }

    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        string own = await Aws.GetAccountAsync(cancellationToken), arn = $"{Arn.OfRepository(Aws.Partition, Aws.Region, own, "")}";
        string[] resources = Prefix.Length == 0 ? [arn + "*"] : [.. Prefix.Select(p => $"{arn}{ReplicationConfiguration.CheckPrefix(p)}*")];
        AccessPrincipal[] accounts = [.. Account.Select(a => Foreign(a, own)).Distinct()];
        AccessService access = AccessService.OfRegistry(Aws.Ecr, Aws.Region);
        string action = $"{Action} account {string.Join(", ", Account)} replicate";
        Edit<AccessPolicy, GrantResult<AccessGrant>>? made =
            await EditAsync(access.Editor(policy => Edit(policy, accounts, resources)), action, force: false, cancellationToken);
        foreach (GrantResult<AccessGrant> result in made?.Results ?? []) WriteObject(Record(own, arn, result));
    }

    private AccessPrincipal Foreign(string account, string own) => account != own ? AccessPrincipal.OfAccount(Aws.Partition, account)
        : throw new PizzaException("SameAccount", PizzaErrorKind.InvalidArgument,
            $"{own} is the account that the credentials belong to, and an account replicates to its own regions without a permission. " +
            "Name the account that sends the images, and run this in the account that receives them. Nothing was changed.", account);

    private ReplicationAccess Record(string own, string arn, GrantResult<AccessGrant> result) => new()
    {
        SourceRegistryId = result.Grant.Principal.RegistryId!, RegistryId = own, Region = Aws.Region,
        CreateRepository = result.Grant.Actions.Contains("ecr:CreateRepository"),
        Prefix = ReplicationAccess.PrefixesOf(result.Grant.Resources ?? [], arn),
        Sid = result.Sids.Count > 0 ? result.Sids[0] : null, Status = result.Status,
    };
}

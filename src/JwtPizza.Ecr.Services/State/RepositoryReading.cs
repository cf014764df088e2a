using JwtPizza.Ecr.Services.Access;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Lifecycle;

namespace JwtPizza.Ecr.Services.State;

/// <summary>A repository with all that a state file can say about it.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Tags">Its resource tags, without those of AWS's own.</param>
/// <param name="Rules">Its lifecycle rules; null when they cannot be read.</param>
/// <param name="Policy">Its policy.</param>
internal sealed record RepositoryReading(
    Repository Repository, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<LifecycleRule>? Rules, AccessPolicy Policy)
{
    /// <summary>Why the lifecycle rules cannot be read.</summary>
    public string? Unreadable { get; private init; }

    /// <summary>Reads what belongs to a repository.</summary>
    public static async Task<RepositoryReading> OfAsync(AwsSession aws, Repository repository, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> tags =
            await aws.Ecr.Tags.ListAsync(repository.RepositoryArn, cancellationToken).ConfigureAwait(false);
        (RepositoryLifecycle lifecycle, string? unreadable) = await new LifecycleService(aws.Ecr, aws.Region)
            .GetAsync(repository.RepositoryName, cancellationToken, repository.RegistryId).ConfigureAwait(false);
        AccessPolicy policy = await AccessService.OfRepository(aws.Ecr, RepositoryName.Parse(repository.RepositoryName))
            .ReadAsync(cancellationToken).ConfigureAwait(false);
        return new(repository, tags.Where(t => !t.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)).ToDictionary(),
            unreadable is null ? lifecycle.Rules : null, policy) { Unreadable = unreadable };
    }

    /// <summary>What a file would say about it: only what differs from a new repository.</summary>
    public RepositoryState State => new()
    {
        ImageTagMutability = Repository.ImageTagMutability is "MUTABLE" ? null : Plain(Repository.ImageTagMutability),
        MutabilityExclusion = Repository.MutabilityExclusion.Length == 0 ? null : Repository.MutabilityExclusion,
        ScanOnPush = Repository.ScanOnPush ? null : false,
        EncryptionType = Repository.EncryptionType is "AES256" ? null : Repository.EncryptionType, KmsKey = Repository.KmsKey,
        Tags = Tags, Lifecycle = Rules, Pull = Named(AccessGrant.Pull), Push = Named(AccessGrant.Push),
        OtherStatements = StateAccess.Others(Policy),
    };

    /// <summary>A setting without what its exclusions add to its name.</summary>
    public static string Plain(string mutability) => mutability.Replace("_WITH_EXCLUSION", "", StringComparison.Ordinal);

    /// <summary>Those whom a file can name; what is left of a deleted role it cannot.</summary>
    private string[] Named(Func<AccessPrincipal, AccessGrant> grant) =>
        [.. StateAccess.Granted(Policy, grant).Where(IsNameable).Distinct().Order(StringComparer.Ordinal)];

    private static bool IsNameable(string principal)
    {
        try { return StateAccess.Principal(principal, "aws") is not null; }
        catch (PizzaException) { return false; }
    }
}

using System.Collections.Concurrent;
using JwtPizza.Ecr.Services.Access;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Reads what the wanted rules look at, once, several things at a time. What cannot be read is a problem, which tells which rules
/// were not checked for it.</summary>
/// <param name="aws">The account and region.</param>
/// <param name="rules">The wanted rules.</param>
/// <param name="parallel">How many roles or repositories are read at a time.</param>
/// <param name="now">The time at which lifecycle policies are worked out.</param>
internal sealed class RiskReader(AwsSession aws, IReadOnlyList<RiskRule> rules, int parallel, DateTimeOffset now)
{
    private readonly ConcurrentBag<PizzaException> _problems = [];
    private readonly RiskParts _wanted = rules.Aggregate(RiskParts.None, (parts, rule) => parts | rule.Parts);

    /// <summary>What could not be read, in a stable order.</summary>
    public IReadOnlyList<PizzaException> Problems =>
        [.. _problems.OrderBy(p => p.Message, StringComparer.Ordinal).DistinctBy(p => p.Message)];

    /// <summary>Reads.</summary>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException">Nobody answers, or not to these credentials.</exception>
    public async Task<RiskSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        RiskSnapshot snapshot = new(await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false), aws.Region);
        Task<RiskSnapshot> roles = WithRolesAsync(snapshot, cancellationToken);
        RiskSnapshot repositories = await WithRepositoriesAsync(snapshot, cancellationToken).ConfigureAwait(false);
        RiskSnapshot read = await roles.ConfigureAwait(false);
        return repositories with { Roles = read.Roles, Holders = read.Holders };
    }

    private bool Wants(RiskParts part) => (_wanted & part) != 0;

    private async Task<RiskSnapshot> WithRolesAsync(RiskSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (!Wants(RiskParts.Roles)) return snapshot;
        CiPolicyReader policies = new(aws.Iam);
        List<IamRole> listed = await TryAsync(RiskParts.Roles, async () =>
        {
            List<IamRole> found = [];
            await foreach (IamRole role in new CiRoleReader(aws.Iam).FindAsync(_ => true, cancellationToken).ConfigureAwait(false))
                found.Add(role);
            return found;
        }).ConfigureAwait(false) ?? [];
        RoleFacts?[] roles = await EachAsync(listed, role => ReadAsync(role, policies, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        string[] own = [.. roles.OfType<RoleFacts>().SelectMany(r => r.Policies).Select(p => p.PolicyArn).Distinct()
            .Where(arn => Arn.Parse(arn).AccountId == snapshot.RegistryId)];
        IReadOnlyList<(string, string)>?[] holders = await EachAsync(Wants(RiskParts.Holders) ? own : [], arn =>
            TryAsync(RiskParts.Holders, () => new CiPolicyService(aws.Iam).HoldersAsync(arn, cancellationToken)), cancellationToken)
            .ConfigureAwait(false);
        return snapshot with
        {
            Roles = [.. roles.OfType<RoleFacts>()],
            Holders = own.Zip(holders).Where(h => h.Second is not null).ToDictionary(h => h.First, h => h.Second!),
        };
    }

    private async Task<RoleFacts?> ReadAsync(IamRole role, CiPolicyReader reader, CancellationToken cancellationToken)
    {
        TrustPolicy? trust = await TryAsync(RiskParts.Roles,
            () => Task.FromResult(TrustPolicy.Parse(role.RoleName, role.Arn, role.AssumeRolePolicyDocument))).ConfigureAwait(false);
        if (trust is null || !trust.TrustStatements.Any(s => s.Statement.Allows && s.IsOfWebIdentity)) return null;
        List<PolicyInForce> policies = [];
        if (!Wants(RiskParts.Policies)) return new(trust, policies);
        IReadOnlyList<(string Name, string Arn)> attached = await TryAsync(RiskParts.Policies,
            () => reader.AttachedAsync(role.RoleName, cancellationToken)).ConfigureAwait(false) ?? [];
        foreach ((_, string arn) in attached)
            if (await TryAsync(RiskParts.Policies, () => reader.ReadAsync(arn, cancellationToken)).ConfigureAwait(false) is { } policy)
                policies.Add(policy);
        return new(trust, policies);
    }

    private async Task<RiskSnapshot> WithRepositoriesAsync(RiskSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (!Wants(RiskParts.Repositories)) return snapshot;
        List<Repository> repositories = await TryAsync(RiskParts.Repositories, async () =>
        {
            List<Repository> found = [];
            await foreach (Repository repository in aws.Ecr.DescribeRepositoriesAsync(null, cancellationToken).ConfigureAwait(false))
                found.Add(repository);
            return found;
        }).ConfigureAwait(false) ?? [];
        RegistryScanning? scanning = Wants(RiskParts.Scanning) && repositories.Count > 0
            ? await TryAsync(RiskParts.Scanning, () => aws.Ecr.GetRegistryScanningConfigurationAsync(cancellationToken))
                .ConfigureAwait(false) : null;
        ImagesInUse use = Wants(RiskParts.Use) && repositories.Count > 0
            ? await TryAsync(RiskParts.Use, () => ImagesInUse.FindAsync(aws.Ecs, cancellationToken)).ConfigureAwait(false)
                ?? ImagesInUse.None : ImagesInUse.None;
        RepositoryFacts[] facts =
            await EachAsync(repositories, r => ReadAsync(r, use, cancellationToken), cancellationToken).ConfigureAwait(false);
        return snapshot with { Repositories = [.. facts.OrderBy(f => f.Target, StringComparer.Ordinal)], Scanning = scanning, Use = use };
    }

    private async Task<RepositoryFacts> ReadAsync(Repository repository, ImagesInUse use, CancellationToken cancellationToken)
    {
        string name = repository.RepositoryName;
        RepositoryFacts facts = new(repository);
        if (Wants(RiskParts.Access))
            facts = facts with
            {
                Access = await TryAsync(RiskParts.Access, () => AccessService
                    .OfRepository(aws.Ecr, RepositoryName.Parse(name)).ReadAsync(cancellationToken)).ConfigureAwait(false),
            };
        if (Wants(RiskParts.Lifecycle))
            facts = facts with
            {
                Lifecycle = await TryAsync(RiskParts.Lifecycle, () => LifecycleAsync(repository, cancellationToken)).ConfigureAwait(false),
            };
        if (!Wants(RiskParts.Images) || !use.NeedsAnyOf(repository)) return facts;
        return await TryAsync(RiskParts.Images, () => new UsedImageReader(aws, repository, use, Wants(RiskParts.Findings), now)
            .AddAsync(facts, e => Add(RiskParts.Findings, e), cancellationToken)).ConfigureAwait(false) ?? facts;
    }

    private async Task<RepositoryLifecycle> LifecycleAsync(Repository repository, CancellationToken cancellationToken)
    {
        (RepositoryLifecycle lifecycle, string? unreadable) = await new LifecycleService(aws.Ecr, aws.Region)
            .GetAsync(repository.RepositoryName, cancellationToken, repository.RegistryId).ConfigureAwait(false);
        return unreadable is null ? lifecycle
            : throw new PizzaException("LifecycleNotReadable", PizzaErrorKind.InvalidData,
                $"The lifecycle policy of '{repository}' cannot be read: {unreadable}", repository.RepositoryName);
    }

    /// <summary>What can be read; null, and a problem, for what cannot. Credentials that do not work end it all.</summary>
    private async Task<T?> TryAsync<T>(RiskParts part, Func<Task<T>> read)
        where T : class
    {
        try { return await read().ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind is not (PizzaErrorKind.Authentication or PizzaErrorKind.Configuration))
        {
            Add(part, e);
            return null;
        }
    }

    private void Add(RiskParts part, PizzaException e) => _problems.Add(
        e.With($"For this reason not checked, or not completely: {string.Join(", ", rules.Where(r => (r.Parts & part) != 0)
            .Select(r => r.Id))}."));

    private async Task<TOut[]> EachAsync<TIn, TOut>(
        IReadOnlyList<TIn> items, Func<TIn, Task<TOut>> read, CancellationToken cancellationToken)
    {
        TOut[] results = new TOut[items.Count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), options,
            async (index, _) => results[index] = await read(items[index]).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }
}

using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Services.State;

/// <summary>Reads the state of a registry and of the CI roles, and compares it with a file.</summary>
/// <param name="aws">The caller's session.</param>
/// <param name="parallel">How many repositories or roles are read at the same time.</param>
internal sealed class StateService(AwsSession aws, int parallel)
{
    /// <summary>All that is there.</summary>
    /// <param name="isWanted">Decides by name about repositories.</param>
    /// <param name="includeRoles">Whether the roles are read too.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<PizzaState> ReadAsync(Func<string, bool> isWanted, bool includeRoles, CancellationToken cancellationToken)
    {
        IReadOnlyList<RepositoryReading> repositories = await EachAsync(await RepositoriesAsync(isWanted, cancellationToken)
            .ConfigureAwait(false), ReadAsync, cancellationToken).ConfigureAwait(false);
        string place = $"{await PlaceAsync(cancellationToken).ConfigureAwait(false)}";
        IReadOnlyList<RoleReading>? roles = !includeRoles ? null
            : await EachAsync(await RoleReading.FindAsync(aws.Iam, cancellationToken).ConfigureAwait(false),
                (trust, token) => RoleReading.OfAsync(aws.Iam, trust, token), cancellationToken).ConfigureAwait(false);
        return new()
        {
            Repositories = [.. repositories.Select(r => KeyValuePair.Create(r.Repository.RepositoryName, r.State))],
            Roles = roles is null ? null : [.. roles.Select(r => KeyValuePair.Create(r.Trust.RoleName, r.State(place)))],
        };
    }

    /// <summary>How what is there differs from a file. A section that the file does not have is not read.</summary>
    /// <param name="wanted">What the file says.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<StateComparison> CompareAsync(PizzaState wanted, CancellationToken cancellationToken) => new(
        wanted.Repositories is null ? [] : await CompareRepositoriesAsync(wanted, cancellationToken).ConfigureAwait(false),
        wanted.Roles is null ? [] : await CompareRolesAsync(wanted.Roles, cancellationToken).ConfigureAwait(false));

    private async Task<IReadOnlyList<StateGroup>> CompareRepositoriesAsync(PizzaState wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<Repository> there = await RepositoriesAsync(_ => true, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RepositoryReading> held =
            await EachAsync([.. there.Where(r => wanted.Holds(r.RepositoryName))], ReadAsync, cancellationToken).ConfigureAwait(false);
        Dictionary<string, RepositoryReading> byName = held.ToDictionary(r => r.Repository.RepositoryName);
        return
        [
            .. byName.Keys.Union(wanted.Names).Order(StringComparer.Ordinal)
                .Select(n => RepositoryDifferences.Of(aws, n, wanted.For(n), byName.GetValueOrDefault(n))).OfType<StateGroup>(),
            .. there.Where(r => !wanted.Holds(r.RepositoryName)).Select(r => RepositoryDifferences.Extra(aws, r)),
        ];
    }

    private async Task<IReadOnlyList<StateGroup>> CompareRolesAsync(
        IReadOnlyList<KeyValuePair<string, RoleState>> wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrustPolicy> trusts = await RoleReading.FindAsync(aws.Iam, cancellationToken).ConfigureAwait(false);
        Arn place = await PlaceAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, TrustPolicy> byName = trusts.ToDictionary(t => t.RoleName);
        IReadOnlyList<StateGroup?> held = await EachAsync(wanted, async (entry, token) =>
        {
            RoleReading? there = byName.TryGetValue(entry.Key, out TrustPolicy? trust)
                ? await RoleReading.OfAsync(aws.Iam, trust, entry.Value.PolicyName, token).ConfigureAwait(false) : null;
            return RoleDifferences.Of(aws, entry.Key, entry.Value, there, place);
        }, cancellationToken).ConfigureAwait(false);
        HashSet<string> names = [.. wanted.Select(w => w.Key)];
        return
        [
            .. held.OfType<StateGroup>(),
            .. trusts.Where(t => !names.Contains(t.RoleName)).Select(t => RoleDifferences.Extra(aws, t)),
        ];
    }

    private async Task<IReadOnlyList<Repository>> RepositoriesAsync(Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        List<Repository> found = [];
        await foreach (Repository repository in new RepositoryService(aws.Ecr).FindAsync(isWanted, cancellationToken).ConfigureAwait(false))
            found.Add(repository);
        return [.. found.OrderBy(r => r.RepositoryName, StringComparer.Ordinal)];
    }

    private Task<RepositoryReading> ReadAsync(Repository repository, CancellationToken cancellationToken) =>
        RepositoryReading.OfAsync(aws, repository, cancellationToken);

    private async Task<Arn> PlaceAsync(CancellationToken cancellationToken) => Arn.OfRepository(
        aws.Partition, aws.Region, await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false), "");

    /// <summary>Several at the same time, in the order of what they are made from.</summary>
    private async Task<IReadOnlyList<TResult>> EachAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<TResult>> read, CancellationToken cancellationToken)
    {
        TResult[] results = new TResult[items.Count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), options,
            async (i, token) => results[i] = await read(items[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }
}

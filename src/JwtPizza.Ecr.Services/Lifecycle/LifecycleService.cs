using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;
using LifecycleEdit = JwtPizza.Ecr.Edit<JwtPizza.Ecr.LifecycleDocument, JwtPizza.Ecr.LifecycleRule>;

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>Reading and setting the lifecycle policies of repositories.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="region">Its region.</param>
internal sealed class LifecycleService(EcrClient ecr, string region)
{
    /// <summary>The lifecycle of a repository; without rules when it has no policy.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <param name="registryId">The account of the registry, where it is known; a repository without a policy does not tell.</param>
    /// <returns>The lifecycle, and why its rules could not be read, if so.</returns>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>.</exception>
    public async Task<(RepositoryLifecycle Lifecycle, string? Unreadable)> GetAsync(
        string repositoryName, CancellationToken cancellationToken, string? registryId = null)
    {
        LifecyclePolicyText? held = await new LifecycleStore(ecr, repositoryName).ReadPolicyAsync(cancellationToken).ConfigureAwait(false);
        registryId = held?.RegistryId ?? registryId ?? await RegistryOfAsync(repositoryName, cancellationToken).ConfigureAwait(false);
        RepositoryLifecycle lifecycle = new()
        {
            RepositoryName = repositoryName, RegistryId = registryId, Region = region, PolicyText = held?.Text,
            LastEvaluatedAt = held?.LastEvaluatedAt is { } at && at > DateTimeOffset.UnixEpoch ? at : null,
        };
        if (held is null) return (lifecycle, null);
        try { return (lifecycle with { Rules = [.. LifecyclePolicy.Parse(held.Text).Rules] }, null); }
        catch (PizzaException e) { return (lifecycle, e.Message); }
    }

    /// <summary>Brings a change into the policy of a repository, and makes sure that it stays among concurrent ones.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="change">What the caller wants.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException">
    /// <c>InvalidLifecyclePolicy</c>: ECR would refuse it; <c>UnknownLifecyclePolicy</c>: the policy in force holds what this version does
    /// not know, so that a merge would lose it; <c>RepositoryNotFoundException</c>; <c>ConcurrentEdit</c>.
    /// </exception>
    public Task<LifecycleEdit> SetAsync(string repositoryName, LifecycleChange change, CancellationToken cancellationToken) =>
        Editor(repositoryName, change).RunAsync(cancellationToken);

    /// <summary>Takes rules out of the policy of a repository. What is not there is no error.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="removal">What is to go.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>UnknownLifecyclePolicy</c>: the rules that stay cannot be read whole;
    /// <c>RepositoryNotFoundException</c>; <c>ConcurrentEdit</c>.</exception>
    public Task<LifecycleEdit> RemoveAsync(string repositoryName, LifecycleRemoval removal, CancellationToken cancellationToken) =>
        Editor(repositoryName, removal).RunAsync(cancellationToken);

    /// <summary>The text of the policy that a change would leave in force; without a change, that of the policy in force.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="change">What is to be there; null for what is there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>LifecyclePolicyNotFoundException</c>; else as <see cref="SetAsync"/>.</exception>
    public async Task<string> EffectiveTextAsync(string repositoryName, LifecycleChange? change, CancellationToken cancellationToken)
    {
        // what is there does not matter, and need not be readable
        if (change is { Replace: true }) return LifecyclePolicy.Of(change.Rules).Text;
        if (change is not null) return (await Editor(repositoryName, change).PlanAsync(cancellationToken).ConfigureAwait(false)).After!;
        return (await new LifecycleStore(ecr, repositoryName).ReadPolicyAsync(cancellationToken).ConfigureAwait(false))?.Text
            ?? throw new PizzaException("LifecyclePolicyNotFoundException", PizzaErrorKind.NotFound,
            $"'{repositoryName}' in {region} has no lifecycle policy to test. Specify what to test with the parameters of " +
            "Set-PizzaLifecycle: -UntaggedDays 1, -KeepLast 10, -Rule or -Policy.", repositoryName);
    }

    internal DocumentEditor<LifecycleDocument, LifecycleRule> Editor(string repositoryName, LifecycleChange change)
    {
        _ = LifecyclePolicy.Of(change.Rules);   // refuses what is wrong before anything is sent
        return new(new LifecycleStore(ecr, repositoryName), document => document.Set(change), DocumentSession.Current);
    }

    /// <summary>Priorities mean the rules that have them at the first reading.</summary>
    internal DocumentEditor<LifecycleDocument, LifecycleRule> Editor(string repositoryName, LifecycleRemoval removal)
    {
        LifecycleRemoval? meant = null;
        return new(new LifecycleStore(ecr, repositoryName), Remove, DocumentSession.Current);

        LifecycleEdit Remove(LifecycleDocument document)
        {
            LifecycleEdit edit = document.Remove(meant ?? removal);
            meant ??= removal.For(edit.Results);
            return edit;
        }
    }

    private async Task<string> RegistryOfAsync(string repositoryName, CancellationToken cancellationToken)
    {
        await foreach (Repository repository in ecr.DescribeRepositoriesAsync([repositoryName], cancellationToken).ConfigureAwait(false))
            return repository.RegistryId;
        return "";
    }
}

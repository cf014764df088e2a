using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>Reading and setting the lifecycle policies of repositories.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="region">Its region.</param>
public sealed class LifecycleService(EcrClient ecr, string region)
{
    /// <summary>The lifecycle of a repository; without rules when it has no policy.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The lifecycle, and why its rules could not be read, if so.</returns>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>.</exception>
    public async Task<(RepositoryLifecycle Lifecycle, string? Unreadable)> GetAsync(string repositoryName, CancellationToken cancellationToken)
    {
        LifecyclePolicyText? held = await ReadAsync(repositoryName, cancellationToken).ConfigureAwait(false);
        string registryId = held?.RegistryId ?? await RegistryOfAsync(repositoryName, cancellationToken).ConfigureAwait(false);
        RepositoryLifecycle lifecycle = new()
        {
            RepositoryName = repositoryName, RegistryId = registryId, Region = region, LastEvaluatedAt = held?.LastEvaluatedAt is { } at && at > DateTimeOffset.UnixEpoch ? at : null, PolicyText = held?.Text,
        };
        if (held is null) return (lifecycle, null);
        try { return (lifecycle with { Rules = [.. LifecyclePolicy.Parse(held.Text).Rules] }, null); }
        catch (PizzaException e) { return (lifecycle, e.Message); }
    }

    /// <summary>Works out what a change comes to, without making it.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="change">What the caller wants.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException">
    /// <c>InvalidLifecyclePolicy</c>: ECR would refuse it; <c>UnknownLifecyclePolicy</c>: the policy in force holds what this version does not
    /// know, so that a merge would lose it; <c>RepositoryNotFoundException</c>.
    /// </exception>
    public async Task<LifecyclePlan> PlanAsync(string repositoryName, LifecycleChange change, CancellationToken cancellationToken)
    {
        LifecyclePolicy alone = LifecyclePolicy.Of(change.Rules);   // refuses what is wrong before anything is sent
        string? held = (await ReadAsync(repositoryName, cancellationToken).ConfigureAwait(false))?.Text;
        if (change.Replace) return new(repositoryName, held, alone, held is null || !SaysTheSame(held, alone));
        LifecyclePolicy? current = held is null ? null : Understood(held, repositoryName, "use -Replace to put the new rules in its place");
        LifecyclePolicy wanted = LifecyclePolicy.Merge(current, change.Rules, change.KeepDescriptions);
        return new(repositoryName, held, wanted, !wanted.Equals(current));
    }

    /// <summary>Works out what a removal comes to, without making it. What is not there is no error.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="removal">What is to go.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>UnknownLifecyclePolicy</c>: the rules that stay cannot be read whole; <c>RepositoryNotFoundException</c>.</exception>
    public async Task<LifecyclePlan> PlanRemovalAsync(string repositoryName, LifecycleRemoval removal, CancellationToken cancellationToken)
    {
        string? held = (await ReadAsync(repositoryName, cancellationToken).ConfigureAwait(false))?.Text;
        if (held is null || removal.IsWhole) return new(repositoryName, held, null, held is not null);
        LifecyclePolicy current = Understood(held, repositoryName, "name no rule to remove all of them");
        LifecyclePolicy? left = current.Without(removal.Names);
        return new(repositoryName, held, left, !current.Equals(left));
    }

    /// <summary>The text of the policy that a change would leave in force; without a change, that of the policy in force.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="change">What is to be there; null for what is there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>LifecyclePolicyNotFoundException</c>; else as <see cref="PlanAsync"/>.</exception>
    public async Task<string> EffectiveTextAsync(string repositoryName, LifecycleChange? change, CancellationToken cancellationToken)
    {
        if (change is { Replace: true }) return LifecyclePolicy.Of(change.Rules).Text;   // what is there does not matter, and need not be readable
        if (change is not null) return (await PlanAsync(repositoryName, change, cancellationToken).ConfigureAwait(false)).Wanted!.Text;
        return (await ReadAsync(repositoryName, cancellationToken).ConfigureAwait(false))?.Text ?? throw new PizzaException("LifecyclePolicyNotFoundException", PizzaErrorKind.NotFound,
            $"'{repositoryName}' in {region} has no lifecycle policy to test. Say what to test, with the parameters of Set-PizzaLifecycle: -UntaggedDays 1, -KeepLast 10, -Rule or -Policy.", repositoryName);
    }

    /// <summary>Makes the change.</summary>
    /// <param name="plan">From one of the plan methods.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task ApplyAsync(LifecyclePlan plan, CancellationToken cancellationToken)
    {
        if (plan.Wanted is { } wanted) await ecr.PutLifecyclePolicyAsync(plan.RepositoryName, wanted.Text, cancellationToken).ConfigureAwait(false);
        else await DeleteAsync(plan.RepositoryName, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(string repositoryName, CancellationToken cancellationToken)
    {
        try { await ecr.DeleteLifecyclePolicyAsync(repositoryName, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "LifecyclePolicyNotFoundException") { }   // somebody was quicker, or our own call was repeated after a lost answer
    }

    private async Task<LifecyclePolicyText?> ReadAsync(string repositoryName, CancellationToken cancellationToken)
    {
        try { return await ecr.GetLifecyclePolicyAsync(repositoryName, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "LifecyclePolicyNotFoundException") { return null; }
    }

    private async Task<string> RegistryOfAsync(string repositoryName, CancellationToken cancellationToken)
    {
        await foreach (Repository repository in ecr.DescribeRepositoriesAsync([repositoryName], cancellationToken).ConfigureAwait(false)) return repository.RegistryId;
        return "";
    }

    private static LifecyclePolicy Understood(string text, string repositoryName, string otherwise)
    {
        try { return LifecyclePolicy.Parse(text); }
        catch (PizzaException e)
        {
            throw new PizzaException("UnknownLifecyclePolicy", PizzaErrorKind.InvalidData,
                $"The lifecycle policy that '{repositoryName}' has now cannot be read whole, and writing it anew would lose what is not understood. Nothing was changed. " +
                $"See it with (Get-PizzaLifecycle '{repositoryName}').PolicyText, or {otherwise}. What was found: {e.Message}", repositoryName, e);
        }
    }

    private static bool SaysTheSame(string held, LifecyclePolicy wanted)
    {
        try { return LifecyclePolicy.Parse(held).Equals(wanted); }
        catch (PizzaException) { return false; }
    }
}

using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>Tells which images a lifecycle policy would take, before it is in force. Nothing is changed.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="verbose">Receives what a user sees with -Verbose.</param>
/// <param name="now">The time of the run, where it is worked out here.</param>
internal sealed class LifecycleForecaster(EcrClient ecr, Action<string> verbose, DateTimeOffset now)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>What a policy would take from a list of images; asks nobody.</summary>
    /// <param name="repositoryName">Whose images they are.</param>
    /// <param name="images">All images of the repository.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="now">The time of the run.</param>
    public static IReadOnlyList<LifecycleForecast> Of(
        string repositoryName, IEnumerable<LifecycleImage> images, LifecyclePolicy policy, DateTimeOffset now) =>
        Rows(LifecycleEvaluator.Evaluate(images, policy, now), v => v.Rule.Priority, v => v.Image.ImageSizeInBytes, (v, total) => new()
        {
            RepositoryName = repositoryName, ImageDigest = v.Image.ImageDigest, ImageTags = [.. v.Image.ImageTags],
            ImagePushedAt = v.Image.ImagePushedAt, ImageSizeInBytes = v.Image.ImageSizeInBytes,
            Action = v.Rule.Action, Priority = v.Rule.Priority, Rule = v.Rule, RuleTotal = total, Source = "Offline",
        });

    /// <summary>What a policy would take from a repository, by ECR's preview where the caller may use it.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="policyText">The policy.</param>
    /// <param name="offline">Work it out here in any case.</param>
    /// <param name="inUse">Finds out who uses which image; asked only when some would go.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>LifecyclePreviewFailed</c>, <c>LifecyclePreviewTimeout</c>,
    /// <c>InvalidLifecyclePolicy</c>.</exception>
    public async Task<IReadOnlyList<LifecycleForecast>> ForecastAsync(
        Repository repository, string policyText, bool offline, Func<Task<ImagesInUse>> inUse, CancellationToken cancellationToken)
    {
        IReadOnlyList<LifecycleForecast> rows =
            (offline ? null : await PreviewAsync(repository, policyText, cancellationToken).ConfigureAwait(false))
            ?? await OfflineAsync(repository, policyText, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0) return rows;
        ImagesInUse used = await inUse().ConfigureAwait(false);
        return [.. rows.Select(r => r with
        {
            RegistryId = repository.RegistryId, Region = repository.Region, InUseBy = used.UserOf(repository, r.ImageDigest, r.ImageTags),
        })];
    }

    private async Task<IReadOnlyList<LifecycleForecast>> OfflineAsync(
        Repository repository, string policyText, CancellationToken cancellationToken)
    {
        LifecyclePolicy policy = LifecyclePolicy.Parse(policyText);
        List<LifecycleImage> images = await new LifecycleImages(ecr, verbose)
            .ListWithChildrenAsync(repository.RepositoryName, cancellationToken).ConfigureAwait(false);
        verbose($"{repository.RepositoryName}: evaluated locally for {images.Count:N0} images, without ECR's preview.");
        return Of(repository.RepositoryName, images, policy, now);
    }

    /// <summary>Null when the caller may not have a preview.</summary>
    private async Task<IReadOnlyList<LifecycleForecast>?> PreviewAsync(
        Repository repository, string policyText, CancellationToken cancellationToken)
    {
        string name = repository.RepositoryName;
        IReadOnlyList<PreviewedImage> taken;
        try
        {
            taken =
                await new LifecyclePreview(ecr, verbose, s_patience).RunAsync(name, policyText, cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            verbose($"{name}: no preview by ECR. {e.Message}");
            return null;
        }
        catch (PizzaException e) when (e.ErrorId == "ServiceUnavailable")   // an emulator that has no previews answers so, too
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"{e.Message} With -Offline, the rules are evaluated locally.", name, e);
        }
        verbose($"{name}: as reported by ECR's preview.");
        if (taken.Count == 0) return [];
        Dictionary<int, LifecycleRule> rules = Rules(policyText).ToDictionary(r => r.Priority);
        Dictionary<string, LifecycleImage> images = await SizesAsync(name, cancellationToken).ConfigureAwait(false);
        return Rows(taken, t => t.AppliedRulePriority ?? 0, t => images.GetValueOrDefault(t.ImageDigest)?.ImageSizeInBytes,
            (t, total) => new()
        {
            RepositoryName = name, ImageDigest = t.ImageDigest, ImageTags = [.. t.ImageTags ?? []], ImagePushedAt = t.ImagePushedAt,
            ImageSizeInBytes = images.GetValueOrDefault(t.ImageDigest)?.ImageSizeInBytes,
            Action = t.Action?.Type == "TRANSITION" ? "transition" : "expire", Priority = t.AppliedRulePriority ?? 0,
            Rule = rules.GetValueOrDefault(t.AppliedRulePriority ?? 0), RuleTotal = total, Source = "ECR",
        });
    }

    /// <summary>A preview tells no sizes.</summary>
    private async Task<Dictionary<string, LifecycleImage>> SizesAsync(string repositoryName, CancellationToken cancellationToken)
    {
        try
        {
            return (await new LifecycleImages(ecr, verbose).ListAsync(repositoryName, cancellationToken).ConfigureAwait(false))
                .Select(i => i.Image).DistinctBy(i => i.ImageDigest).ToDictionary(i => i.ImageDigest);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            verbose($"{repositoryName}: no sizes. {e.Message}");
            return [];
        }
    }

    private static IReadOnlyList<LifecycleRule> Rules(string policyText)
    {
        try { return LifecyclePolicy.Parse(policyText).Rules; }
        catch (PizzaException) { return []; }   // newer than this version; ECR understands it
    }

    /// <summary>By rule, the rules in their order; within a rule as they come, the oldest first.</summary>
    private static List<LifecycleForecast> Rows<T>(
        IEnumerable<T> taken, Func<T, int> priority, Func<T, long?> size, Func<T, LifecycleRuleTotal, LifecycleForecast> row)
    {
        List<LifecycleForecast> rows = [];
        foreach (IGrouping<int, T> rule in taken.GroupBy(priority).OrderBy(g => g.Key))
        {
            LifecycleRuleTotal total = new(rule.Count(), rule.All(t => size(t) is not null) ? rule.Sum(size) : null);
            rows.AddRange(rule.Select(t => row(t, total)));
        }
        return rows;
    }
}

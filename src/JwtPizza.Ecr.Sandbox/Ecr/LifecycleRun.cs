namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What a preview found.</summary>
internal sealed record LifecyclePreview(LifecyclePolicy Policy, IReadOnlyList<LifecycleVerdict> Verdicts);

/// <summary>Lifecycle rules at work.</summary>
internal static class LifecycleRun
{
    public static IReadOnlyList<LifecycleVerdict> Judge(StoredRepository repository, LifecyclePolicy policy, DateTimeOffset now) =>
        LifecycleEvaluator.Evaluate(repository.Images.All.Select(i => i.ForLifecycle()), policy, now);

    /// <summary>One run. Answers a line for each image that was taken.</summary>
    public static IEnumerable<string> Execute(StoredRepository repository, DateTimeOffset now)
    {
        if (repository.Lifecycle is not { } policy) return [];
        repository.Set(s => s with { LifecycleRanAt = now });
        return [.. Judge(repository, policy, now).Select(v => Take(repository, v, now))];
    }

    private static string Take(StoredRepository repository, LifecycleVerdict verdict, DateTimeOffset now)
    {
        StoredImage image = repository.Images.Find(Digest.Parse(verdict.Image.ImageDigest))!;
        bool archives = verdict.Rule.Action == "transition";
        string tags = image.Tags.Count == 0 ? "untagged" : string.Join(", ", image.Tags);
        if (archives) repository.Images.Mark(image, m => StoredImage.Archive(m, now));
        else repository.Images.Remove(image);
        return $"{now:u} {repository.Name}@{image.Digest} ({tags}): rule {verdict.Rule.Priority} {(archives ? "archived" : "expired")} it";
    }
}

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>What a caller wants of a repository's lifecycle policy.</summary>
/// <param name="Rules">The rules to be there.</param>
/// <param name="Replace">Whether they are to be the only ones; else they are merged with those that are there.</param>
/// <param name="KeepDescriptions">Whether a rule that means the same as one that is there leaves that one's description alone.</param>
public sealed record LifecycleChange(IReadOnlyList<LifecycleRule> Rules, bool Replace, bool KeepDescriptions)
{
    /// <summary>The error for a call that does not say what it wants.</summary>
    /// <param name="nextStep">What to say.</param>
    public static PizzaException Incomplete(string nextStep) => new("IncompleteLifecycle", PizzaErrorKind.InvalidArgument, nextStep);
}

/// <summary>What a caller wants to be rid of in a repository's lifecycle policy; nothing named means the whole policy.</summary>
/// <param name="Priorities">Rules by their priority.</param>
/// <param name="Rules">Rules by the images that they select, whatever they do with them.</param>
public sealed record LifecycleRemoval(IReadOnlyList<int> Priorities, IReadOnlyList<LifecycleRule> Rules)
{
    internal bool IsWhole => Priorities.Count + Rules.Count == 0;

    internal bool Names(LifecycleRule rule) => Priorities.Contains(rule.Priority) || Rules.Any(r => r.IsForSameImagesAs(rule));
}

/// <summary>What a change or a removal comes to for one repository; nothing is sent yet.</summary>
/// <param name="RepositoryName">The repository.</param>
/// <param name="Current">The text in force; null when there is none.</param>
/// <param name="Wanted">The policy to be; null when there is to be none.</param>
/// <param name="IsChange">Whether the two differ in more than the way they are written.</param>
public sealed record LifecyclePlan(string RepositoryName, string? Current, LifecyclePolicy? Wanted, bool IsChange)
{
    /// <summary>The lines that would change, for a reader.</summary>
    public string Difference => JsonDifference.Between(Current, Wanted?.Text);
}

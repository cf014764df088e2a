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

/// <summary>What a <see cref="LifecycleChange"/> comes to for one repository; nothing is sent yet.</summary>
/// <param name="RepositoryName">The repository.</param>
/// <param name="Current">The text in force; null when there is none.</param>
/// <param name="Wanted">The policy to be.</param>
/// <param name="IsChange">Whether the two differ in more than the way they are written.</param>
public sealed record LifecyclePlan(string RepositoryName, string? Current, LifecyclePolicy Wanted, bool IsChange)
{
    /// <summary>The lines that would change, for a reader.</summary>
    public string Difference => JsonDifference.Between(Current, Wanted.Text);
}

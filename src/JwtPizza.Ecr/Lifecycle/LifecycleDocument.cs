namespace JwtPizza.Ecr;

/// <summary>The lifecycle policy that a repository has, or is to have, as text.</summary>
/// <param name="RepositoryName">The repository.</param>
/// <param name="Text">The JSON as ECR holds it; null when there is none.</param>
public sealed record LifecycleDocument(string RepositoryName, string? Text) : IDocument
{
    /// <summary>The rules in short, without their numbers: those change when others come and go.</summary>
    public IEnumerable<string> Items =>
        Text is not null && TryRead() is { } policy ? policy.Rules.Select(r => r.ToString()[(r.ToString().IndexOf(' ') + 1)..]) : [];

    /// <summary>Brings a change into the policy.</summary>
    /// <param name="change">What is to be there.</param>
    /// <exception cref="PizzaException"><c>InvalidLifecyclePolicy</c>; <c>UnknownLifecyclePolicy</c>: it holds what this version does not
    /// know, so that a merge would lose it.</exception>
    public Edit<LifecycleDocument, LifecycleRule> Set(LifecycleChange change)
    {
        LifecyclePolicy? current =
            Text is null ? null : change.Replace ? TryRead() : Read("use -Replace to put the new rules in its place");
        return To(current,
            change.Replace ? LifecyclePolicy.Of(change.Rules) : LifecyclePolicy.Merge(current, change.Rules, change.KeepDescriptions));
    }

    /// <summary>Takes rules out of the policy; with the last one the policy goes. What is not there is no error.</summary>
    /// <param name="removal">What is to go.</param>
    /// <exception cref="PizzaException"><c>UnknownLifecyclePolicy</c>: the rules that stay cannot be read whole.</exception>
    public Edit<LifecycleDocument, LifecycleRule> Remove(LifecycleRemoval removal)
    {
        if (Text is null || removal.IsWhole)
            return new Edit<LifecycleDocument, LifecycleRule>(this) with { Document = this with { Text = null } };
        LifecyclePolicy current = Read("name no rule to remove all of them");
        return To(current, current.Without(removal.Names)) with { Results = [.. current.Rules.Where(removal.Names)] };
    }

    /// <summary>A policy that says the same is left as it was written.</summary>
    private Edit<LifecycleDocument, LifecycleRule> To(LifecyclePolicy? current, LifecyclePolicy? wanted)
    {
        Edit<LifecycleDocument, LifecycleRule> edit = new(this);
        return (wanted is null ? current is null : wanted.Equals(current))
            ? edit : edit with { Document = this with { Text = wanted?.Text } };
    }

    private LifecyclePolicy? TryRead()
    {
        try { return LifecyclePolicy.Parse(Text!); }
        catch (PizzaException) { return null; }
    }

    private LifecyclePolicy Read(string otherwise)
    {
        try { return LifecyclePolicy.Parse(Text!); }
        catch (PizzaException e)
        {
            throw new PizzaException("UnknownLifecyclePolicy", PizzaErrorKind.InvalidData,
                $"The lifecycle policy that '{RepositoryName}' has now cannot be read completely, and writing it back would lose the " +
                $"unknown part. Nothing was changed. See it with (Get-PizzaLifecycle '{RepositoryName}').PolicyText, or {otherwise}. " +
                $"What was found: {e.Message}",
                    RepositoryName, e);
        }
    }
}

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

    /// <summary>The same by the images that the rules select, so that it means the same in a policy that others have renumbered.</summary>
    /// <param name="found">The rules that it names in the policy that the caller has seen.</param>
    public LifecycleRemoval For(IReadOnlyList<LifecycleRule> found) => IsWhole || found.Count == 0 ? this : new([], [.. Rules, .. found]);
}

namespace JwtPizza.Ecr.Services.State;

/// <summary>What making a change came to.</summary>
/// <param name="Status">What was done.</param>
/// <param name="Warnings">For the user.</param>
internal sealed record StateOutcome(ChangeStatus Status, IReadOnlyList<string> Warnings)
{
    /// <summary>What became of an edit of a document.</summary>
    public static StateOutcome Of<TDocument, TResult>(Edit<TDocument, TResult> edit) where TDocument : IDocument =>
        new(edit.Status, edit.Warnings);
}

/// <summary>A difference, and the act that removes it: the same act that a cmdlet does.</summary>
/// <param name="Row">The difference.</param>
/// <param name="Action">What the act does, for the question to the user.</param>
/// <param name="MakeAsync">Does it; null when no act can.</param>
internal sealed record StateChange(StateDifference Row, string Action, Func<CancellationToken, Task<StateOutcome>>? MakeAsync)
{
    /// <summary>Whether the other changes of the group need this one.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Why no act can remove the difference.</summary>
    public string? WhyNot { get; init; }
}

/// <summary>The differences of one repository or role, in the order in which they are removed.</summary>
/// <param name="Name">For example <c>repositories.api</c>.</param>
/// <param name="Changes">The differences.</param>
internal sealed record StateGroup(string Name, IReadOnlyList<StateChange> Changes);

/// <summary>How a registry differs from what a file says.</summary>
/// <param name="Repositories">A group for each repository that differs.</param>
/// <param name="Roles">A group for each role that differs; they come after the repositories that they name.</param>
internal sealed record StateComparison(IReadOnlyList<StateGroup> Repositories, IReadOnlyList<StateGroup> Roles)
{
    /// <summary>Every difference.</summary>
    public IEnumerable<StateChange> All => Repositories.Concat(Roles).SelectMany(g => g.Changes);
}

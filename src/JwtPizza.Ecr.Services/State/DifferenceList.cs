namespace JwtPizza.Ecr.Services.State;

/// <summary>Collects the differences of one thing.</summary>
/// <param name="path">Where the file says it.</param>
internal sealed class DifferenceList(string path)
{
    private readonly List<StateChange> _changes = [];

    /// <summary>The differences so far; null when there are none.</summary>
    public StateGroup? Group => _changes.Count == 0 ? null : new(path, _changes);

    /// <summary>Something that the file wants and that is not there.</summary>
    public void Missing(string at, string wanted, string action, Func<CancellationToken, Task<StateOutcome>> make, bool isFirst = false) =>
        Add(StateDifferenceKind.Missing, at, null, wanted, action, make, isFirst);

    /// <summary>Something that is not as the file says.</summary>
    public void Different(string at, string current, string wanted, string action, Func<CancellationToken, Task<StateOutcome>> make) =>
        Add(StateDifferenceKind.Different, at, current, wanted, action, make);

    /// <summary>Something that the file does not want.</summary>
    public void Extra(string at, string current, string action, Func<CancellationToken, Task<StateOutcome>> make) =>
        Add(StateDifferenceKind.Extra, at, current, null, action, make);

    /// <summary>Something that no act can make so.</summary>
    public void Fixed(StateDifferenceKind kind, string at, string? current, string? wanted, string whyNot) =>
        _changes.Add(new(Row(kind, at, current, wanted), "", null) { WhyNot = whyNot });

    /// <summary>Statements that the module did not write: they are named, and left alone.</summary>
    /// <param name="at">Where the file names them.</param>
    /// <param name="wanted">Names and digests of the file.</param>
    /// <param name="there">Names and digests of the policy.</param>
    public void Statements(string at, IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string> there)
    {
        const string Why = "The statement was not written by this module, and the file holds only its name and digest.";
        foreach (string name in wanted.Keys.Union(there.Keys).Order(StringComparer.Ordinal))
        {
            string? has = there.GetValueOrDefault(name), wants = wanted.GetValueOrDefault(name);
            if (has == wants || (wants is StateAccess.AnyText && has is not null)) continue;
            Fixed(wants is null ? StateDifferenceKind.Extra : has is null ? StateDifferenceKind.Missing : StateDifferenceKind.Different,
                StateProblems.Join(at, name), has, wants, Why);
        }
    }

    private void Add(StateDifferenceKind kind, string at, string? current, string? wanted, string action,
        Func<CancellationToken, Task<StateOutcome>> make, bool isFirst = false) =>
        _changes.Add(new(Row(kind, at, current, wanted), action, make) { IsFirst = isFirst });

    private StateDifference Row(StateDifferenceKind kind, string at, string? current, string? wanted) =>
        new() { Path = at.Length == 0 ? path : StateProblems.Join(path, at), Kind = kind, Current = current, Wanted = wanted };
}

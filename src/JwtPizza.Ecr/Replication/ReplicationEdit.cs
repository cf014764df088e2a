namespace JwtPizza.Ecr;

/// <summary>What an edit makes of a replication configuration, before anything is sent.</summary>
/// <param name="Configuration">The configuration after the edit.</param>
public sealed record ReplicationEdit(ReplicationConfiguration Configuration) : IDocumentEdit<ReplicationEdit>
{
    /// <inheritdoc/>
    public string Before { get; private init; } = Configuration.Document;

    /// <inheritdoc/>
    public string After => Configuration.Document;

    /// <inheritdoc/>
    public bool Changed => After != Before;

    /// <inheritdoc/>
    public string Difference => JsonDifference.Between(Before, After);

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    IEnumerable<string> IDocumentEdit<ReplicationEdit>.Held => Texts(Configuration);

    IEnumerable<string> IDocumentEdit<ReplicationEdit>.Touched
    {
        get
        {
            HashSet<string> touched = [.. Texts(ReplicationConfiguration.Parse(Configuration.Source, Before))];
            touched.SymmetricExceptWith(Texts(Configuration));
            return touched;
        }
    }

    /// <inheritdoc/>
    public ReplicationEdit Warn(string text) => this with { Warnings = [.. Warnings.Append(text).Distinct()] };

    internal ReplicationEdit Then(JsonText json) => this with { Configuration = Configuration.With(json) };

    internal ReplicationEdit Note(string text) => this with { Notes = [.. Notes.Append(text).Distinct()] };

    private static IEnumerable<string> Texts(ReplicationConfiguration configuration) =>
        configuration.Rules.SelectMany(r => r.Destinations, (r, d) => (Rule: r, Destination: d)).SelectMany(t => t.Rule.IsForAll ? ["all repositories"] : t.Rule.Prefixes, (t, p) => $"{p} to {t.Destination}").Distinct();
}

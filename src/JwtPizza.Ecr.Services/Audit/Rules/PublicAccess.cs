namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Repositories whose policies let in everyone.</summary>
internal sealed class PublicAccess : RiskRule
{
    private const string Everyone = "*";

    public override string Id => nameof(PublicAccess);

    public override FindingSeverity Severity => FindingSeverity.Critical;

    public override string Finds => "A statement of a repository's policy that allows the principal `*`, without a condition.";

    public override string Mends => "`aws ecr set-repository-policy`, or `delete-repository-policy`, without the statement.";

    public override string Why => "Every AWS account can do what the statement allows.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Access;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot)
    {
        foreach (RepositoryFacts facts in snapshot.Repositories)
        {
            if (facts.Access?.Statements.Where(IsOpen).ToArray() is not { Length: > 0 } open) continue;
            yield return Of(snapshot, facts, $"{string.Join(" and ", open.Select(s => $"{s}"))} of the repository's policy allows " +
                $"{string.Join(", ", open.SelectMany(s => s.Actions).Distinct())} to everyone.",
                Command(facts.Repository, facts.Access), "Grant-PizzaRepositoryAccess grants it to accounts, roles, or an organization.");
        }
    }

    private static bool IsOpen(Statement statement) =>
        statement.Allows && !statement.HasCondition && statement.Principals.Contains(Everyone);

    /// <summary>The policy without these statements; no cmdlet changes statements that it did not make.</summary>
    private static Advice Command(Repository repository, AccessPolicy policy)
    {
        if (policy.Statements.All(IsOpen)) return Aws("delete-repository-policy", repository);
        JsonText json = policy.Json;
        while (AccessPolicy.Parse(repository.RepositoryName, json.Text).Statements.FirstOrDefault(IsOpen) is { } open)
            json = json.Remove(json.Root["Statement"]!.Children[open.Number - 1]);
        return Aws("set-repository-policy", repository).With("--policy-text", json.Compact().Text);
    }

    private static Advice Aws(string operation, Repository repository) => Advice.Run("aws", "ecr", operation)
        .With("--repository-name", repository.RepositoryName).With("--region", repository.Region);
}

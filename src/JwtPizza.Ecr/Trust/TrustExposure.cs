namespace JwtPizza.Ecr;

/// <summary>Trust that is open to anybody at GitHub: whoever finds the role's ARN may assume it from a repository of his own.</summary>
internal static class TrustExposure
{
    /// <summary>Claims by which a statement can say whose workflows it means, instead of by the subject.</summary>
    private static readonly string[] s_bounds =
        ["repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id", "job_workflow_ref",
            "workflow_ref"];

    /// <summary>A warning for each statement, with the way out.</summary>
    public static IEnumerable<string> Of(TrustPolicy policy) =>
        from statement in policy.TrustStatements
        where statement.TrustsGitHub && statement.Provider!.IsPublic && !statement.Others.Any(c => IsBound(c, statement.Provider))
        let warning = Of(policy, statement)
        where warning is not null
        select warning;

    private static string? Of(TrustPolicy policy, TrustStatement statement)
    {
        string where = $"The trust policy of role '{policy.RoleName}' is open to anyone in {statement}";
        if (statement.Subjects is [])
            return $"{where}: it does not check the subject, so runs of every repository at GitHub can assume the role. " +
                $"Add a condition on {statement.Provider!.SubjectKey} by hand.";
        Opening[] open = [.. statement.Subjects.Select(Open).OfType<Opening>()];
        if (open.Length < statement.Subjects.Length) return null;   // all conditions must hold, and one names somebody
        Advice remove = Advice.Run("Remove-PizzaTrustSubject").With("-Subject", open[0].Value).With("-RoleName", policy.RoleName);
        return $"{where}: '{open[0].Value}' allows {open[0].Who}. Add the intended subjects by name, then remove it: {remove}";
    }

    private sealed record Opening(string Value, string Who);

    private static Opening? Open(TrustCondition condition)
    {
        if (!condition.Operator.LetsIn || !condition.Operator.Name.Contains("Like", StringComparison.OrdinalIgnoreCase)) return null;
        foreach (string value in condition.Values)
            if (GitHubSubject.Strangers(value) is { } who) return new(value, who);
        return null;
    }

    private static bool IsBound(TrustCondition condition, GitHubProvider provider) =>
        condition.Operator.LetsIn && s_bounds.Any(claim => condition.IsAbout($"{provider.Host}:{claim}"))
            && condition.Values.All(v => v.Trim('*', '?', '/') is not "");
}

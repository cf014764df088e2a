namespace JwtPizza.Ecr;

/// <summary>Trust that is open to anybody at GitHub: whoever finds the role's ARN may assume it from a repository of his own.</summary>
internal static class TrustExposure
{
    /// <summary>Claims by which a statement can say whose workflows it means, instead of by the subject.</summary>
    private static readonly string[] s_bounds =
        ["repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id", "job_workflow_ref",
            "workflow_ref"];

    /// <summary>The statements that let in anybody.</summary>
    public static IEnumerable<OpenStatement> Of(TrustPolicy policy) =>
        from statement in policy.TrustStatements
        where statement.TrustsGitHub && statement.Provider!.IsPublic && !statement.Others.Any(c => IsBound(c, statement.Provider))
        let open = Of(statement)
        where open is not null
        select open;

    /// <summary>A warning for each statement, with the way out.</summary>
    public static IEnumerable<string> Warnings(TrustPolicy policy) => Of(policy).Select(o => Warning(policy, o));

    private static OpenStatement? Of(TrustStatement statement)
    {
        if (statement.Subjects is []) return new(statement, null, "runs of every repository at GitHub");
        Opening[] open = [.. statement.Subjects.Select(Open).OfType<Opening>()];
        if (open.Length < statement.Subjects.Length) return null;   // all conditions must hold, and one names somebody
        return new(statement, open[0].Value, open[0].Who);
    }

    private static string Warning(TrustPolicy policy, OpenStatement open)
    {
        string where = $"The trust policy of role '{policy.RoleName}' is open to anyone in {open.Statement}";
        if (open.Subject is not { } subject)
            return $"{where}: it does not check the subject, so {open.Who} can assume the role. " +
                $"Add a condition on {open.Statement.Provider!.SubjectKey} by hand.";
        Advice remove = Advice.Run("Remove-PizzaTrustSubject").With("-Subject", subject).With("-RoleName", policy.RoleName);
        return $"{where}: '{subject}' allows {open.Who}. Add the intended subjects by name, then remove it: {remove}";
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

/// <summary>A statement of a trust policy that lets in anybody.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Subject">The pattern that does; null where the statement does not look at the subject.</param>
/// <param name="Who">Whom it lets in, in words.</param>
internal sealed record OpenStatement(TrustStatement Statement, string? Subject, string Who);

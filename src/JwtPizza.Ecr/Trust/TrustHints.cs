namespace JwtPizza.Ecr;

/// <summary>Near misses of a subject: what people spend an afternoon on, because AWS says 'Not authorized' and no more.</summary>
internal static class TrustHints
{
    public static string[] For(TrustPolicy policy, string subject)
    {
        GitHubSubject run = GitHubSubject.Read(subject);
        TrustStatement[] trusting = [.. policy.TrustStatements.Where(s => s.TrustsGitHub)];
        if (trusting is [])
            return [$"The role trusts no GitHub provider at all. Add-PizzaTrustSubject -Subject '{subject}' -RoleName {policy.RoleName} " +
                "lets this run in."];
        string[] near = [.. trusting.SelectMany(s => s.Subjects).SelectMany(c => c.Values.Select(v => Near(run, c.Operator, v)))
            .OfType<string>().Distinct()];
        string[] several =
            [.. trusting.Where(s => s.Subjects.Length > 1)
                .Select(s => $"{s} compares the subject {s.Subjects.Length} times, and all of them must hold; " +
                    "put all subjects under one StringLike.")];
        // it is not the subject, or not it alone
        if (trusting.Any(s => s.Subjects.Any(c => c.Covering(subject) is not null))) return several;
        return near is [] && several is []
            ? [$"Add-PizzaTrustSubject -Subject '{subject}' -RoleName {policy.RoleName} lets this run in."] : [.. near, .. several];
    }

    private static string? Near(GitHubSubject run, TrustOperator o, string value)
    {
        GitHubSubject entry = GitHubSubject.Read(value);
        if (o.IsEquals && IamPattern.IsPattern(value) && IamPattern.Covers(value, run.Text))
            return $"'{value}' would match, but {o.Name} takes '*' and '?' literally: it has to be StringLike.";
        if (IamPattern.Covers(value, run.Text, ignoreCase: true) && !IamPattern.Covers(value, run.Text))
            return $"'{value}' differs by capitals alone, and they count.";
        if (run.Repository is not { } asked || entry.Repository is not { } trusted
            || !string.Equals(asked.ToString(), trusted.ToString(), StringComparison.OrdinalIgnoreCase))
            return null;
        return (asked.HasIds, trusted.HasIds) switch
        {
            (true, false) =>
                $"'{value}' names the repository without its numbers, and this run has them: " +
                $"it was made, renamed or transferred after 15 July 2026. Add-PizzaTrustSubject -Subject '{run.Text}' adds the other form.",
            (false, true) =>
                $"'{value}' names the repository with its numbers, and this run has none. " +
                $"Add-PizzaTrustSubject -Subject '{run.Text}' adds the other form.",
            (true, true) when (asked.OwnerId, asked.RepositoryId) != (trusted.OwnerId, trusted.RepositoryId) =>
                $"'{value}' has other numbers: another repository of that name, made anew or somebody else's.",
            _ when run.Kind == SubjectKind.Environment && entry.Kind != SubjectKind.Environment =>
                $"'{value}' is about a {Word(entry.Kind)}; a job that names an environment has no branch or tag in its subject.",
            _ when entry.Kind != run.Kind => $"'{value}' is about a {Word(entry.Kind)}, and this run about a {Word(run.Kind)}.",
            _ => $"'{value}' is the same repository, but not the same {Word(run.Kind)}.",
        };
    }

    private static string Word(SubjectKind kind) => kind switch
    {
        SubjectKind.Branch => "branch",
        SubjectKind.GitTag => "tag",
        SubjectKind.Environment => "job of an environment",
        SubjectKind.PullRequest => "pull request",
        SubjectKind.AnyRef => "run of any kind",
        _ => "shape of its own",
    };
}

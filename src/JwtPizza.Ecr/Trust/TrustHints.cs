namespace JwtPizza.Ecr;

/// <summary>
/// Near misses of a subject: what people spend an afternoon on, because AWS says 'Not authorized' and no more. A command is advised only
/// after its edit was tried here, on the document at hand, and the run was let in by what came of it.
/// </summary>
/// <param name="policy">The trust policy that refuses the run.</param>
/// <param name="token">The run's token.</param>
/// <param name="provider">The provider of the token.</param>
/// <param name="letsIn">Whether another policy would let the token in.</param>
internal sealed class TrustHints(TrustPolicy policy, GitHubToken token, GitHubProvider provider, Func<TrustPolicy, bool> letsIn)
{
    private readonly GitHubSubject _run = GitHubSubject.Read(token.Subject);

    public string[] All()
    {
        TrustStatement[] trusting = [.. policy.TrustStatements.Where(s => s.TrustsGitHub)];
        if (trusting is []) return [Joined("The role does not trust any GitHub provider.", Addition())];
        if (!trusting.Any(s => s.Federated.Contains(provider.Arn)))
            return [Joined($"The role trusts GitHub, but not {provider.Url}, which issues this run's token.", Addition())];
        List<string> hints =
            [.. trusting.SelectMany(s => s.Subjects).SelectMany(c => c.Values.Select(v => Near(c, v))).OfType<string>().Distinct()];
        hints.AddRange(
            trusting.Where(s => s.Subjects.Length > 1)
                .Select(s => $"{s} compares the subject {s.Subjects.Length} times, and all of them must hold."));
        bool stranger = hints.Exists(h => h.Contains("other numbers", StringComparison.Ordinal));
        bool mended = hints.Exists(h => h.EndsWith("it must be StringLike.", StringComparison.Ordinal));
        if (stranger || mended || Addition() is not { } addition) return [.. hints];
        if (hints is []) return [addition];
        hints[^1] = Joined(hints[^1], addition);
        return [.. hints];
    }

    /// <summary>Adding the subject, if that lets the run in; else what is in the way. Null when it is not a matter of the
    /// subject.</summary>
    private string? Addition()
    {
        string? refusal = null;
        foreach (GitHubProvider? named in new[] { null, provider })
        {
            try
            {
                Edit<TrustPolicy, TrustSubject> edit = policy.Add([GitHubSubject.Parse(token.Subject)], named);
                if (!edit.Changed || !letsIn(edit.Document)) continue;
                Advice add = Advice.Run("Add-PizzaTrustSubject").With("-Subject", token.Subject);
                return $"{add.With("-RoleName", policy.RoleName).With("-ProviderArn", named?.Arn)} allows this run.";
            }
            catch (PizzaException e) { refusal = e.Message; }
        }
        return refusal;
    }

    private string? Near(TrustCondition condition, string value)
    {
        TrustOperator o = condition.Operator;
        GitHubSubject entry = GitHubSubject.Read(value);
        if (o.IsEquals && IamPattern.IsPattern(value) && IamPattern.Covers(value, _run.Text))
            return $"'{value}' would match, but {o.Name} takes '*' and '?' " +
                $"literally{(LikeLetsIn(condition) ? ": it must be StringLike." : ".")}";
        if (IamPattern.Covers(value, _run.Text, ignoreCase: true) && !IamPattern.Covers(value, _run.Text))
            return $"'{value}' differs only in case, and the case matters.";
        if (_run.Repository is not { } asked || entry.Repository is not { } trusted
            || !string.Equals(asked.ToString(), trusted.ToString(), StringComparison.OrdinalIgnoreCase))
            return null;
        return (asked.HasIds, trusted.HasIds) switch
        {
            (true, false) =>
                $"'{value}' names the repository without its numbers, and this run has them: " +
                "it was created, renamed or transferred after 15 July 2026.",
            (false, true) => $"'{value}' names the repository with its numbers, and this run has none.",
            (true, true) when (asked.OwnerId, asked.RepositoryId) != (trusted.OwnerId, trusted.RepositoryId) =>
                $"'{value}' has other numbers: another repository of that name, created again or someone else's.",
            _ when IamPattern.Covers(value, _run.Text) => null,
            _ when _run.Kind == SubjectKind.Environment && entry.Kind != SubjectKind.Environment =>
                $"'{value}' is about a {Word(entry.Kind)}; a job that names an environment has no branch or tag in its subject.",
            _ when entry.Kind != _run.Kind => $"'{value}' is about a {Word(entry.Kind)}, and this run about a {Word(_run.Kind)}.",
            _ => $"'{value}' is the same repository, but not the same {Word(_run.Kind)}.",
        };
    }

    private bool LikeLetsIn(TrustCondition condition) =>
        letsIn(((IJsonDocument<TrustPolicy>)policy).With(TrustAddition.Move(policy.Json, condition, "StringLike")));

    private static string Joined(string diagnosis, string? advice) => advice is null ? diagnosis : $"{diagnosis} {advice}";

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

namespace JwtPizza.Ecr;

/// <summary>Takes subjects out of a trust policy. Never leaves an empty list, which IAM refuses.</summary>
internal static class TrustRemoval
{
    public static Edit<TrustPolicy, TrustSubject> Apply(Edit<TrustPolicy, TrustSubject> edit, HashSet<string> subjects, bool force)
    {
        while (Next(edit.Document, subjects) is (var statement, var condition, var value))
        {
            TrustSubject removed = TrustSubject.Of(edit.Document.RoleName, edit.Document.RoleArn, value.String!, ChangeStatus.Removed) with
            {
                Operator = condition.Operator.Name, Sid = statement.Statement.Sid, ProviderArn = statement.Provider!.Arn,
            };
            JsonText json = edit.Document.Json;
            edit = edit.Then(
                json.Remove(condition.Key.OneOrMany.Count > 1 ? value : WholeStatement(edit.Document, statement, removed.Subject, force)),
                removed);
        }
        return edit.Results.Aggregate(edit, (e, removed) => StillLetIn(e.Document, removed.Subject) is { } by
            ? e.Warn($"'{removed.Subject}' is still allowed by '{by}' in the trust policy of role '{e.Document.RoleName}'.") : e);
    }

    private static string? StillLetIn(TrustPolicy policy, string subject) =>
        policy.TrustStatements.Where(s => s.TrustsGitHub).SelectMany(s => s.Subjects).Select(c => c.Covering(subject))
            .FirstOrDefault(by => by is not null);

    private static (TrustStatement Statement, TrustCondition Condition, JsonPart Value)? Next(
        TrustPolicy policy, HashSet<string> subjects) =>
        (from statement in policy.TrustStatements
         where statement.TrustsGitHub
         from condition in statement.Subjects
         where condition.Operator.LetsIn
         from value in condition.Key.OneOrMany
         where value.String is { } text && subjects.Contains(text)
         select ((TrustStatement, TrustCondition, JsonPart)?)(statement, condition, value)).FirstOrDefault();

    private static JsonPart WholeStatement(TrustPolicy policy, TrustStatement statement, string subject, bool force)
    {
        if (!force)
            throw policy.Problem("LastTrustSubject",
                $"contains no other subject than '{subject}' in {statement}, so GitHub could no longer assume the role. " +
                "Add -Force to remove the whole statement, or add another subject first", PizzaErrorKind.InvalidOperation);
        if (!statement.IsOurs)
            throw policy.Problem("StatementNotOurs",
                $"contains more than the subject '{subject}' in {statement} (further principals, actions or conditions), so removing it " +
                "would change more than that. Edit it by hand", PizzaErrorKind.InvalidOperation);
        if (policy.Statements.Count == 1)
            throw policy.Problem("LastStatement",
                $"contains no other statement than {statement}, and IAM does not accept a trust policy without one. " +
                "Add another subject first, or delete the role", PizzaErrorKind.InvalidOperation);
        return statement.Statement.Part;
    }
}

using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>Puts grants into the statements of a policy, and takes them out again.</summary>
internal static class StatementEditor
{
    /// <summary>Into the statement that is ours, as a new one where there is none, not at all where it is allowed already.</summary>
    public static Edit<TDocument, TResult> Allow<TDocument, TResult>(
        this Edit<TDocument, TResult> edit, StatementGrant grant, List<string> sids)
        where TDocument : PolicyDocument, IJsonDocument<TDocument>
    {
        edit = WarnOfDenial(edit, grant);
        string name = edit.Document.Name;
        if (Allowing(edit.Document, grant) is { Count: > 0 } allowing)
        {
            sids.AddRange(allowing.Select(s => s.Name));
            return allowing.Where(s => !grant.Names(s.Sid))
                .Aggregate(edit, (e, s) => e.Note($"{s} of {name} already allows {grant.Meaning}."));
        }
        if (edit.Document.Statements.FirstOrDefault(grant.IsOurs) is { } ours)
        {
            sids.Add(ours.Name);
            edit = edit.Then(edit.Document.Json.Append(grant.List(ours)!, grant.Value));
            return ours.HasCondition && !grant.HasOwnCondition(ours)
                ? edit.Warn($"{ours} of {name} has a condition, which now applies to {grant.Value} as well.") : edit;
        }
        string sid = edit.Document.FreeSid(grant.Sid);
        sids.Add(sid);
        edit = edit.Then(edit.Document.Json.Append(edit.Document.StatementsPart!, grant.ToJson(sid)));
        return sid == grant.Sid ? edit
            : edit.Warn($"{char.ToUpperInvariant(name[0])}{name[1..]} has a statement '{grant.Sid}' that allows something else. " +
                $"It was left as it is; the new statement is '{sid}'.");
    }

    /// <summary>Just the value, and with the last one the statement.</summary>
    public static Edit<TDocument, TResult> Withdraw<TDocument, TResult>(
        this Edit<TDocument, TResult> edit, StatementGrant grant, List<string> sids)
        where TDocument : PolicyDocument, IJsonDocument<TDocument>
    {
        while (edit.Document.Statements.FirstOrDefault(s => grant.IsOurs(s) && grant.Find(s) is not null) is { } ours)
        {
            bool whole = grant.List(ours)!.OneOrMany.Count == 1;
            if (whole && edit.Document.Statements.Count == 1 && grant.Principal is null)
                return edit.Warn(
                    $"{ours} is the last statement in {edit.Document.Name}, and IAM does not accept a policy without one, so it stays. " +
                    "Detach and delete the policy if it is not needed.");
            sids.Add(ours.Name);
            JsonText json = edit.Document.Json;
            edit = edit.Then(
                !whole ? json.Remove(grant.Find(ours)!)
                    : ours.Part.Parent!.IsArray ? json.Remove(ours.Part) : json.Replace(ours.Part, new JsonArray()));
        }
        return edit;
    }

    /// <summary>Warns of statements that together still allow all of a grant that was taken out.</summary>
    public static Edit<TDocument, TResult> WarnOfOthers<TDocument, TResult>(
        this Edit<TDocument, TResult> edit, StatementGrant grant, string made)
        where TDocument : PolicyDocument
    {
        List<Statement?> others =
            [.. grant.Actions.Select(a => edit.Document.Statements.FirstOrDefault(s => s.Allows && grant.Covers(s, a)))];
        if (others.Contains(null)) return edit;
        Statement[] distinct = [.. others.OfType<Statement>().Distinct()];
        return edit.Warn(
            $"{string.Join(" and ", distinct.Select(s => s.ToString()))} of {edit.Document.Name} still " +
            $"allow{(distinct.Length == 1 ? "s" : "")} {grant.Meaning}" +
            $"{(distinct.Any(s => s.HasCondition) ? " under a condition" : "")}. It was left as it is, because {made} did not create it.");
    }

    /// <summary>The statements that together allow it; none when they do not.</summary>
    private static List<Statement> Allowing(PolicyDocument policy, StatementGrant grant)
    {
        List<Statement> allowing = [];
        foreach (string action in grant.Actions)
        {
            if (policy.Statements.FirstOrDefault(s => grant.IsAllowedBy(s, action)) is not { } statement) return [];
            allowing.Add(statement);
        }
        return [.. allowing.Distinct()];
    }

    private static Edit<TDocument, TResult> WarnOfDenial<TDocument, TResult>(Edit<TDocument, TResult> edit, StatementGrant grant)
        where TDocument : PolicyDocument =>
        edit.Document.Statements.FirstOrDefault(s => s.Denies && grant.Actions.Any(a => grant.Covers(s, a))) is { } denial
            ? edit.Warn($"{denial} of {edit.Document.Name} denies {grant.Meaning}{(denial.HasCondition ? " under its condition" : "")}, " +
                "and a Deny always wins.")
            : edit;
}

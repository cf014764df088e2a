using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>
/// Puts a subject where it means what the user wants: into the one operator that compares <c>:sub</c> already. Operators and keys of a
/// condition are joined by AND, values of a key by OR, so a second operator would lock everybody out.
/// </summary>
internal static class TrustAddition
{
    public static Edit<TrustPolicy, TrustSubject> Apply(
        Edit<TrustPolicy, TrustSubject> edit, GitHubSubject subject, GitHubProvider? provider)
    {
        TrustPolicy policy = edit.Document;
        edit = WarnOfDenials(edit);
        TrustStatement[] trusting =
            [.. policy.TrustStatements.Where(s => s.TrustsGitHub && (provider is null || s.Provider!.Arn == provider.Arn))];
        TrustStatement[] candidates =
        [
            .. trusting.Where(s => s.Subjects.Length > 0)
                .OrderByDescending(s => s.TakesUsualAudience).ThenByDescending(s => s.Provider!.IsPublic).ThenBy(s => s.Others.Length),
        ];
        TrustStatement[] fitting = [.. candidates.Where(s => !s.Others.Any(o => SubjectClaims.Satisfy(o, s.Provider!, subject) == false))];
        if (Covering(fitting, subject) is (var by, var statement))
            return Covered(Remark(edit, statement, fitting, subject), subject, statement, by);
        if (fitting is [var chosen, ..]) return Merge(Remark(edit, chosen, fitting, subject), chosen, subject);
        if (candidates is [var excluding, ..])
            return NewStatement(
                edit.Note($"'{subject.Text}' gets its own statement, because the other conditions of {excluding} " +
                    $"({Named(excluding.Others)}) " +
                    "exclude its runs."), subject, excluding.Provider!);
        Refuse(policy, trusting, provider);
        return NewStatement(edit, subject, provider ?? GitHubProvider.InAccountOf(policy.RoleArn));
    }

    private static (string By, TrustStatement Statement)? Covering(TrustStatement[] candidates, GitHubSubject subject) =>
        candidates.Where(s => s.Subjects is [{ Operator.IsOfSets: false }] && (s.TakesUsualAudience || s == candidates[0]))
            .Select(s => s.Subjects[0].Covering(subject.Text) is { } by ? (by, s) : ((string, TrustStatement)?)null)
            .FirstOrDefault(found => found is not null);

    private static Edit<TrustPolicy, TrustSubject> Covered(
        Edit<TrustPolicy, TrustSubject> edit, GitHubSubject subject, TrustStatement statement, string by) =>
        edit.Then(
            Record(edit, subject, statement.Subjects[0].Operator.Name, statement.Statement.Sid, statement.Provider!, ChangeStatus.Unchanged)
                with { CoveredBy = by });

    private static Edit<TrustPolicy, TrustSubject> Merge(
        Edit<TrustPolicy, TrustSubject> edit, TrustStatement statement, GitHubSubject subject)
    {
        TrustCondition condition = TheOnlyPlainOne(edit.Document, statement);
        RefuseDeadPatterns(edit.Document, statement, condition);
        bool move = subject.IsPattern && !condition.Operator.IsLike;
        string operatorName =
            !move ? condition.Operator.Name : condition.Operator.Like ?? throw edit.Document.Problem("SubjectOperatorNotSupported",
            $"compares the subject by {condition.Operator.Name} in {statement}, which takes no patterns such as '{subject.Text}'; " +
            "give the subject without '*' and '?', or change the operator to StringLike first");
        JsonText json = edit.Document.Json.Append(condition.Key, subject.Text);
        if (move) json = Move(json, condition, operatorName);
        return edit.Then(json, Record(edit, subject, operatorName, statement.Statement.Sid, statement.Provider!, ChangeStatus.Created));
    }

    private static TrustCondition TheOnlyPlainOne(TrustPolicy policy, TrustStatement statement) => statement.Subjects switch
    {
        [_, _, ..] => throw policy.Problem("SubjectUnderTwoOperators",
            $"compares the subject more than once in {statement} ({string.Join(", ", statement.Subjects.Select(s => s.Key.Path))}). " +
            "All of them must hold, so a subject added to one would still be refused by the other. " +
            "Put all subjects under one StringLike by hand, then try again"),
        [{ Operator.IsOfSets: true } set] => throw policy.Problem("SetOperatorOnSubject",
            $"compares the subject by {set.Operator.Name} in {statement}. The subject is a single value, and ForAllValues also lets in " +
            "tokens without one. Replace it by StringEquals or StringLike by hand, then try again"),
        [{ Operator: { IsLike: false, IsEquals: false } } other] => throw policy.Problem("SubjectOperatorNotSupported",
            $"compares the subject by {other.Operator.Name} in {statement}, where an additional value would not allow any run. " +
            "Replace it by StringEquals or StringLike by hand, then try again"),
        [var only] => only,
        _ => throw new ArgumentException("no subject", nameof(statement)),
    };

    private static void RefuseDeadPatterns(TrustPolicy policy, TrustStatement statement, TrustCondition condition)
    {
        string[] dead = condition.Operator.IsEquals ? [.. condition.Values.Where(IamPattern.IsPattern)] : [];
        if (dead.Length > 0)
            throw policy.Problem("WildcardInStringEquals",
                $"holds '{string.Join("', '", dead)}' under {condition.Operator.Name} in {statement}. " +
                $"{condition.Operator.Name} takes '*' and '?' literally, so this never matches. " +
                "Remove it (Remove-PizzaTrustSubject -Subject …), or change the operator to StringLike if everything that it matches " +
                "can assume the role; then try again");
    }

    /// <summary>From StringEquals to StringLike: the exact values stay exact, because none of them holds <c>*</c> or <c>?</c>.</summary>
    internal static JsonText Move(JsonText json, TrustCondition condition, string operatorName)
    {
        JsonPart from = json.Find(condition.OperatorPart.Path)!, all = from.Parent!, key = json.Find(condition.Key.Path)!;
        JsonPart? to = all.Children.Find(o => string.Equals(o.Name, operatorName, StringComparison.OrdinalIgnoreCase));
        if (to is null && from.Children.Count == 1) return json.Rename(from, operatorName);
        JsonNode values = JsonNode.Parse(json.Raw(key))!;
        json = to is null
            ? json.AddMember(all, operatorName, new JsonObject { [key.Name!] = values })
            : json.AddMember(to, key.Name!, values);
        from = json.Find(condition.OperatorPart.Path)!;
        return json.Remove(from.Children.Count == 1 ? from : from[key.Name!]!);
    }

    private static void Refuse(TrustPolicy policy, TrustStatement[] trusting, GitHubProvider? provider)
    {
        if (trusting.FirstOrDefault(s => s.Others.Length == 0) is { } open)
            throw policy.Problem("TrustsAnySubject",
                $"trusts GitHub in {open} without looking at the subject, so any repository at GitHub can assume the role. " +
                $"Add a condition on {open.Provider!.SubjectKey} there by hand, or remove the statement; then try again");
        string[] others = [.. policy.TrustStatements.Where(s => s.Statement.Allows && s.IsOfWebIdentity && s.Provider is null)
            .SelectMany(s => s.Federated).Distinct()];
        if (others.Length > 0 && provider is null)
            throw policy.Problem("OtherIdentityProvider",
                $"trusts the identity provider '{string.Join("', '", others)}', which is not GitHub's. " +
                "Check that it is the right role. To allow GitHub Actions as well, name GitHub's provider: " +
                $"-ProviderArn {GitHubProvider.InAccountOf(policy.RoleArn).Arn}");
    }

    private static Edit<TrustPolicy, TrustSubject> NewStatement(
        Edit<TrustPolicy, TrustSubject> edit, GitHubSubject subject, GitHubProvider provider)
    {
        TrustPolicy policy = edit.Document;
        string sid = policy.FreeSid("GitHubActions");
        JsonObject condition = new() { ["StringEquals"] = new JsonObject { [provider.AudienceKey] = provider.Audience } };
        if (subject.IsPattern) condition["StringLike"] = new JsonObject { [provider.SubjectKey] = subject.Text };
        else condition["StringEquals"]![provider.SubjectKey] = subject.Text;
        JsonObject statement = new()
        {
            ["Sid"] = sid,
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["Federated"] = provider.Arn },
            ["Action"] = "sts:AssumeRoleWithWebIdentity",
            ["Condition"] = condition,
        };
        return edit.Then(policy.Json.Append(policy.StatementsPart!, statement),
            Record(edit, subject, subject.IsPattern ? "StringLike" : "StringEquals", sid, provider, ChangeStatus.Created));
    }

    private static TrustSubject Record(Edit<TrustPolicy, TrustSubject> edit, GitHubSubject subject, string operatorName, string? sid,
        GitHubProvider provider, ChangeStatus status) =>
        TrustSubject.Of(edit.Document.RoleName, edit.Document.RoleArn, subject.Text, status) with
        {
            Operator = operatorName, Sid = sid, ProviderArn = provider.Arn,
        };

    private static Edit<TrustPolicy, TrustSubject> Remark(
        Edit<TrustPolicy, TrustSubject> edit, TrustStatement chosen, TrustStatement[] candidates, GitHubSubject subject)
    {
        if (candidates.Length > 1)
            edit = edit.Note($"Role '{edit.Document.RoleName}' trusts GitHub in {candidates.Length} statements; " +
                $"{chosen} is the one for the subject, by its audience and provider.");
        TrustCondition[] open = [.. chosen.Others.Where(o => SubjectClaims.Satisfy(o, chosen.Provider!, subject) is null)];
        if (open.Length > 0)
            edit = edit.Warn($"{char.ToUpperInvariant($"{chosen}"[0])}{$"{chosen}"[1..]} of the trust policy of role " +
                $"'{edit.Document.RoleName}' requires more than the subject '{subject.Text}': {Named(open)}. A " +
                "run that does not meet it is denied; Test-PizzaTrustSubject -Claim shows whether one does.");
        return chosen.TakesUsualAudience ? edit : edit.Warn(
            $"The trust policy of role '{edit.Document.RoleName}' requires the audience " +
            $"'{string.Join("', '", chosen.Audiences.SelectMany(a => a.Values))}' " +
            $"in {chosen}; " +
            $"the workflow must request it from GitHub, because the default is '{chosen.Provider!.Audience}'.");
    }

    private static string Named(IEnumerable<TrustCondition> conditions) =>
        string.Join(", ", conditions.Select(o => $"{o.Operator.Name} {o.Key.Name} {string.Join(" or ", o.Values.Select(v => $"'{v}'"))}"));

    private static Edit<TrustPolicy, TrustSubject> WarnOfDenials(Edit<TrustPolicy, TrustSubject> edit) => edit.Document.TrustStatements
        .Where(s => s.Statement.Denies && (s.IsOfWebIdentity || s.Statement.Part["NotAction"] is not null))
        .Aggregate(edit,
            (e, s) => e.Warn($"The trust policy of role '{e.Document.RoleName}' denies sts:AssumeRoleWithWebIdentity in {s} under some " +
                "conditions; a Deny overrides every allowed subject."));
}

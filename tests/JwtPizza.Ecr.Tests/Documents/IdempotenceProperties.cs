using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Tests.Replication;
using JwtPizza.Ecr.Tests.Trust;

namespace JwtPizza.Ecr.Tests.Documents;

/// <summary>An edit that is made twice changes nothing the second time, whatever is in the document: else a writer that repeats it would go
/// on for ever.</summary>
public sealed class IdempotenceProperties
{
    private const string Sub = Policies.Sub, Aud = Policies.Aud;
    private static readonly string[] s_values =
        ["repo:a/b:ref:refs/heads/main", "repo:a/b:*", "repo:a/*", "repo:A/b:pull_request", "*", "repo:a/b:ref:refs/heads/?"];

    private static readonly Gen<string> s_sid =
        Gen.Elements("", "PullFromECR", "PushToECR", "PushToECR2", "GitHubActions", "AuthenticateWithECR", "ReplicateToECR", "Other");

    private static readonly Gen<string> s_effect = Gen.Elements("Allow", "Allow", "Allow", "Deny");

    private static Gen<string> Value(params string[] values) =>
        from many in Gen.SubListOf(values)
        from single in Gen.Elements(true, false)
        select many.Count == 0 ? $"\"{values[0]}\"" : single ? $"\"{many[0]}\"" : $"[{string.Join(", ", many.Select(m => $"\"{m}\""))}]";

    private static readonly Gen<string> s_action =
        Value("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:PutImage", "ecr:*", "*", "ecr:GetAuthorizationToken",
            "ECR:batchgetimage", "ecs:UpdateService")
        .Zip(Gen.Elements(0, 0, 1, 2)).Select(t => t.Item2 switch
        {
            0 => t.Item1,
            1 => "[\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\"]",
            _ => $"[{string.Join(',', CiStatement.PushActions.Select(a => $"\"{a}\""))}]",
        });

    private static readonly Gen<string> s_condition = Gen.Elements(
        "", "", "",
        ""","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}""",
        ""","Condition":{"StringEquals":{"aws:principalorgid":["o-a1b2c3d4e5","o-zzzzzzzzzz"]}}""",
        ""","Condition":{"StringLike":{"aws:PrincipalOrgID":"o-*"}}""",
        ""","Condition":{"Bool":{"aws:SecureTransport":"true"}}""",
        ""","Condition":{}""");

    private static readonly Gen<string> s_principal = Gen.OneOf(
        Gen.Constant("\"*\""),
        Value("111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root", "*", "arn:aws:iam::111111111111:role/ci")
            .Select(v => $"{{\"AWS\":{v}}}"),
        Value("111111111111", "222222222222").Select(v => $"{{\"AWS\":{v},\"Service\":\"lambda.amazonaws.com\"}}"),
        Gen.Constant("""{"Service":"lambda.amazonaws.com"}"""));

    private static Gen<string> Document(Gen<string> statement) =>
        from statements in statement.NonEmptyListOf().Resize(5)
        from gap in Gen.Elements("", " ", "\n    ")
        from single in Gen.Elements(false, false, false, true)
        select single
            ? $"{{\"Statement\":{gap}{statements[0]}}}" : $"{{\"Version\":\"2012-10-17\",{gap}\"Statement\":{gap}[{gap}{string.Join("," + gap, statements)}{gap}]}}";

    private static string Sid(string sid) => sid.Length == 0 ? "" : $"\"Sid\":\"{sid}\",";

    private static void Check<T>(Gen<T> gen, Func<T, Func<bool>> makeTwice, int times = 5000) =>
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            try { return makeTwice(t)(); }
            catch (PizzaException) { return true; }   // what cannot be edited is not edited at all
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(times));

    private static Func<bool> Twice<TDocument, TResult>(TDocument document, Func<TDocument, Edit<TDocument, TResult>> change)
        where TDocument : IDocument => () => change(document).Document is var once && !Again(once, change);

    /// <summary>What could be made once can be made a second time.</summary>
    private static bool Again<TDocument, TResult>(TDocument once, Func<TDocument, Edit<TDocument, TResult>> change)
        where TDocument : IDocument
    {
        try { return change(once).Changed; }
        catch (PizzaException e) { throw new InvalidOperationException($"{once.Text}: {e.Message}", e); }
    }

    [Fact]
    public void The_policy_of_a_repository_or_registry()
    {
        Gen<string> statement =
            from sid in s_sid from effect in s_effect from principal in s_principal from action in s_action from condition in s_condition
            from resource in Gen.Elements("", "", ""","Resource":"arn:aws:ecr:us-east-1:123456789012:repository/*" """)
            select $"{{{Sid(sid)}\"Effect\":\"{effect}\",\"Principal\":{principal},\"Action\":{action}{resource}{condition}}}";
        Gen<AccessPrincipal> who = Gen.Elements(AccessPrincipal.OfAccount("aws", "111111111111"),
            AccessPrincipal.OfRole("aws", "111111111111", "ci"), AccessPrincipal.OfOrganization("o-a1b2c3d4e5"));
        Gen<AccessGrant> grant =
            from principal in who from kind in Gen.Choose(0, 3)
            select kind switch
            {
                0 => AccessGrant.Pull(principal), 1 => AccessGrant.Push(principal),
                _ =>
                    AccessGrant.Replicate(AccessPrincipal.OfAccount("aws", "111111111111"),
                        "arn:aws:ecr:us-east-1:123456789012:repository/*", kind == 2),
            };
        Check(Document(statement).Zip(grant.NonEmptyListOf().Resize(4)),
            t => Twice(AccessPolicy.Parse("x", t.Item1), p => p.Grant(t.Item2)), 20_000);
        Check(Document(statement).Zip(grant.NonEmptyListOf().Resize(4)),
            t => Twice(AccessPolicy.Parse("x", t.Item1), p => p.Revoke([.. t.Item2])));
    }

    [Fact]
    public void The_policy_of_a_role()
    {
        string[] arns = ["arn:aws:ecr:us-east-1:123456789012:repository/aa", "arn:aws:ecr:us-east-1:123456789012:repository/*", "*"];
        Gen<string> statement =
            from sid in s_sid from effect in s_effect from action in s_action from resource in Value(arns) from condition in s_condition
            select $"{{{Sid(sid)}\"Effect\":\"{effect}\",\"Action\":{action},\"Resource\":{resource}{condition}}}";
        Gen<CiGrant> grant =
            from name in Gen.Elements("aa", "bb") from pull in Gen.Elements(true, false) from verify in Gen.Elements(true, false)
            select CiGrant.For($"arn:aws:ecr:us-east-1:123456789012:repository/{name}", null, null, "jwt-pizza-ecs") with
            {
                IncludePull = pull, IncludeVerify = verify,
            };
        Check(Document(statement).Zip(grant.NonEmptyListOf().Resize(3)), t => Twice(CiPolicy.Parse("x", t.Item1), p => p.Grant(t.Item2)));
        Check(Document(statement).Zip(grant.NonEmptyListOf().Resize(3)),
            t => Twice(CiPolicy.Parse("x", t.Item1), p => p.Revoke(t.Item2, alsoTaskRoles: true)));
    }

    [Fact]
    public void The_trust_policy_of_a_role()
    {
        Gen<string> condition =
            from name in Gen.Elements("StringEquals", "StringLike", "StringEqualsIgnoreCase", "StringLikeIfExists",
                "ForAnyValue:StringLike", "StringNotEquals")
            from subject in Value(s_values)
            from audience in Gen.Elements("", $"\"StringEquals\":{{\"{Aud}\":\"sts.amazonaws.com\"}},",
                $"\"StringEquals\":{{\"{Aud}\":\"other\"}},", $"\"StringLike\":{{\"{Aud}\":\"*\"}},")
            from other in Gen.Elements("", ",\"Bool\":{\"aws:SecureTransport\":\"true\"}")
            where !audience.Contains($"\"{name}\"", StringComparison.Ordinal)
            select $"{{{audience}\"{name}\":{{\"{Sub}\":{subject}}}{other}}}";
        Gen<string> statement =
            from sid in s_sid from effect in s_effect from c in condition
            from principal in Gen.Elements(
                $"{{\"Federated\":\"{Policies.Provider}\"}}", $"{{\"Federated\":\"{Policies.Provider}/SLUG\"}}",
                """{"Service":"ecs-tasks.amazonaws.com"}""", $"{{\"Federated\":[\"{Policies.Provider}\",\"x\"]}}")
            from action in Gen.Elements("\"sts:AssumeRoleWithWebIdentity\"", "\"sts:*\"", "\"sts:AssumeRole\"",
                "[\"sts:AssumeRoleWithWebIdentity\",\"sts:TagSession\"]")
            select $"{{{Sid(sid)}\"Effect\":\"{effect}\",\"Principal\":{principal},\"Action\":{action},\"Condition\":{c}}}";
        Gen<GitHubSubject[]> subjects = Gen.SubListOf(s_values.Where(v => v != "*").Append("repo:a/b:environment:prod"))
            .Select(all => all.Select(GitHubSubject.Parse).ToArray());
        Check(Document(statement).Zip(subjects), t => Twice(Policies.Parse(t.Item1), p => p.Add(t.Item2)), 20_000);
        Check(Document(statement).Zip(subjects),
            t => Twice(Policies.Parse(t.Item1), p => p.Remove([.. t.Item2.Select(s => s.Text)], force: true)));
    }

    [Fact]
    public void The_replication_of_a_registry()
    {
        string[] prefixes = ["aa", "aa/", "aa/b", "bb"];
        ReplicationDestination[] places = [Configurations.Ireland, Configurations.Oregon];
        Gen<(ReplicationDestination[] To, string[] Of)> rule = Gen.SubListOf(places).Zip(Gen.SubListOf(prefixes))
            .Select(t => (t.Item1.ToArray(), t.Item2.ToArray())).Where(t => t.Item1.Length > 0);
        Gen<ReplicationConfiguration> configuration =
            rule.ListOf().Resize(6).Select(rules => rules.Aggregate(Configurations.Parse(null), (c, r) => c.Add(r.To, r.Of).Document));
        Check(configuration.Zip(rule), t => Twice(t.Item1, c => c.Add(t.Item2.To, t.Item2.Of)));
        Check(configuration.Zip(rule), t => Twice(t.Item1, c => c.Remove(t.Item2.To, t.Item2.Of)));
    }

    [Fact]
    public void The_lifecycle_policy_of_a_repository()
    {
        Gen<LifecycleRule> rule =
            from kind in Gen.Choose(0, 4) from number in Gen.Choose(1, 9) from priority in Gen.Elements(0, 0, 1, 2, 5)
            select (kind switch
            {
                0 => LifecycleRule.UntaggedAfter(number), 1 => LifecycleRule.KeepLast(number),
                2 => LifecycleRule.KeepLastTagged(number, "v*"),
                3 => LifecycleRule.KeepLastTagged(number, "pr-*"), _ => LifecycleRule.KeepLastTagged(number, "pr-*", "v*"),
            }) with { Priority = priority };
        Gen<LifecycleDocument> document = rule.NonEmptyListOf().Resize(4).Select(rules => new LifecycleDocument("api", Text(rules)));
        Check(document.Zip(rule.NonEmptyListOf().Resize(3)),
            t => Twice(t.Item1, d => d.Set(new([.. t.Item2.DistinctBy(r => string.Join('+', r.TagPattern) + r.TagStatus)], false, true))));
        Check(document.Zip(rule), t => Twice(t.Item1, d => d.Remove(new([], [t.Item2]))));

        static string? Text(IList<LifecycleRule> rules)
        {
            try { return LifecyclePolicy.Of(rules).Text; }
            catch (PizzaException) { return null; }
        }
    }
}

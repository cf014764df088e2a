namespace JwtPizza.Ecr;

/// <summary>The trust policy of a role: who may assume it.</summary>
public sealed class TrustPolicy : PolicyDocument, IJsonDocument<TrustPolicy>
{
    private const string Empty = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": []\n}";

    private TrustPolicy(string roleName, string roleArn, JsonText json)
        : base($"the trust policy of role '{roleName}'", roleName, json, "InvalidTrustPolicy")
    {
        (RoleName, RoleArn) = (roleName, roleArn);
        TrustStatements = [.. Statements.Select(s => new TrustStatement(s))];
    }

    /// <summary>The role.</summary>
    public string RoleName { get; }

    /// <summary>Its ARN.</summary>
    public string RoleArn { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Items =>
    [
        .. Subjects().Select(s => s.Subject),
        .. TrustStatements.Where(s => !s.TrustsGitHub)
            .SelectMany(s => s.Statement.Principals, (s, p) => $"{s.Statement.Sid ?? s.Statement.Effect} for {p}"),
    ];

    internal IReadOnlyList<TrustStatement> TrustStatements { get; }

    JsonText IJsonDocument<TrustPolicy>.Json => Json;

    /// <summary>Reads a document.</summary>
    /// <param name="roleName">Whose.</param>
    /// <param name="roleArn">The role's ARN; says which account and partition.</param>
    /// <param name="document">The JSON, as IAM holds it; null for a role that is still to be made.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidTrustPolicy</c>.</exception>
    public static TrustPolicy Parse(string roleName, string roleArn, string? document) =>
        new(roleName, roleArn, Read($"the trust policy of role '{roleName}'", roleName, document, Empty));

    /// <summary>Every subject of GitHub that the role trusts, in the order of the document.</summary>
    public IReadOnlyList<TrustSubject> Subjects() =>
    [
        .. from statement in TrustStatements
           where statement.TrustsGitHub
           from condition in statement.Subjects
           where condition.Operator.LetsIn
           from value in condition.Values
           select TrustSubject.Of(RoleName, RoleArn, value, status: null) with
           {
               Operator = condition.Operator.Name, Sid = statement.Statement.Sid, ProviderArn = statement.Provider!.Arn,
           },
    ];

    /// <summary>Whether every statement that lets somebody in is about workflows of GitHub, and there is one.</summary>
    public bool IsForGitHubAlone =>
        TrustStatements.Any(s => s.TrustsGitHub) && TrustStatements.All(s => !s.Statement.Allows || (s.TrustsGitHub && s.IsFederatedAlone));

    /// <summary>Subjects that can never match, because <c>StringEquals</c> takes <c>*</c> and <c>?</c> literally.</summary>
    public IReadOnlyList<string> NeverMatching() =>
        [.. TrustStatements.Where(s => s.TrustsGitHub).SelectMany(s => s.Subjects).Where(c => c.Operator.IsEquals).SelectMany(c => c.Values)
            .Where(IamPattern.IsPattern)];

    /// <summary>What lets in runs of anybody at GitHub, a warning for each statement.</summary>
    public IReadOnlyList<string> OpenToAnybody() => [.. TrustExposure.Warnings(this)];

    /// <summary>Whether the token of a run may assume the role, and if not, which clause of which statement keeps it out.</summary>
    /// <param name="token">What the token says.</param>
    /// <param name="now">The time, which conditions may look at.</param>
    /// <exception cref="PizzaException"><c>NotAGitHubProvider</c>: the token's issuer is not GitHub.</exception>
    public TrustVerdict Judge(GitHubToken token, DateTimeOffset now)
    {
        Arn role = Arn.Parse(RoleArn);
        GitHubProvider provider = GitHubProvider.ForUrl(token.Issuer, role.Partition, role.AccountId);
        RequestContext context = TrustJudge.Context(token, provider, now);
        TrustVerdict verdict = TrustJudge.Of(Json.Text, provider.Arn, context).Verdict(RoleName, token.Subject) with
        {
            RoleArn = RoleArn, Warnings = [.. OpenToAnybody()],
        };
        return verdict.Allowed ? verdict : verdict with { Hints = new TrustHints(this, token, provider, LetsIn).All() };

        bool LetsIn(TrustPolicy other) => TrustJudge.Of(other.Json.Text, provider.Arn, context).Decision == Decision.Allowed;
    }

    /// <summary>Lets GitHub runs with these subjects assume the role.</summary>
    /// <param name="subjects">Checked subjects.</param>
    /// <param name="provider">Whose tokens; null takes the GitHub provider that the role trusts, and github.com's for a role that trusts
    /// none.</param>
    /// <exception cref="PizzaException">The document is such that an addition would not do what it says; see
    /// <see cref="TrustAddition"/>.</exception>
    public Edit<TrustPolicy, TrustSubject> Add(IReadOnlyList<GitHubSubject> subjects, GitHubProvider? provider = null) =>
        subjects.Aggregate(OpenToAnybody().Aggregate(new Edit<TrustPolicy, TrustSubject>(this), (edit, warning) => edit.Warn(warning)),
            (edit, subject) => TrustAddition.Apply(edit, subject, provider));

    /// <summary>Takes subjects out, as they stand in the document. One that is not there is passed over.</summary>
    /// <param name="subjects">Their exact texts.</param>
    /// <param name="force">Also the last one, together with its statement, if that holds nothing else than what <see cref="Add"/>
    /// writes.</param>
    /// <exception cref="PizzaException"><c>LastTrustSubject</c>, <c>StatementNotOurs</c>, <c>LastStatement</c>.</exception>
    public Edit<TrustPolicy, TrustSubject> Remove(IReadOnlyCollection<string> subjects, bool force = false) =>
        TrustRemoval.Apply(new Edit<TrustPolicy, TrustSubject>(this), [.. subjects], force);

    TrustPolicy IJsonDocument<TrustPolicy>.With(JsonText json) => new(RoleName, RoleArn, json);
}

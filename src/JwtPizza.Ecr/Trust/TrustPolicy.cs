namespace JwtPizza.Ecr;

/// <summary>The trust policy of a role: who may assume it. An edit gives a new document in which nothing else changes by one character.</summary>
public sealed class TrustPolicy
{
    private readonly JsonText _json;
    private readonly TrustStatement[] _statements;

    private TrustPolicy(string roleName, string roleArn, JsonText json)
    {
        (RoleName, RoleArn, _json) = (roleName, roleArn, json);
        JsonPart statements = json.Root["Statement"] ?? throw Problem("InvalidTrustPolicy", "holds no Statement, so it is not an IAM policy");
        _statements = [.. statements.OneOrMany.Select((s, i) => new TrustStatement(s, i + 1))];
    }

    /// <summary>The role.</summary>
    public string RoleName { get; }

    /// <summary>Its ARN.</summary>
    public string RoleArn { get; }

    /// <summary>The JSON text.</summary>
    public string Document => _json.Text;

    internal JsonText Json => _json;

    internal IReadOnlyList<TrustStatement> Statements => _statements;

    /// <summary>Reads a document.</summary>
    /// <param name="roleName">Whose.</param>
    /// <param name="roleArn">The role's ARN; says which account and partition.</param>
    /// <param name="document">The JSON, as IAM holds it.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidTrustPolicy</c>.</exception>
    public static TrustPolicy Parse(string roleName, string roleArn, string document) =>
        new(roleName, roleArn, JsonText.Parse(document, $"The trust policy of role '{roleName}'", roleName));

    /// <summary>Every subject of GitHub that the role trusts, in the order of the document.</summary>
    public IReadOnlyList<TrustSubject> Subjects() =>
    [
        .. from statement in _statements
           where statement.TrustsGitHub
           from condition in statement.Subjects
           where condition.Operator.LetsIn
           from value in condition.Values
           select TrustSubject.Of(RoleName, RoleArn, value, TrustStatus.Present) with
           {
               Operator = condition.Operator.Name, Sid = statement.Sid, ProviderArn = statement.Provider!.Arn,
           },
    ];

    /// <summary>Whether every statement that lets somebody in is about workflows of GitHub, and there is one.</summary>
    public bool IsForGitHubAlone => _statements.Any(s => s.TrustsGitHub) && _statements.All(s => !s.Allows || (s.TrustsGitHub && s.IsFederatedAlone));

    /// <summary>Subjects that can never match, because <c>StringEquals</c> takes <c>*</c> and <c>?</c> literally.</summary>
    public IReadOnlyList<string> NeverMatching() =>
        [.. _statements.Where(s => s.TrustsGitHub).SelectMany(s => s.Subjects).Where(c => c.Operator.IsEquals).SelectMany(c => c.Values).Where(IamPattern.IsPattern)];

    /// <summary>Whether the token of a run may assume the role, and if not, which clause of which statement keeps it out.</summary>
    /// <param name="token">What the token says.</param>
    /// <param name="now">The time, which conditions may look at.</param>
    /// <exception cref="PizzaException"><c>NotAGitHubProvider</c>: the token's issuer is not GitHub.</exception>
    public TrustVerdict Judge(GitHubToken token, DateTimeOffset now)
    {
        Arn role = Arn.Parse(RoleArn);
        GitHubProvider provider = GitHubProvider.ForUrl(token.Issuer, role.Partition, role.AccountId);
        TrustVerdict verdict = TrustJudge.Of(Document, provider.Arn, TrustJudge.Context(token, provider, now)).Verdict(RoleName, token.Subject) with { RoleArn = RoleArn };
        return verdict.Allowed ? verdict : verdict with { Hints = TrustHints.For(this, token.Subject) };
    }

    /// <summary>Lets GitHub runs with these subjects assume the role.</summary>
    /// <param name="subjects">Checked subjects.</param>
    /// <param name="provider">Whose tokens; null takes the GitHub provider that the role trusts, and github.com's for a role that trusts none.</param>
    /// <exception cref="PizzaException">The document is such that an addition would not do what it says; see <see cref="TrustAddition"/>.</exception>
    public TrustEdit Add(IReadOnlyList<GitHubSubject> subjects, GitHubProvider? provider = null) =>
        subjects.Aggregate(new TrustEdit(this), (edit, subject) => TrustAddition.Apply(edit, subject, provider));

    /// <summary>Takes subjects out, as they stand in the document. One that is not there is passed over.</summary>
    /// <param name="subjects">Their exact texts.</param>
    /// <param name="force">Also the last one, together with its statement, if that holds nothing else than what <see cref="Add"/> writes.</param>
    /// <exception cref="PizzaException"><c>LastTrustSubject</c>, <c>StatementNotOurs</c>, <c>LastStatement</c>.</exception>
    public TrustEdit Remove(IReadOnlyCollection<string> subjects, bool force = false) => TrustRemoval.Apply(new TrustEdit(this), [.. subjects], force);

    internal TrustPolicy With(JsonText json) => new(RoleName, RoleArn, json);

    /// <summary>An error about the document: "The trust policy of role 'x' … . Nothing was changed."</summary>
    /// <param name="errorId">The id.</param>
    /// <param name="text">What it does, and what to do.</param>
    /// <param name="kind">The kind.</param>
    public PizzaException Problem(string errorId, string text, PizzaErrorKind kind = PizzaErrorKind.InvalidData) =>
        new(errorId, kind, $"The trust policy of role '{RoleName}' {text}. Nothing was changed.", RoleName);
}

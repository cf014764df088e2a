namespace JwtPizza.Ecr;

/// <summary>The policy of a repository or of a registry: who else may use it. An edit gives a new document in which nothing else changes by one character.</summary>
public sealed class AccessPolicy
{
    /// <summary>Characters that such a policy may have, white space too. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html</summary>
    public const int MaxSize = 10_240;

    private const string Empty = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}";

    private AccessPolicy(string owner, JsonText json)
    {
        (Owner, Json) = (owner, json);
        if (StatementsPart is null) throw new PizzaException("InvalidPolicy", PizzaErrorKind.InvalidData, $"The policy of {owner} holds no Statement, so it is not a policy that ECR understands. Nothing was changed.", owner);
        Statements = [.. StatementsPart.OneOrMany.Select((s, i) => new AccessStatement(s, i + 1))];
    }

    /// <summary>Whose policy it is, as in "the policy of …".</summary>
    public string Owner { get; }

    /// <summary>The JSON text; null when no statement is left, and the policy is to be deleted.</summary>
    public string? Document => Statements.Count == 0 ? null : Json.Text;

    internal JsonText Json { get; }

    internal IReadOnlyList<AccessStatement> Statements { get; }

    internal JsonPart? StatementsPart => Json.Root["Statement"];

    /// <summary>Reads a document.</summary>
    /// <param name="owner">Whose policy it is, for messages: <c>the repository 'api'</c>.</param>
    /// <param name="document">The JSON, as ECR holds it; null when there is none.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidPolicy</c>.</exception>
    public static AccessPolicy Parse(string owner, string? document) => new(owner, JsonText.Parse(document ?? Empty, $"The policy of {owner}", owner));

    /// <summary>Allows what is not allowed yet.</summary>
    /// <param name="grants">What to allow.</param>
    /// <exception cref="PizzaException"><c>PolicyTooLong</c>: nothing may be sent.</exception>
    public AccessEdit Grant(IEnumerable<AccessGrant> grants)
    {
        AccessEdit edit = grants.Aggregate(new AccessEdit(this), AccessAddition.Apply);
        if (edit.Policy.Json.Text.Length <= MaxSize || !edit.Changed) return edit;
        int size = edit.Policy.Json.Compact().Text.Length;
        return size <= MaxSize
            ? edit.Then(edit.Policy.Json.Compact()).Note($"The policy of {Owner} fits into {MaxSize:N0} characters only without the white space between its values, so that goes.")
            : throw new PizzaException("PolicyTooLong", PizzaErrorKind.LimitExceeded,
                $"The policy of {Owner} would have {size:N0} characters, and ECR takes {MaxSize:N0}. Nothing was changed. Take out what is not needed any more, or grant a whole account or organization in place of many roles.", Owner);
    }

    /// <summary>Takes out what <see cref="Grant"/> put in.</summary>
    /// <param name="grants">What not to allow any more.</param>
    public AccessEdit Revoke(IReadOnlyList<AccessGrant> grants) => AccessRemoval.Apply(new(this), grants);

    /// <summary>Takes out what was granted for replication, whether repositories could be created or not.</summary>
    /// <param name="accounts">Whose images come.</param>
    /// <param name="resources">ARNs of repositories, as they were granted.</param>
    /// <param name="alsoOthers">Take out what was granted for any other repositories too.</param>
    public AccessEdit RevokeReplication(IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources, bool alsoOthers)
    {
        IEnumerable<string> all = alsoOthers ? resources.Concat(Statements.SelectMany(s => s.Resources ?? [])).Distinct() : resources;
        AccessGrant[] possible = [.. from a in accounts from r in all from create in (bool[])[true, false] select AccessGrant.Replicate(a, r, create)];
        AccessGrant[] held = [.. possible.Where(g => Statements.Any(s => s.Is(g) && s.Find(g) is not null))];
        AccessGrant[] none = [.. possible.Where(g => resources[0] == g.Resources![0] && g.Actions.Count > 1 && !held.Any(h => h.Principal == g.Principal))];
        return Revoke([.. held, .. none]);
    }

    internal AccessPolicy With(JsonText json) => new(Owner, json);

    internal AccessPolicy Emptied() => Parse(Owner, null);
}

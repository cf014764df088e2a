namespace JwtPizza.Ecr;

/// <summary>The policy of a repository or of a registry: who else may use it.</summary>
public sealed class AccessPolicy : PolicyDocument, IJsonDocument<AccessPolicy>
{
    /// <summary>Characters that such a policy may have, white space too.
    /// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html</summary>
    public const int MaxSize = 10_240;

    private const string Empty = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}";
    private readonly string _owner;

    private AccessPolicy(string owner, JsonText json) : base($"the policy of {owner}", owner, json) => _owner = owner;

    /// <inheritdoc/>
    public override IEnumerable<string> Items =>
        from statement in Statements
        from principal in statement.Organizations is { Count: > 0 } organizations ? organizations : statement.Principals
        select $"{statement.Sid ?? string.Join('+', statement.Actions)} for {principal}";

    JsonText IJsonDocument<AccessPolicy>.Json => Json;

    /// <summary>Reads a document.</summary>
    /// <param name="owner">Whose policy it is, for messages: <c>the repository 'api'</c>.</param>
    /// <param name="document">The JSON, as ECR holds it; null when there is none.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidPolicy</c>.</exception>
    public static AccessPolicy Parse(string owner, string? document) => new(owner, Read($"the policy of {owner}", owner, document, Empty));

    /// <summary>Allows what is not allowed yet.</summary>
    /// <param name="grants">What to allow.</param>
    /// <exception cref="PizzaException"><c>PolicyTooLong</c>: nothing may be sent.</exception>
    public Edit<AccessPolicy, GrantResult<AccessGrant>> Grant(IEnumerable<AccessGrant> grants)
    {
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit = grants.Aggregate(new Edit<AccessPolicy, GrantResult<AccessGrant>>(this), Allow);
        if (edit.Document.Json.Text.Length <= MaxSize || !edit.Changed) return edit;
        JsonText compact = edit.Document.Json.Compact();
        return compact.Text.Length <= MaxSize
            ? edit.Then(compact)
                .Note($"{Sentence(Name)} fits into {MaxSize:N0} characters only without the white space between its values, so the white " +
                    "space is removed.")
            : throw ErrorCatalog.PolicyTooLong(Sentence(Name), compact.Text.Length, $"ECR accepts {MaxSize:N0}",
                ", or grant a whole account or organization instead of many roles", _owner);
    }

    /// <summary>Takes out what <see cref="Grant"/> put in.</summary>
    /// <param name="grants">What not to allow any more.</param>
    public Edit<AccessPolicy, GrantResult<AccessGrant>> Revoke(IReadOnlyList<AccessGrant> grants) =>
        grants.Aggregate(grants.Aggregate(new Edit<AccessPolicy, GrantResult<AccessGrant>>(this), Withdraw),
            (edit, grant) => edit.WarnOfOthers(grant.Statement, "Grant"));

    /// <summary>Takes out what was granted for replication, whether repositories could be created or not.</summary>
    /// <param name="accounts">Whose images come.</param>
    /// <param name="resources">ARNs of repositories, as they were granted.</param>
    /// <param name="alsoOthers">Take out what was granted for any other repositories too.</param>
    public Edit<AccessPolicy, GrantResult<AccessGrant>> RevokeReplication(
        IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources, bool alsoOthers)
    {
        IEnumerable<string> all = alsoOthers ? resources.Concat(Statements.SelectMany(s => s.Resources ?? [])).Distinct() : resources;
        AccessGrant[] possible =
            [.. from a in accounts from r in all from create in (bool[])[true, false] select AccessGrant.Replicate(a, r, create)];
        AccessGrant[] held = [.. possible.Where(g => Statements.Any(s => g.Statement.IsOurs(s) && g.Statement.Find(s) is not null))];
        AccessGrant[] none =
            [.. possible.Where(g => resources[0] == g.Resources![0] && g.Actions.Count > 1 && !held.Any(h => h.Principal == g.Principal))];
        return Revoke([.. held, .. none]);
    }

    AccessPolicy IJsonDocument<AccessPolicy>.With(JsonText json) => new(_owner, json);

    private static Edit<AccessPolicy, GrantResult<AccessGrant>> Allow(Edit<AccessPolicy, GrantResult<AccessGrant>> edit, AccessGrant grant)
    {
        List<string> sids = [];
        string before = edit.Document.Json.Text;
        edit = edit.Allow(grant.Statement, sids);
        return edit.Then(
            new GrantResult<AccessGrant>(grant, edit.Document.Json.Text == before ? ChangeStatus.Unchanged : ChangeStatus.Created, sids));
    }

    private static Edit<AccessPolicy, GrantResult<AccessGrant>> Withdraw(
        Edit<AccessPolicy, GrantResult<AccessGrant>> edit, AccessGrant grant)
    {
        List<string> sids = [];
        edit = edit.Withdraw(grant.Statement, sids);
        return edit.Then(
            new GrantResult<AccessGrant>(grant, sids.Count > 0 ? ChangeStatus.Removed : ChangeStatus.Unchanged, [.. sids.Distinct()]));
    }
}

namespace JwtPizza.Ecr;

/// <summary>The managed policy of a CI role.</summary>
public sealed class CiPolicy : PolicyDocument, IJsonDocument<CiPolicy>
{
    /// <summary>Characters that a managed policy may have, white space between values not counted; cannot be raised.
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html</summary>
    public const int MaxSize = 6144;

    private const string Empty = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": []\n}";

    private CiPolicy(string policyName, JsonText json) : base($"the policy '{policyName}'", policyName, json) => PolicyName = policyName;

    /// <summary>The policy's name.</summary>
    public string PolicyName { get; }

    /// <summary>Characters as IAM counts them.</summary>
    public int Size => Json.Compact().Text.Length;

    /// <inheritdoc/>
    public override IEnumerable<string> Items =>
        from statement in Statements from resource in statement.Resources ?? []
            select $"{statement.Sid ?? string.Join('+', statement.Actions)} on {resource}";

    JsonText IJsonDocument<CiPolicy>.Json => Json;

    /// <summary>The name of a role's policy where the user names none: the course's for the course's role, and one after the role for any
    /// other, so that no two roles share one.</summary>
    /// <param name="roleName">The role.</param>
    public static string NameFor(string roleName) => roleName == Defaults.RoleName ? Defaults.PolicyName : $"{roleName}-deployment";

    /// <summary>Reads a document.</summary>
    /// <param name="policyName">Whose.</param>
    /// <param name="document">The JSON, as IAM holds it; null for a policy that is still to be made.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidPolicy</c>.</exception>
    public static CiPolicy Parse(string policyName, string? document) =>
        new(policyName, Read($"the policy '{policyName}'", policyName, document, Empty));

    /// <summary>Lets the role push to these repositories and deploy their images.</summary>
    /// <param name="grants">One for each repository.</param>
    /// <exception cref="PizzaException"><c>PolicyTooLong</c>: nothing may be sent.</exception>
    public Edit<CiPolicy, GrantResult<CiGrant>> Grant(IEnumerable<CiGrant> grants)
    {
        Edit<CiPolicy, GrantResult<CiGrant>> edit = grants.Aggregate(new Edit<CiPolicy, GrantResult<CiGrant>>(this), Allow);
        int size = edit.Document.Size;
        return size <= MaxSize ? edit : throw ErrorCatalog.PolicyTooLong($"The policy '{PolicyName}'", size,
            $"IAM allows {MaxSize:N0}, white space not counted",
            $" (Revoke-PizzaCiPolicy), or put these repositories into a second policy (-PolicyName {PolicyName}-2)", PolicyName);
    }

    /// <summary>Takes out what <see cref="Grant"/> put in for these repositories. What serves every repository goes with the last of
    /// them.</summary>
    /// <param name="grants">One for each repository.</param>
    /// <param name="alsoTaskRoles">Take the grants' task roles out even while other repositories are granted.</param>
    public Edit<CiPolicy, GrantResult<CiGrant>> Revoke(IEnumerable<CiGrant> grants, bool alsoTaskRoles) =>
        grants.Aggregate(new Edit<CiPolicy, GrantResult<CiGrant>>(this), (edit, grant) => Withdraw(edit, grant, alsoTaskRoles));

    /// <summary>Whether a document is this one, white space between values aside.</summary>
    /// <param name="document">The JSON, as IAM holds it.</param>
    public bool SaysTheSameAs(string document) => Json.Compact().Text == Parse(PolicyName, document).Json.Compact().Text;

    CiPolicy IJsonDocument<CiPolicy>.With(JsonText json) => new(PolicyName, json);

    private static Edit<CiPolicy, GrantResult<CiGrant>> Allow(Edit<CiPolicy, GrantResult<CiGrant>> edit, CiGrant grant)
    {
        string before = edit.Document.Json.Text;
        bool isHeld = edit.Document.Statements.Any(s => Push(grant).IsOurs(s) && Push(grant).Find(s) is not null);
        List<string> sids = [];
        edit = CiStatement.Of(grant).Aggregate(edit, (e, s) => e.Allow(s.Grant, sids));
        ChangeStatus status =
            edit.Document.Json.Text == before ? ChangeStatus.Unchanged : isHeld ? ChangeStatus.Changed : ChangeStatus.Created;
        return edit.Then(new GrantResult<CiGrant>(grant, status, [.. sids.Distinct()]));
    }

    private static Edit<CiPolicy, GrantResult<CiGrant>> Withdraw(
        Edit<CiPolicy, GrantResult<CiGrant>> edit, CiGrant grant, bool alsoTaskRoles)
    {
        List<string> sids = [];
        StatementGrant push = Push(grant);
        foreach (CiStatement statement in CiStatement.AllOf(grant))
        {
            bool othersNeedIt =
                statement.IsShared && edit.Document.Statements.Any(push.IsOurs) && !(alsoTaskRoles && statement.Grant.Value != "*");
            if (!othersNeedIt) edit = edit.Withdraw(statement.Grant, sids);
        }
        edit = edit.WarnOfOthers(push with { Actions = ["ecr:PutImage"] }, "Grant-PizzaCiPolicy");
        return edit.Then(
            new GrantResult<CiGrant>(grant, sids.Count > 0 ? ChangeStatus.Removed : ChangeStatus.Unchanged, [.. sids.Distinct()]));
    }

    private static StatementGrant Push(CiGrant grant) => CiStatement.Of(grant).Single(s => s.Grant.Sid == CiStatement.PushSid).Grant;
}

namespace JwtPizza.Ecr;

/// <summary>The managed policy of a CI role. An edit gives a new document in which nothing else changes by one character.</summary>
public sealed class CiPolicy
{
    /// <summary>Characters that a managed policy may have, white space between values not counted; cannot be raised. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html</summary>
    public const int MaxSize = 6144;

    private const string Empty = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": []\n}";

    private readonly JsonText _json;

    private CiPolicy(string policyName, JsonText json)
    {
        (PolicyName, _json) = (policyName, json);
        JsonPart statements = StatementsPart ?? throw new PizzaException("InvalidPolicy", PizzaErrorKind.InvalidData, $"The policy '{policyName}' holds no Statement, so it is not an IAM policy.", policyName);
        Statements = [.. statements.OneOrMany.Select((s, i) => new PolicyStatement(s, i + 1))];
    }

    /// <summary>The policy's name.</summary>
    public string PolicyName { get; }

    /// <summary>The JSON text.</summary>
    public string Document => _json.Text;

    /// <summary>Characters as IAM counts them.</summary>
    public int Size => _json.Compact().Text.Length;

    internal JsonText Json => _json;

    internal IReadOnlyList<PolicyStatement> Statements { get; }

    internal JsonPart? StatementsPart => _json.Root["Statement"];

    /// <summary>Reads a document.</summary>
    /// <param name="policyName">Whose.</param>
    /// <param name="document">The JSON, as IAM holds it; null for a policy that is still to be made.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidPolicy</c>.</exception>
    public static CiPolicy Parse(string policyName, string? document) => new(policyName, JsonText.Parse(document ?? Empty, $"The policy '{policyName}'", policyName));

    /// <summary>Lets the role push to these repositories and deploy their images.</summary>
    /// <param name="grants">One for each repository.</param>
    /// <exception cref="PizzaException"><c>PolicyTooLong</c>: nothing may be sent.</exception>
    public CiPolicyEdit Grant(IEnumerable<CiGrant> grants)
    {
        CiPolicyEdit edit = grants.Aggregate(new CiPolicyEdit(this), CiPolicyAddition.Apply);
        return edit.Policy.Size <= MaxSize ? edit : throw new PizzaException("PolicyTooLong", PizzaErrorKind.LimitExceeded,
            $"The policy '{PolicyName}' would have {edit.Policy.Size:N0} characters, and IAM allows {MaxSize:N0}, white space not counted. Nothing was changed. " +
            $"Take out what is not needed any more (Revoke-PizzaCiPolicy), or put these repositories into a second policy (-PolicyName {PolicyName}-2).", PolicyName);
    }

    /// <summary>Takes out what <see cref="Grant"/> put in for these repositories.</summary>
    /// <param name="grants">One for each repository.</param>
    /// <param name="alsoTaskRoles">Take the grants' task roles out even while other repositories are granted.</param>
    public CiPolicyEdit Revoke(IEnumerable<CiGrant> grants, bool alsoTaskRoles) =>
        grants.Aggregate(new CiPolicyEdit(this), (edit, grant) => CiPolicyRemoval.Apply(edit, grant, alsoTaskRoles));

    /// <summary>Whether a document is this one, white space between values aside.</summary>
    /// <param name="document">The JSON, as IAM holds it.</param>
    public bool SaysTheSameAs(string document) => _json.Compact().Text == Parse(PolicyName, document)._json.Compact().Text;

    internal CiPolicy With(JsonText json) => new(PolicyName, json);
}

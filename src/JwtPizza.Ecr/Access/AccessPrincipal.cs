using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>Who gets access by the policy of a repository or registry: an account, a role or user, or an organization.</summary>
public sealed partial record AccessPrincipal
{
    private AccessPrincipal(string value, bool isOrganization) => (Value, IsOrganization) = (value, isOrganization);

    /// <summary>The ARN as it stands in policies, for an account <c>arn:aws:iam::123456789012:root</c>; or the id of an organization,
    /// <c>o-a1b2c3d4e5</c>.</summary>
    public string Value { get; }

    /// <summary>Whether it is an organization: then every account of it is meant, now and later.</summary>
    public bool IsOrganization { get; }

    /// <summary>An account as a whole: its administrator decides by IAM policies which users and roles may use the access.</summary>
    /// <param name="partition">For example <c>aws</c>.</param>
    /// <param name="accountId">12 digits.</param>
    /// <exception cref="PizzaException"><c>InvalidRegistryId</c>.</exception>
    public static AccessPrincipal OfAccount(string partition, string accountId) =>
        new($"{Arn.OfIam(partition, AccountId.Check(accountId), "root")}", false);

    /// <summary>A role, or a user by ARN.</summary>
    /// <param name="partition">For example <c>aws</c>.</param>
    /// <param name="accountId">The account of a role that is given by name.</param>
    /// <param name="nameOrArn">The name of a role, with its path if it has one, or an ARN.</param>
    /// <exception cref="PizzaException"><c>InvalidPrincipal</c>, <c>InvalidRegistryId</c>.</exception>
    public static AccessPrincipal OfRole(string partition, string accountId, string nameOrArn) =>
        ArnPattern().IsMatch(nameOrArn) ? new(nameOrArn, false)
        : NamePattern().IsMatch(nameOrArn) ? new($"{Arn.OfIam(partition, AccountId.Check(accountId), $"role/{nameOrArn}")}", false)
        : throw Bad("InvalidPrincipal", nameOrArn, nameOrArn.Contains(":assumed-role/", StringComparison.Ordinal)
            ? "is a session of a role: name the role itself"
            : "is neither the name of an IAM role nor the ARN of a role or user, such as 'github-ci' or " +
                "'arn:aws:iam::123456789012:role/github-ci'");

    /// <summary>All accounts of an organization of AWS Organizations.</summary>
    /// <param name="id">For example <c>o-a1b2c3d4e5</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidOrganization</c>.</exception>
    public static AccessPrincipal OfOrganization(string id) => OrganizationPattern().IsMatch(id) ? new(id, true)
        : throw Bad("InvalidOrganization", id,
            "is not the id of an organization, such as 'o-a1b2c3d4e5'; 'aws organizations describe-organization' shows yours");

    /// <summary>A principal as it stands in a policy, whatever it is: to take it out.</summary>
    /// <param name="text">An ARN, an account's number, an organization's id, or what is left of a deleted role, <c>AROA…</c>.</param>
    public static AccessPrincipal AsWritten(string text) => new(text, OrganizationPattern().IsMatch(text));

    /// <summary>The account of an account, role or user; null for an organization, and for what is no ARN.</summary>
    internal string? RegistryId => Arn.TryParse(Value, out Arn? arn) ? arn.AccountId : null;

    /// <summary>The ARN or id.</summary>
    public override string ToString() => Value;

    /// <summary>Whether a text of a policy means this principal; an account stands there as an ARN or as its bare number.</summary>
    internal bool Is(string? text) =>
        text == Value
            || (text is { Length: 12 } && Arn.TryParse(Value, out Arn? own) && own is { Service: "iam", Resource: "root" }
                && text == own.AccountId);

    private static PizzaException Bad(string id, string text, string why) =>
        new(id, PizzaErrorKind.InvalidArgument, $"'{text}' {why}. Nothing was changed.", text);

    [GeneratedRegex(@"\Aarn:[a-z0-9-]+:iam::\d{12}:(root|(role|user)/([\x21-\x7e]+/)?[\w+=,.@-]{1,64})\z",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex ArnPattern();

    [GeneratedRegex(@"\A([\x21-\x39\x3b-\x7e]+/)?[\w+=,.@-]{1,64}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\Ao-[a-z0-9]{10,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OrganizationPattern();
}

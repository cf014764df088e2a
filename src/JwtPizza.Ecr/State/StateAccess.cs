using System.Security.Cryptography;
using System.Text;

namespace JwtPizza.Ecr;

/// <summary>How a state file speaks of the statements of policies.</summary>
internal static class StateAccess
{
    /// <summary>In the place of a digest: whatever the statement says.</summary>
    public const string AnyText = "*";

    private const int DigestLength = 16;

    // whose they are does not matter for whether a statement is ours
    private static readonly AccessPrincipal s_account = AccessPrincipal.OfAccount("aws", "000000000000"),
        s_organization = AccessPrincipal.OfOrganization("o-0000000000");

    /// <summary>The principal that a file names.</summary>
    /// <param name="text">An account ID, an ARN, or an organization ID.</param>
    /// <param name="partition">The partition of an account.</param>
    /// <exception cref="PizzaException"><c>InvalidPrincipal</c>, <c>InvalidOrganization</c>.</exception>
    public static AccessPrincipal Principal(string text, string partition) => text switch
    {
        { Length: 12 } when text.All(char.IsAsciiDigit) => AccessPrincipal.OfAccount(partition, text),
        _ when text.StartsWith("o-", StringComparison.Ordinal) => AccessPrincipal.OfOrganization(text),
        _ when Arn.IsMeant(text) => AccessPrincipal.OfRole(partition, "", text),
        _ => throw new PizzaException("InvalidStatePrincipal", PizzaErrorKind.InvalidData,
            $"'{text}' is not an account ID, the ARN of a role or user, or an organization ID.", text),
    };

    /// <summary>Who may do something by statements that the module wrote, as a file names them.</summary>
    /// <param name="policy">The repository policy.</param>
    /// <param name="grant">What they may do.</param>
    public static IReadOnlyList<string> Granted(AccessPolicy policy, Func<AccessPrincipal, AccessGrant> grant) =>
    [
        .. from statement in policy.Statements
           from kind in new[] { grant(s_account).Statement, grant(s_organization).Statement }
           where IsOurs(statement, kind)
           from value in kind.List(statement)!.OneOrMany
           where value.String is not null
           select Written(value.String!),
    ];

    /// <summary>The statements of a repository policy that the module did not write, with a digest of each.</summary>
    /// <param name="policy">The repository policy.</param>
    public static IReadOnlyDictionary<string, string> Others(AccessPolicy policy)
    {
        StatementGrant[] ours =
        [
            .. new[] { s_account, s_organization }
                .SelectMany(p => new[] { AccessGrant.Pull(p).Statement, AccessGrant.Push(p).Statement }),
        ];
        return Digests(policy, policy.Statements.Where(s => !ours.Any(o => IsOurs(s, o))));
    }

    /// <summary>Names and digests of statements.</summary>
    /// <param name="policy">Their policy.</param>
    /// <param name="statements">The statements.</param>
    /// <param name="before">What stands before each name.</param>
    public static IReadOnlyDictionary<string, string> Digests(
        PolicyDocument policy, IEnumerable<Statement> statements, string before = "") =>
        statements.ToDictionary(s => before + s.Name, s => Digest(policy.Json.Raw(s.Part)));

    /// <summary>A digest of a JSON text, white space aside.</summary>
    public static string Digest(string json) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes(JsonText.Parse(json, "The statement").Compact().Text)))[..DigestLength];

    // a condition that somebody added makes a statement their own, for a file could not say it
    private static bool IsOurs(Statement statement, StatementGrant grant) =>
        grant.IsOurs(statement) && (!statement.HasCondition || grant.HasOwnCondition(statement));

    private static string Written(string principal) =>
        Arn.TryParse(principal, out Arn? arn) && arn is { Service: "iam", Resource: "root" } ? arn.AccountId : principal;
}

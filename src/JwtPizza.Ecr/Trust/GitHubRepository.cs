using System.Globalization;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>A repository at GitHub: <c>owner/name</c>, and the numbers that stay when either is renamed, where they are known.</summary>
public sealed partial record GitHubRepository
{
    private GitHubRepository(string owner, string name) => (Owner, Name) = (owner, name);

    /// <summary>The user or organisation; case counts in a trust policy.</summary>
    public string Owner { get; init; }

    /// <summary>The repository's name without its owner; case counts in a trust policy.</summary>
    public string Name { get; init; }

    /// <summary>GitHub's number of the owner.</summary>
    public long? OwnerId { get; init; }

    /// <summary>GitHub's number of the repository.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>Whether both numbers are known, so that the immutable subject can be written.</summary>
    public bool HasIds => OwnerId is not null && RepositoryId is not null;

    /// <summary>Reads <c>owner/name</c>, <c>owner@1/name@2</c>, or the web, https, ssh or git address of a repository at github.com or on
    /// GHE.com.</summary>
    /// <param name="text">For example <c>my-account/jwt-pizza-service</c> or
    /// <c>git@github.com:my-account/jwt-pizza-service.git</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidGitHubRepository</c>: says which rule is broken.</exception>
    public static GitHubRepository Parse(string text)
    {
        Match address = Address().Match(text.Trim());
        string path = address.Success ? address.Groups["path"].Value : text.Trim();
        if (address.Success && !GitHubHost().IsMatch(address.Groups["host"].Value))
            throw Wrong(text, $"the host '{address.Groups["host"].Value}' is not GitHub's");
        string[] parts = path.TrimEnd('/').Split('/');
        if (parts.Length > 2)
            throw Wrong(text, "something follows the repository's name; name a branch, tag or environment with its own parameter");
        if (parts.Length < 2) throw Wrong(text, "the owner or the name is missing");
        (string owner, long? ownerId) = WithId(text, parts[0]);
        (string name, long? id) = WithId(text, parts[1]);
        if (name.EndsWith(".git", StringComparison.OrdinalIgnoreCase)) name = name[..^4];
        if (!OwnerRule().IsMatch(owner))
            throw Wrong(text, $"'{owner}' is not a valid owner: 1 to 39 letters, digits, '-' and '_', a letter or digit first");
        if (!NameRule().IsMatch(name) || name is "." or "..")
            throw Wrong(text, $"'{name}' is not a valid repository name: 1 to 100 letters, digits, '-', '_' and '.'");
        return new(owner, name) { OwnerId = ownerId, RepositoryId = id };
    }

    /// <summary><c>owner/name</c>.</summary>
    public override string ToString() => $"{Owner}/{Name}";

    private static (string Name, long? Id) WithId(string text, string part) => part.IndexOf('@', StringComparison.Ordinal) switch
    {
        -1 => (part, null),
        var at when long.TryParse(part[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long id) && id > 0 =>
            (part[..at], id),
        var at => throw Wrong(text, $"'{part[(at + 1)..]}' is not the number of a GitHub owner or repository"),
    };

    private static PizzaException Wrong(string text, string problem)
    {
        string shown = Userinfo().Replace(text, "://***@");   // an address may carry a token
        return new("InvalidGitHubRepository", PizzaErrorKind.InvalidArgument,
            $"'{shown}' does not name a GitHub repository: {problem}. Give 'owner/name' or its address, for example " +
            "'my-account/jwt-pizza-service' or 'https://github.com/my-account/jwt-pizza-service'.", shown);
    }

    [GeneratedRegex("://[^/]*@", RegexOptions.CultureInvariant)]
    private static partial Regex Userinfo();

    [GeneratedRegex(
        @"\A(?:(?:git\+)?(?:https?|ssh|git)://(?:[^/@]+@)?(?<host>[^/:]+)(?::\d+)?/|(?:[^/@:]+@)(?<host>[^/:]+):/?|(?<host>(?:www\.)?github\.com|[\w-]+\.ghe\.com)/)(?<path>[^?#]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"\A(?:(?:www\.|ssh\.)?github\.com|[\w-]+\.ghe\.com)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex GitHubHost();

    // Old accounts may end in '-', enterprise-managed ones hold '_'.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,38}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OwnerRule();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameRule();
}

using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>The rule for the names of IAM roles.</summary>
public static partial class RoleNames
{
    /// <summary>The name itself.</summary>
    /// <param name="name">1 to 64 characters, without the path.</param>
    /// <exception cref="PizzaException"><c>InvalidRoleName</c>.</exception>
    public static string Check(string name) =>
        Pattern().IsMatch(name) ? name : throw ErrorCatalog.InvalidRoleName(name,
            "1 to 64 letters, digits and '_+=,.@-', without path and 'arn:'.");

    [GeneratedRegex(@"\A[\w+=,.@-]{1,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex Pattern();
}

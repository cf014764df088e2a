using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>User names and passwords within URLs: .NET quotes a proxy as it stands in HTTPS_PROXY, and people show errors to each
/// other.</summary>
public static partial class UrlSecrets
{
    /// <summary>The text with *** in their place.</summary>
    /// <param name="text">Any text.</param>
    public static string Hide(string text) => UserInfo().Replace(text, "***@");

    /// <summary>Whether the text holds any.</summary>
    /// <param name="text">Any text.</param>
    public static bool AreIn(string text) => Hide(text) != text;

    [GeneratedRegex(@"(?<=://)[^\s/]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}

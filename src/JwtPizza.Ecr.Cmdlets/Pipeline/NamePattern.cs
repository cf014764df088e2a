using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Patterns of PowerShell, checked before they are used: PowerShell itself complains in the middle of the work only.</summary>
internal static class NamePattern
{
    /// <summary>What fits a pattern.</summary>
    /// <exception cref="PizzaException"><c>InvalidPattern</c>: its brackets are not closed, or empty.</exception>
    public static Func<string, bool> Of(string text)
    {
        WildcardPattern pattern = new(text);
        try { pattern.IsMatch("a"); }
        catch (WildcardPatternException e)
        {
            throw new PizzaException("InvalidPattern", PizzaErrorKind.InvalidArgument,
                $"'{text}' is not a pattern: its brackets are not closed, or empty. * matches any characters, ? matches one, and [a-c] " +
                "matches one of a set.", text, e);
        }
        return pattern.IsMatch;
    }
}

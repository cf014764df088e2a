using System.Management.Automation;
using System.Management.Automation.Host;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>The colours of what a cmdlet says to its user; those of tables stand in their views.</summary>
internal static class Colours
{
    /// <summary>A text in which the new lines of a difference are green and the old ones red, where the user's $PSStyle and terminal show
    /// colours.</summary>
    /// <param name="difference">The text; a line of a difference begins with its mark and a blank.</param>
    /// <param name="style">$PSStyle.</param>
    /// <param name="host">Where it is shown; one without a terminal, or whose output goes to a file, gets the lines as they are.</param>
    public static string Of(string difference, object? style, PSHost host) =>
        style is null || !IsOn($"{Member(style, "OutputRendering")}", host) || Member(style, "Foreground") is not { } foreground
            ? difference
        : string.Join('\n', difference.Split('\n').Select(line => line switch
        {
            ['+', ' ', ..] => $"{Member(foreground, "Green")}{line}{Member(style, "Reset")}",
            ['-', ' ', ..] => $"{Member(foreground, "Red")}{line}{Member(style, "Reset")}",
            _ => line,
        }));

    // Ansi and PlainText are the user's word; PowerShell itself makes PlainText of NO_COLOR.
    private static bool IsOn(string rendering, PSHost host) => rendering switch
    {
        "Ansi" => true,
        "PlainText" => false,
        _ => host.UI is { SupportsVirtualTerminal: true } && !Console.IsOutputRedirected,
    };

    private static object? Member(object item, string name) => PSObject.AsPSObject(item).Properties[name]?.Value;
}

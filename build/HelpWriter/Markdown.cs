using System.Text;

namespace HelpWriter;

/// <summary>Writes the same help as pages that can be read and linked without PowerShell: one a cmdlet, and an index.</summary>
internal static class Markdown
{
    private const string Origin = "<!-- Written by the build from the doc comments of the cmdlets; edit those. -->";

    /// <summary>Brings a folder of pages into line: a page that says the same is not touched, one of a cmdlet that is gone goes.</summary>
    public static void Write(IReadOnlyList<CommandInfo> commands, DocComments comments, Permissions permissions, string folder)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, string> pages = commands.ToDictionary(c => $"{c.Name}.md", c => Page(c, comments, permissions));
        pages["README.md"] = Index(commands, comments);
        foreach (string stale in Directory.EnumerateFiles(folder, "*.md").Where(f => !pages.ContainsKey(Path.GetFileName(f))))
            File.Delete(stale);
        foreach ((string name, string text) in pages)
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path) || File.ReadAllText(path) != text) File.WriteAllText(path, text);
        }
    }

    private static string Index(IEnumerable<CommandInfo> commands, DocComments comments) => Lines(
    [
        Origin, "# The cmdlets", "", "What `Get-Help` shows, as pages.", "", "| cmdlet | what it does |", "|---|---|",
        .. commands.Select(c => $"| [{c.Name}]({c.Name}.md) | {Cell(comments.Paragraphs(c.Type, "summary"))} |"),
    ]);

    private static string Page(CommandInfo c, DocComments comments, Permissions permissions)
    {
        ILookup<bool, ParameterInfo> parameters =
            c.Parameters.DistinctBy(p => p.Property.Name).ToLookup(p => p.Property.DeclaringType!.Name == "AwsCmdlet");
        return Lines(
        [
            Origin, $"# {c.Name}", "",
            .. Paragraphs([.. comments.Paragraphs(c.Type, "summary"), .. comments.Paragraphs(c.Type, "remarks")]),
            "## Examples", "",
            .. comments.Examples(c.Type).SelectMany(e => (string[])["```powershell", e.Code, "```", "", .. Paragraphs(e.Remarks)]),
            "## Parameters", "", "| parameter | type | from the pipeline | |", "|---|---|---|---|",
            .. parameters[false].Select(p => Row(p, comments)),
            "",
            .. permissions.Of(c.Name) is { Length: > 0 } needed
                ? ["## Permissions", "", "The [IAM actions](../permissions.md) that the cmdlet requires:", "", .. needed.Select(n => $"- {n}"), ""]
                : Array.Empty<string>(),
            .. Paragraphs(Shared(c, [.. parameters[true].Select(p => $"`-{p.Property.Name}`")])),
            $"Output: {(c.Outputs.Length > 0 ? string.Join(", ", c.Outputs.Select(o => $"`{o}`")) : "none")}. [All cmdlets](README.md)",
        ]);
    }

    private static string[] Shared(CommandInfo c, string[] ofAws) =>
    [
        .. ofAws.Length > 0
            ? [$"{string.Join(", ", ofAws)}: [how AWS and credentials are found](../../README.md#on-aws)."] : Array.Empty<string>(),
        .. c.Changes ? ["`-WhatIf` and `-Confirm` are supported."] : Array.Empty<string>(),
    ];

    private static string Row(ParameterInfo p, DocComments comments)
    {
        string name = p.Position is { } position && position >= 0 ? $"`-{p.Property.Name}` ({position + 1}.)" : $"`-{p.Property.Name}`";
        string pipeline =
            (p.Pipeline.Contains("ByValue", StringComparison.Ordinal), p.Pipeline.Contains("ByProperty", StringComparison.Ordinal)) switch
        {
            (true, true) => "value, property",
            (true, false) => "value",
            (false, true) => "property",
            _ => "",
        };
        string wildcards =
            p.TakesWildcards
                && !string.Concat(comments.Paragraphs(p.Property, "summary")).Contains("wildcard", StringComparison.OrdinalIgnoreCase)
                ? " Wildcards are supported." : "";
        string aliases = p.Aliases.Length > 0 ? $" Alias: {string.Join(", ", p.Aliases)}." : "";
        return $"| {name}{(p.Required ? " *required*" : "")} | {(p.IsSwitch ? "switch" : p.TypeName)} | {pipeline} | " +
            $"{Cell(comments.Paragraphs(p.Property, "summary"))}{wildcards}{aliases} |";
    }

    private static IEnumerable<string> Paragraphs(IEnumerable<string> paragraphs) => paragraphs.SelectMany(p => (string[])[Escaped(p), ""]);

    private static string Cell(string[] paragraphs) => Escaped(string.Join(" ", paragraphs)).Replace("|", @"\|", StringComparison.Ordinal);

    // Wildcards are no emphasis, and a placeholder such as <name> is no element.
    private static string Escaped(string text) =>
        new StringBuilder(text).Replace("*", @"\*").Replace("<", "&lt;").Replace("_", @"\_").ToString();

    private static string Lines(IEnumerable<string> lines) => string.Join("\n", lines) + "\n";
}

using System.Xml.Linq;

namespace HelpWriter;

/// <summary>Writes the help format that PowerShell reads:
/// https://learn.microsoft.com/powershell/scripting/developer/help/writing-help-for-windows-powershell-cmdlets</summary>
internal static class Maml
{
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly (string Name, string Alias, string Text)[] s_ofShouldProcess =
    [
        ("WhatIf", "wi", "Shows what would happen, and changes nothing."),
        ("Confirm", "cf", "Asks before each change."),
    ];

    /// <summary>Writes the help of all cmdlets.</summary>
    /// <param name="commands">The cmdlets.</param>
    /// <param name="comments">Their texts.</param>
    /// <param name="permissions">Their IAM actions.</param>
    /// <param name="pages">The address of the folder of pages, which Get-Help -Online opens; null where the build was not told one.</param>
    public static XDocument Write(IReadOnlyList<CommandInfo> commands, DocComments comments, Permissions permissions, Uri? pages) =>
        new(new XElement(XName.Get("helpItems", "http://msh"), new XAttribute("schema", "maml"),
            commands.Select(c => Command(c, commands, comments, permissions, pages))));

    private static XElement Command(
        CommandInfo c, IReadOnlyList<CommandInfo> all, DocComments comments, Permissions permissions, Uri? pages)
    {
        string[] synopsis = comments.Paragraphs(c.Type, "summary");
        return new XElement(s_command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", s_maml), new XAttribute(XNamespace.Xmlns + "command", s_command),
            new XAttribute(XNamespace.Xmlns + "dev", s_dev),
            new XElement(s_command + "details",
                new XElement(s_command + "name", c.Name), new XElement(s_command + "verb", c.Verb),
                new XElement(s_command + "noun", c.Noun), Description(synopsis)),
            Description([.. synopsis, .. comments.Paragraphs(c.Type, "remarks")]),
            new XElement(s_command + "syntax", Sets(c).Select(set => SyntaxItem(c, set, comments))),
            new XElement(s_command + "parameters", c.Parameters.DistinctBy(p => p.Property.Name).Select(p => Parameter(c, p, comments))
                .Concat(OfShouldProcess(c)).OrderBy(p => p.Element(s_maml + "name")!.Value, StringComparer.Ordinal)),
            new XElement(s_command + "inputTypes",
                c.Parameters.Where(p => p.Pipeline.Contains("ByValue", StringComparison.Ordinal)).Select(p => p.TypeName).Distinct()
                .Select(t => new XElement(s_command + "inputType", TypeNamed(t)))),
            new XElement(s_command + "returnValues", c.Outputs.Select(o => new XElement(s_command + "returnValue", TypeNamed(o)))),
            Notes(permissions.Of(c.Name)),
            new XElement(s_command + "examples", comments.Examples(c.Type).Select(Example)),
            new XElement(s_maml + "relatedLinks", RelatedLinks.Of(c, all, pages).Select(link => new XElement(s_maml + "navigationLink",
                new XElement(s_maml + "linkText", link.Text), link.Address is null ? null : new XElement(s_maml + "uri", link.Address)))));
    }

    private static IEnumerable<string?> Sets(CommandInfo c) =>
        c.Parameters.Select(p => p.Set).Where(set => set is not null).DefaultIfEmpty().Distinct();

    private static XElement SyntaxItem(CommandInfo c, string? set, DocComments comments) =>
        new(s_command + "syntaxItem", new XElement(s_maml + "name", c.Name),
            c.Parameters.Where(p => p.Set is null || p.Set == set).Select(p => Parameter(c, p, comments)).Concat(OfShouldProcess(c)));

    private static IEnumerable<XElement> OfShouldProcess(CommandInfo c) =>
        (c.Changes ? s_ofShouldProcess : []).Select(p => new XElement(s_command + "parameter",
        new XAttribute("required", "false"), new XAttribute("globbing", "false"), new XAttribute("pipelineInput", "False"),
        new XAttribute("position", "named"), new XAttribute("aliases", p.Alias),
        new XElement(s_maml + "name", p.Name), Description([p.Text]), TypeNamed("SwitchParameter"),
        new XElement(s_dev + "defaultValue", "False")));

    private static XElement Parameter(CommandInfo c, ParameterInfo p, DocComments comments) =>
        new(s_command + "parameter",
            new XAttribute("required", p.Required ? "true" : "false"), new XAttribute("globbing", p.TakesWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", p.Pipeline),
            new XAttribute("position", p.Position?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", p.Aliases.Length > 0 ? string.Join(", ", p.Aliases) : "none"),
            new XElement(s_maml + "name", p.Property.Name),
            Description(comments.Paragraphs(p.Property, "summary")),
            p.IsSwitch ? null : new XElement(s_command + "parameterValue", new XAttribute("required", "true"), p.TypeName),
            TypeNamed(p.TypeName),
            c.Defaults.Of(p, comments.Paragraphs(p.Property, "summary")) is { } value ? new XElement(s_dev + "defaultValue", value) : null);

    private static XElement? Notes(string[] permissions) => permissions.Length == 0 ? null
        : new XElement(s_maml + "alertSet", new XElement(s_maml + "alert", Paragraphs(
            ["IAM actions that the cmdlet requires:", .. permissions.Select(p => p.Replace("`", "", StringComparison.Ordinal))])));

    private static XElement Example((string Code, string[] Remarks) example, int index) =>
        new(s_command + "example",
            new XElement(s_maml + "title", $"-------------------------- Example {index + 1} --------------------------"),
            new XElement(s_dev + "code", example.Code),
            new XElement(s_dev + "remarks", Paragraphs(example.Remarks)));

    private static XElement TypeNamed(string name) => new(s_dev + "type", new XElement(s_maml + "name", name));

    private static XElement Description(string[] paragraphs) => new(s_maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(string[] paragraphs) => paragraphs.Select(p => new XElement(s_maml + "para", p));
}

using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HelpWriter;

/// <summary>The compiler's XML file of doc comments, as plain paragraphs.</summary>
internal sealed partial class DocComments(IReadOnlyDictionary<string, XElement> members)
{
    public static DocComments Load(string path) =>
        new(XDocument.Load(path).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value));

    public string[] Paragraphs(MemberInfo member, string element) =>
        Find(member)?.Element(element) is { } text ? [.. Paragraphs(text)] : [];

    /// <summary>The examples; what one needs beside a sandbox, an attribute <c>needs</c> tells.</summary>
    public (string Code, string[] Remarks)[] Examples(Type type) =>
        [.. Find(type)?.Elements("example").Select(e => (Code(e.Element("code")), Remarks(e))) ?? []];

    private static string[] Remarks(XElement example)
    {
        string[] remarks = [.. Paragraphs(example)];
        return example.Attribute("needs") is { } needs
            ? [.. remarks.SkipLast(1), $"{remarks.LastOrDefault()} Needs {needs.Value}.".TrimStart()] : remarks;
    }

    private XElement? Find(MemberInfo member) =>
        members.GetValueOrDefault(member is Type type ? $"T:{type.FullName}" : $"P:{member.DeclaringType!.FullName}.{member.Name}");

    private static IEnumerable<string> Paragraphs(XElement element) =>
        (element.Elements("para").Any() ? element.Elements("para") : [element]).Select(Text).Where(t => t.Length > 0);

    private static string Text(XElement element) =>
        Spaces().Replace(string.Concat(element.Nodes().Select(Inline)), " ").Trim();

    private static string Inline(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" or "paramref" } e =>
            e.Value is { Length: > 0 } shown ? shown : (e.Attributes().First().Value.Split('.', ':')[^1]),
        XElement { Name.LocalName: "code" } => "",
        XElement e => string.Concat(e.Nodes().Select(Inline)),
        _ => "",
    };

    /// <summary>A code block without the indentation that it has in the source.</summary>
    private static string Code(XElement? code)
    {
        string[] lines = (code?.Value ?? "").Trim('\n', '\r').Split('\n');
        int indent = lines.Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join("\n", lines.Select(l => l.Length >= indent ? l[indent..] : l.Trim())).Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

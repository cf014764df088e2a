using FsCheck;
using FsCheck.Fluent;
using YamlDotNet.RepresentationModel;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class WorkflowProperties
{
    private static readonly Gen<string> s_step = Gen.Elements(
        "- uses: actions/checkout@v4", "- name: a # c\n  run: x", "- run: |\n    x\n    # y\n\n    z", "- run: >-\n    folded\n\n",
        "- name: \"q: #\"\n  with:\n    a: [1,\n      2]\n    b: { c: d }", "- run: |+\n    kept\n\n", "- run: 'two\n    lines'\n",
        "- # c\n  run: x\n");

    private static readonly Gen<string> s_between = Gen.Elements("", "", "\n", "# about\n", "\n# about\n\n");

    private static readonly Gen<string> s_workflow =
        from indent in Gen.Elements(1, 2, 3, 4)
        from dash in Gen.Elements(0, 1, 2, 4)
        from steps in s_step.Zip(s_between).NonEmptyListOf().Resize(5)
        from before in Gen.Elements("", "  first:\n    runs-on: x\n")
        from after in Gen.Elements("", "  last:\n    steps:\n      - run: y\n", "\n  # about last\n  last:\n    uses: a/b@v1\n\n")
        from end in Gen.Elements("", "\n\n", "# the end\n", "\ndefaults:\n  run:\n    shell: bash")
        from trailing in Gen.Elements("    timeout-minutes: 5\n", "")
        from newline in Gen.Elements("\n", "\r\n")
        let list = string.Concat(
            steps.Select(s =>
                string.Concat(
                    (s.Item1 + "\n" + s.Item2).Split('\n').SkipLast(1)
                        .Select(l => l.Length == 0 ? "\n" : $"{new string(' ', 4 + dash)}{l}\n"))))
        let text = $"on: push\njobs:\n{before}  build:\n    runs-on: x\n    steps:\n{list}{trailing}{after}{end}"
        select Indented(text, indent, dash).Replace("\n", newline, StringComparison.Ordinal);

    [Fact]
    public void Every_line_stays_in_its_order_and_nothing_else_changes_its_meaning() => Prop.ForAll(s_workflow.ToArbitrary(), text =>
    {
        string after = Extend(text);
        return (Holds(after, text)
            || text.Length > 0 && !text.EndsWith('\n') && Holds(after.ReplaceLineEndings("\n"), text.ReplaceLineEndings("\n")))
            && SameButForOurs(Parse(text), Parse(after)) && Extend(after) == after;
    }).QuickCheckThrowOnFailure();

    // The generator writes two columns for each level; dashes are placed by their own number.
    private static string Indented(string text, int indent, int dash) => string.Join('\n', text.Split('\n').Select(line =>
    {
        int blanks = line.Length - line.TrimStart(' ').Length;
        return blanks is 2 or 4 && !IsListed(line, dash) ? new string(' ', blanks / 2 * indent) + line[blanks..]
            : blanks > 4 || IsListed(line, dash) ? new string(' ', 2 * indent + blanks - 4) + line[blanks..] : line;
    }));

    private static bool IsListed(string line, int dash) => dash == 0 && line.StartsWith("    -", StringComparison.Ordinal);

    private static bool SameButForOurs(YamlMappingNode before, YamlMappingNode after)
    {
        YamlMappingNode jobs = (YamlMappingNode)after["jobs"];
        jobs.Children.Remove("deploy");
        YamlSequenceNode steps = (YamlSequenceNode)jobs["build"]["steps"];
        foreach (YamlNode ours in steps.Skip(steps.Count() - 2).ToList()) steps.Children.Remove(ours);
        return Trimmed(before) == Trimmed(after);
    }

    // A text that ended the file without a line break has one now.
    private static string Trimmed(YamlNode node) => node switch
    {
        YamlScalarNode scalar => $"'{scalar.Value?.TrimEnd('\n')}'",
        YamlSequenceNode list => $"[{string.Join(",", list.Select(Trimmed))}]",
        YamlMappingNode map => $"{{{string.Join(",", map.Select(e => $"{Trimmed(e.Key)}:{Trimmed(e.Value)}"))}}}",
        _ => throw new NotSupportedException(),
    };
}

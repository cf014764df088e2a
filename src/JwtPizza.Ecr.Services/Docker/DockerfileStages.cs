using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// The stages of a Dockerfile, as far as they decide what an image runs on: a FROM with a fixed platform passes it on to every stage that
/// builds on it.
/// </summary>
internal sealed partial class DockerfileStages
{
    private readonly List<Stage> _stages = [];
    private readonly Dictionary<string, string?> _arguments = [];
    private readonly IReadOnlyDictionary<string, string?> _given;

    private DockerfileStages(string text, IReadOnlyDictionary<string, string?> buildArgs)
    {
        _given = buildArgs;
        foreach (string instruction in Instructions(text)) Read(instruction);
    }

    private sealed record Stage(string? Platform, string Image, string? Name);

    /// <summary>Reads a Dockerfile.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="buildArgs">The values of -BuildArg.</param>
    public static DockerfileStages Parse(string text, IReadOnlyDictionary<string, string?> buildArgs) => new(text, buildArgs);

    /// <summary>
    /// The platform that the image is made of whatever was asked for: a literal one, or <c>$BUILDPLATFORM</c> for that of the docker
    /// engine. Null where the platform asked for decides.
    /// </summary>
    /// <param name="target">The stage that is built, by name or number; null for the last.</param>
    public string? FixedPlatform(string? target)
    {
        int at = target is null
            ? _stages.Count - 1 : _stages.FindLastIndex(s => string.Equals(s.Name, target, StringComparison.OrdinalIgnoreCase));
        if (at < 0 && int.TryParse(target, out int number)) at = number < _stages.Count ? number : -1;
        while (at >= 0)
        {
            if (_stages[at].Platform is { } platform)
                return platform.Contains("TARGET", StringComparison.Ordinal) || platform.Length == 0 ? null : platform;
            at = EarlierStage(_stages[at].Image, at);
        }
        return null;
    }

    // docker takes a name for a stage before it takes it for an image, and a number for none.
    private int EarlierStage(string image, int before) =>
        before == 0 ? -1 : _stages.FindLastIndex(before - 1, s => string.Equals(s.Name, image, StringComparison.OrdinalIgnoreCase));

    private void Read(string instruction)
    {
        if (Argument().Match(instruction) is { Success: true } argument && _stages.Count == 0)   // those of a stage do not reach a FROM
        {
            foreach (Match one in Pair().Matches(argument.Groups[1].Value))
                Set(one.Groups["name"].Value, one.Groups["value"].Success ? Expand(Unquoted(one.Groups["value"].Value)) : null);
        }
        else if (From().Match(instruction) is { Success: true, Groups: var from })
            _stages.Add(
                new(from["platform"].Success ? Expand(Unquoted(from["platform"].Value)) : null, Expand(from["image"].Value),
                    from["name"].Success ? from["name"].Value : null));
    }

    private void Set(string name, string? value) =>
        _arguments[name] = _given.TryGetValue(name, out string? given) ? given ?? Environment.GetEnvironmentVariable(name) ?? value : value;

    // Of docker's own arguments only the one for the platform of the engine matters; those for the target stay in the text, and are looked
    // for there.
    private string Expand(string text) => Variable().Replace(text, m =>
    {
        string name = m.Groups["name"].Value, other = m.Groups["other"].Value;
        if (name.StartsWith("TARGET", StringComparison.Ordinal) || name is "BUILDPLATFORM")
            return _given.GetValueOrDefault(name) ?? $"${name}";
        string? value = _arguments.GetValueOrDefault(name) ?? _given.GetValueOrDefault(name);
        return m.Groups["how"].Value switch
        {
            ":-" or "-" => string.IsNullOrEmpty(value) ? Expand(other) : value,
            ":+" or "+" => string.IsNullOrEmpty(value) ? "" : Expand(other),
            _ => value ?? "",
        };
    });

    private static string Unquoted(string text) => text is ['"', .., '"'] or ['\'', .., '\''] ? text[1..^1] : text;

    // Lines that are continued are one; comments and the text of here-documents are none.
    private static IEnumerable<string> Instructions(string text)
    {
        char escape = Escape().Match(text) is { Success: true } directive ? directive.Groups[1].Value[0] : '\\';
        string pending = "";
        Queue<string> ends = new();
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (ends.TryPeek(out string? end))
            {
                if (line.Trim() == end) ends.Dequeue();
                continue;
            }
            if (line.TrimStart().StartsWith('#') || line.Trim().Length == 0) continue;
            string trimmed = line.TrimEnd();
            if (trimmed.EndsWith(escape))
            {
                pending += trimmed[..^1];
                continue;
            }
            string whole = (pending + line).Trim();
            pending = "";
            foreach (Match here in HereDocument().Matches(TakesHereDocuments().IsMatch(whole) ? whole : ""))
                ends.Enqueue(here.Groups[1].Value);
            yield return whole;
        }
        if (pending.Length > 0) yield return pending.Trim();
    }

    [GeneratedRegex(@"\A(?:\s*#[^\n]*\n)*?\s*#\s*escape\s*=\s*([\\`])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Escape();

    [GeneratedRegex(@"\A(?:RUN|COPY|ADD)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TakesHereDocuments();

    [GeneratedRegex(@"<<-?[""']?([A-Za-z_]\w*)[""']?", RegexOptions.CultureInvariant)]
    private static partial Regex HereDocument();

    [GeneratedRegex(@"\AARG\s+(.+)\z", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Argument();

    [GeneratedRegex(@"(?<name>[A-Za-z_]\w*)(?:=(?<value>""[^""]*""|'[^']*'|\S*))?", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();

    [GeneratedRegex(@"\AFROM\s+(?:--platform=(?<platform>\S+)\s+)?(?<image>\S+)(?:\s+AS\s+(?<name>\S+))?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();

    [GeneratedRegex(@"\$(?:\{(?<name>[A-Za-z_]\w*)(?:(?<how>:?[-+])(?<other>[^}]*))?\}|(?<name>[A-Za-z_]\w*))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>Reads the JSON of a lifecycle policy member by member, and collects what is wrong with its form.</summary>
internal sealed class LifecycleReader
{
    private readonly List<LifecycleRule> _rules = [];
    private readonly List<string> _problems = [];
    private readonly HashSet<int> _malformed = [];
    private string _where = "the policy";

    public IReadOnlyList<LifecycleRule> Rules => _rules;

    /// <summary>What keeps the text from being a policy; whether the rules make sense is checked elsewhere.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The indices of rules that could not be read whole.</summary>
    public IReadOnlySet<int> Malformed => _malformed;

    public static LifecycleReader Read(string text)
    {
        LifecycleReader reader = new();
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            reader.Policy(document.RootElement);
        }
        catch (JsonException e)
        {
            throw LifecycleChecks.Invalid(
                [$"the text is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}): " +
                    $"{e.Message.Split(" LineNumber:")[0].TrimEnd('.')}"]);
        }
        catch (ArgumentException)   // half a surrogate pair
        {
            throw LifecycleChecks.Invalid(["the text is not JSON: it holds a broken character"]);
        }
        return reader;
    }

    private void Policy(JsonElement root)
    {
        if (Members(root, "it", "rules") is not { } members) return;
        if (!members.TryGetValue("rules", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            Problem("'rules' must be a list of rules");
            return;
        }
        foreach (JsonElement rule in list.EnumerateArray())
        {
            _where = LifecycleChecks.Where(_rules.Count + 1, PriorityOf(rule));
            int problems = _problems.Count;
            LifecycleRule read = Rule(rule);
            if (_problems.Count > problems) _malformed.Add(_rules.Count);
            _rules.Add(read);
        }
    }

    private static int PriorityOf(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Object && rule.TryGetProperty("rulePriority", out JsonElement p)
            && p.ValueKind == JsonValueKind.Number && p.TryGetInt32(out int n) ? n : 0;

    private LifecycleRule Rule(JsonElement element)
    {
        if (Members(element, "the rule", "rulePriority", "description", "selection", "action") is not { } rule) return new();
        int priority = Number(rule, "rulePriority");
        Dictionary<string, JsonElement> selection = Nested(rule, "selection",
            "tagStatus", "tagPatternList", "tagPrefixList", "storageClass", "countType", "countUnit", "countNumber");
        Dictionary<string, JsonElement> action = Nested(rule, "action", "type", "targetStorageClass");
        return new()
        {
            Priority = priority,
            Description = Text(rule, "description"),
            TagStatus = Required(selection, "tagStatus"),
            TagPattern = List(selection, "tagPatternList"),
            TagPrefix = List(selection, "tagPrefixList"),
            StorageClass = Text(selection, "storageClass"),
            CountType = Required(selection, "countType"),
            CountUnit = Text(selection, "countUnit"),
            CountNumber = Number(selection, "countNumber"),
            Action = Required(action, "type"),
            TargetStorageClass = Text(action, "targetStorageClass"),
        };
    }

    private Dictionary<string, JsonElement> Nested(Dictionary<string, JsonElement> rule, string name, params string[] known)
    {
        if (rule.TryGetValue(name, out JsonElement element)) return Members(element, $"'{name}'", known) ?? [];
        Problem($"'{name}' is missing");
        return [];
    }

    private Dictionary<string, JsonElement>? Members(JsonElement element, string what, params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Problem($"{what} must be a JSON object, not {Kind(element)}");
            return null;
        }
        Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name)) Problem($"{what} has no member '{member.Name}' (known: {string.Join(", ", known)})");
            else if (!members.TryAdd(member.Name, member.Value)) Problem($"'{member.Name}' appears twice");
        }
        return members;
    }

    private string Required(Dictionary<string, JsonElement> members, string name)
    {
        if (members.Count > 0 && !members.ContainsKey(name)) Problem($"'{name}' is missing");
        return Text(members, name) ?? "";
    }

    private string? Text(Dictionary<string, JsonElement> members, string name)
    {
        if (!members.TryGetValue(name, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        Problem($"'{name}' must be text, not {Kind(value)}");
        return null;
    }

    private int Number(Dictionary<string, JsonElement> members, string name)
    {
        if (!members.TryGetValue(name, out JsonElement value))
        {
            if (members.Count > 0) Problem($"'{name}' is missing");
            return 0;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return number;
        Problem($"'{name}' must be a whole number, not {(value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Kind(value))}");
        return 0;
    }

    private string[] List(Dictionary<string, JsonElement> members, string name)
    {
        if (!members.TryGetValue(name, out JsonElement value)) return [];
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
            && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(e => e.GetString()!)];
        }
        Problem($"'{name}' must be a list of one or more texts");
        return [];
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => $"the text \"{element.GetString()}\"",
        _ => element.GetRawText(),
    };

    private void Problem(string problem) => _problems.Add($"{_where}: {problem}");
}

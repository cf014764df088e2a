using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>What a value of a state file may be. The strict reader and the published JSON Schema are both made from it.</summary>
/// <param name="Description">What it means, for editors.</param>
internal abstract record StateShape(string Description)
{
    /// <summary>The shape in JSON Schema.</summary>
    public JsonObject Schema()
    {
        JsonObject schema = new() { ["description"] = Description };
        Describe(schema);
        return schema;
    }

    /// <summary>The value with the names and types of the model; what is wrong with it is added to the problems.</summary>
    /// <param name="node">The value as the file has it; null for nothing.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <param name="path">Where it stands, for example <c>repositories.api.lifecycle[1]</c>.</param>
    public abstract JsonNode? Checked(JsonNode? node, StateProblems problems, string path);

    protected abstract void Describe(JsonObject schema);

    protected static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text \"{node.GetValue<string>()}\"",
        _ => node.ToJsonString(),
    };
}

/// <summary>A text. A number is taken for its digits, because YAML needs no quotes around those of an account.</summary>
internal sealed record TextShape(string Description, params string[] OneOf) : StateShape(Description)
{
    public override JsonNode? Checked(JsonNode? node, StateProblems problems, string path)
    {
        string? text = node?.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => node.ToJsonString(),
            _ => null,
        };
        if (text is null) problems.Add(path, $"must be a text, not {Kind(node)}");
        else if (OneOf.Length > 0)
        {
            string? known = OneOf.FirstOrDefault(o => string.Equals(o, text, StringComparison.OrdinalIgnoreCase));
            if (known is null) problems.Add(path, $"is '{text}'; allowed are {string.Join(", ", OneOf)}");
            else text = known;
        }
        return text;
    }

    protected override void Describe(JsonObject schema)
    {
        schema["type"] = "string";
        if (OneOf.Length > 0) schema["enum"] = new JsonArray([.. OneOf.Select(o => JsonValue.Create(o))]);
    }
}

/// <summary>A whole number of at least 1.</summary>
internal sealed record NumberShape(string Description) : StateShape(Description)
{
    public override JsonNode? Checked(JsonNode? node, StateProblems problems, string path)
    {
        if (node?.GetValueKind() is JsonValueKind.Number
            && int.TryParse(node.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0)
            return number;
        problems.Add(path, $"must be a whole number of at least 1, not {Kind(node)}");
        return 1;
    }

    protected override void Describe(JsonObject schema)
    {
        schema["type"] = "integer";
        schema["minimum"] = 1;
    }
}

/// <summary>True or false.</summary>
internal sealed record FlagShape(string Description) : StateShape(Description)
{
    public override JsonNode? Checked(JsonNode? node, StateProblems problems, string path)
    {
        if (node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return node.GetValue<bool>();
        problems.Add(path, $"must be true or false, not {Kind(node)}");
        return false;
    }

    protected override void Describe(JsonObject schema) => schema["type"] = "boolean";
}

/// <summary>A list; a single value without brackets is a list of one, as PowerShell unrolls it.</summary>
internal sealed record ListShape(string Description, StateShape Item) : StateShape(Description)
{
    public override JsonNode? Checked(JsonNode? node, StateProblems problems, string path) => node switch
    {
        null => new JsonArray(),
        JsonArray list => new JsonArray([.. list.Select((n, i) => Item.Checked(n, problems, $"{path}[{i}]"))]),
        _ => new JsonArray(Item.Checked(node, problems, path)),
    };

    protected override void Describe(JsonObject schema)
    {
        schema["type"] = "array";
        schema["items"] = Item.Schema();
    }
}

/// <summary>Values by names that the user chooses.</summary>
internal sealed record MapShape(string Description, StateShape Value) : StateShape(Description)
{
    public override JsonNode? Checked(JsonNode? node, StateProblems problems, string path)
    {
        JsonObject map = [];
        if (node is not (null or JsonObject)) problems.Add(path, $"must be an object of names and values, not {Kind(node)}");
        foreach ((string name, JsonNode? value) in node as JsonObject ?? [])
            map[name] = Value.Checked(value, problems, StateProblems.Join(path, name));
        return map;
    }

    protected override void Describe(JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = Value.Schema();
    }
}

/// <summary>An object with known members, whose names are read in any case.</summary>
internal sealed record ObjectShape(string Description, params (string Name, StateShape Shape)[] Members) : StateShape(Description)
{
    /// <summary>The members that may not be left out.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    public override JsonNode? Checked(JsonNode? node, StateProblems problems, string path)
    {
        JsonObject known = [];
        if (node is not (null or JsonObject)) problems.Add(path, $"must be an object with {Allowed}, not {Kind(node)}");
        foreach ((string name, JsonNode? value) in node as JsonObject ?? [])
        {
            string at = StateProblems.Join(path, name);
            (string? member, StateShape? shape) = Members.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (member is null)
            {
                string meant = Spelling.Near(name, [.. Members.Select(m => m.Name)]) is { } near ? $"; did you mean '{near}'?" : ".";
                problems.Add(at, $"is not a known member{meant} Allowed there: {Allowed}");
            }
            else if (!known.TryAdd(member, shape!.Checked(value, problems, at))) problems.Add(at, "is there twice");
        }
        foreach (string missing in Required.Where(r => !known.ContainsKey(r) && node is null or JsonObject))
            problems.Add(path, $"needs '{missing}'");
        return known;
    }

    protected override void Describe(JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = false;
        schema["properties"] = new JsonObject(Members.Select(m => new KeyValuePair<string, JsonNode?>(m.Name, m.Shape.Schema())));
        if (Required.Count > 0) schema["required"] = new JsonArray([.. Required.Select(r => JsonValue.Create(r))]);
    }

    private string Allowed => string.Join(", ", Members.Select(m => m.Name));
}

/// <summary>What is wrong with a state file.</summary>
internal sealed class StateProblems
{
    private readonly List<string> _problems = [];

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Add(string path, string problem) =>
        _problems.Add($"{(path.Length == 0 ? "the file" : path)} {problem.TrimEnd('.')}.");

    /// <summary>Runs a check whose error belongs to a place of the file.</summary>
    public T? At<T>(string path, Func<T> check)
    {
        try { return check(); }
        catch (PizzaException e)
        {
            _problems.Add($"{path}: {e.Message}");
            return default;
        }
    }

    /// <exception cref="PizzaException"><c>InvalidStateFile</c>: lists all problems.</exception>
    public void ThrowIfAny(string file)
    {
        if (_problems.Count > 0) throw StateErrors.Invalid(file, _problems);
    }
}

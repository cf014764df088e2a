using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Support;

internal enum Wire { Json, Query }

/// <summary>Holds a value against a shape of AWS's model: members, types, what is required, lengths, ranges, enumerations and
/// patterns.</summary>
internal sealed class ShapeChecker(JsonElement shapes)
{
    public void Check(string name, JsonElement value, string path, List<string> problems, Wire wire)
    {
        JsonElement shape = shapes.GetProperty(name);
        string type = shape.GetProperty("type").GetString()!;
        switch (type)
        {
            case "structure" when value.ValueKind == JsonValueKind.Object: Structure(shape, value, path, problems, wire); break;
            case "list" when value.ValueKind == JsonValueKind.Array:
                Size(shape, value.GetArrayLength(), path, problems);
                int i = 0;
                foreach (JsonElement item in value.EnumerateArray())
                    Check(shape.GetProperty("member").GetProperty("shape").GetString()!, item, $"{path}[{i++}]", problems, wire);
                break;
            case "map" when value.ValueKind == JsonValueKind.Object:
                foreach (JsonProperty entry in value.EnumerateObject())
                    Check(shape.GetProperty("value").GetProperty("shape").GetString()!, entry.Value, $"{path}.{entry.Name}", problems,
                        wire);
                break;
            case "structure" or "list" or "map": problems.Add($"{path} is {value.ValueKind}, not a {type}"); break;
            default: Scalar(shape, type, value, path, problems, wire); break;
        }
    }

    /// <summary>The same for an XML answer of the Query protocol.</summary>
    public void Check(string name, XElement value, string path, List<string> problems)
    {
        JsonElement shape = shapes.GetProperty(name);
        switch (shape.GetProperty("type").GetString()!)
        {
            case "structure":
                JsonElement members = shape.GetProperty("members");
                foreach (XElement child in value.Elements())
                {
                    if (members.TryGetProperty(child.Name.LocalName, out JsonElement member))
                        Check(member.GetProperty("shape").GetString()!, child, $"{path}.{child.Name.LocalName}", problems);
                    else problems.Add($"{path} has no member {child.Name.LocalName}");
                }
                problems.AddRange(
                    Required(shape).Where(r => value.Elements().All(e => e.Name.LocalName != r)).Select(r => $"{path}.{r} is required"));
                break;
            case "list":
                foreach (XElement item in value.Elements())
                {
                    if (item.Name.LocalName != "member") problems.Add($"{path} holds {item.Name.LocalName}, not member");
                    else Check(shape.GetProperty("member").GetProperty("shape").GetString()!, item, path + ".member", problems);
                }
                break;
            case "map":
                problems.AddRange(
                    value.Elements().Where(e => e.Name.LocalName != "entry").Select(e => $"{path} holds {e.Name.LocalName}, not entry"));
                foreach (XElement entry in value.Elements())
                    Check(shape.GetProperty("value").GetProperty("shape").GetString()!,
                        entry.Elements().First(e => e.Name.LocalName == "value"), path + ".value", problems);
                break;
            case var type:
                using (JsonDocument text = JsonDocument.Parse(JsonSerializer.Serialize(value.Value)))
                    Scalar(shape, type, text.RootElement, path, problems, Wire.Query);
                break;
        }
    }

    public string ErrorCode(string name) =>
        shapes.GetProperty(name).TryGetProperty("error", out JsonElement error) && error.TryGetProperty("code", out JsonElement code)
            ? code.GetString()! : name;

    private void Structure(JsonElement shape, JsonElement value, string path, List<string> problems, Wire wire)
    {
        JsonElement members = shape.GetProperty("members");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!members.TryGetProperty(property.Name, out JsonElement member)) problems.Add($"{path} has no member {property.Name}");
            else if (property.Value.ValueKind == JsonValueKind.Null) problems.Add($"{path}.{property.Name} is null; it should be left out");
            else Check(member.GetProperty("shape").GetString()!, property.Value, $"{path}.{property.Name}", problems, wire);
        }
        problems.AddRange(Required(shape).Where(r => !value.TryGetProperty(r, out _)).Select(r => $"{path}.{r} is required"));
    }

    private static void Scalar(JsonElement shape, string type, JsonElement value, string path, List<string> problems, Wire wire)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        bool isText = value.ValueKind == JsonValueKind.String, isNumber = value.ValueKind == JsonValueKind.Number,
            query = wire == Wire.Query;
        bool right = type switch
        {
            "string" or "blob" => isText,
            "boolean" => query ? text is "true" or "false" : value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" or "long" => (query || isNumber) && long.TryParse(text, CultureInfo.InvariantCulture, out _),
            "float" or "double" => (query || isNumber) && double.TryParse(text, CultureInfo.InvariantCulture, out _),
            "timestamp" => query ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) : isNumber,
            _ => throw new NotSupportedException(type),
        };
        if (!right) problems.Add($"{path} is {value.GetRawText()}, not a {type}");
        else if (type == "string") Text(shape, text, path, problems);
        else if (type is "integer" or "long") Size(shape, long.Parse(text, CultureInfo.InvariantCulture), path, problems);
    }

    private static void Text(JsonElement shape, string text, string path, List<string> problems)
    {
        Size(shape, text.Length, path, problems);
        if (shape.TryGetProperty("enum", out JsonElement values) && values.EnumerateArray().All(v => v.GetString() != text))
            problems.Add($"{path} is '{text}', none of {values}");
        if (shape.TryGetProperty("pattern", out JsonElement pattern)
            && !Regex.IsMatch(text, $@"\A(?:{pattern.GetString()})\z", RegexOptions.ECMAScript))
            problems.Add($"{path} is '{text}', which does not match {pattern}");
    }

    private static void Size(JsonElement shape, long size, string path, List<string> problems)
    {
        if (shape.TryGetProperty("min", out JsonElement min) && size < min.GetInt64()) problems.Add($"{path}: {size} is below {min}");
        if (shape.TryGetProperty("max", out JsonElement max) && size > max.GetInt64()) problems.Add($"{path}: {size} is above {max}");
    }

    /// <summary>The members that a structure must have.</summary>
    public IReadOnlyList<string> Required(string name) => [.. Required(shapes.GetProperty(name))];

    private static IEnumerable<string> Required(JsonElement shape) =>
        shape.TryGetProperty("required", out JsonElement required) ? required.EnumerateArray().Select(r => r.GetString()!) : [];
}

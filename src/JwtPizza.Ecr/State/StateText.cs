using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>The format of a state file.</summary>
public enum StateFormat : long
{
    /// <summary>YAML.</summary>
    Yaml,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>A PowerShell data file.</summary>
    Psd1,
}

/// <summary>Writes the values of a state file as text.</summary>
internal static partial class StateText
{
    /// <summary>How JSON of the module's own is written.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The format that the name of a file says.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="PizzaException"><c>UnknownStateFormat</c>.</exception>
    public static StateFormat FormatOf(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".YML" or ".YAML" => StateFormat.Yaml,
        ".JSON" => StateFormat.Json,
        ".PSD1" => StateFormat.Psd1,
        _ => throw StateErrors.UnknownFormat(file),
    };

    /// <summary>The text of a file.</summary>
    /// <param name="tree">Its values.</param>
    /// <param name="format">Its format.</param>
    public static string Write(JsonObject tree, StateFormat format)
    {
        if (format is StateFormat.Json) return tree.ToJsonString(Json).ReplaceLineEndings("\n") + "\n";
        StringBuilder text = new();
        if (format is StateFormat.Yaml) Yaml(text, tree, 0);
        else Psd1(text, tree, 0);
        return text.Append(format is StateFormat.Yaml ? "" : "\n").ToString();
    }

    private static void Yaml(StringBuilder text, JsonObject map, int depth)
    {
        foreach ((string name, JsonNode? value) in map)
        {
            text.Append(' ', depth * 2).Append(YamlScalar(name)).Append(':');
            YamlValue(text, value, depth + 1);
        }
    }

    private static void YamlValue(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Yaml(text, map, depth);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (JsonNode? item in list) YamlItem(text, item, depth);
                break;
            default:
                text.Append(' ').Append(value switch
                {
                    JsonObject => "{}",
                    JsonArray => "[]",
                    _ => YamlLeaf(value),
                }).Append('\n');
                break;
        }
    }

    private static void YamlItem(StringBuilder text, JsonNode? item, int depth)
    {
        text.Append(' ', depth * 2).Append("- ");
        if (item is not JsonObject map)
        {
            text.Append(YamlLeaf(item)).Append('\n');
            return;
        }
        StringBuilder inner = new();
        Yaml(inner, map, depth + 1);
        text.Append(inner.ToString()[((depth + 1) * 2)..]);   // its first member stands behind the dash
    }

    private static string YamlLeaf(JsonNode? value) =>
        value?.GetValueKind() is JsonValueKind.String ? YamlScalar(value.GetValue<string>()) : value?.ToJsonString() ?? "null";

    private static string YamlScalar(string text) =>
        PlainYaml().IsMatch(text) && !ReservedInYaml().IsMatch(text) ? text
            : text.Any(char.IsControl) ? JsonSerializer.Serialize(text) : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static void Psd1(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append("@{\n");
                foreach ((string name, JsonNode? member) in map)
                {
                    text.Append(' ', (depth + 1) * 4).Append(BareWord().IsMatch(name) ? name : Quoted(name)).Append(" = ");
                    Psd1(text, member, depth + 1);
                    text.Append('\n');
                }
                text.Append(' ', depth * 4).Append('}');
                break;
            case JsonObject:
                text.Append("@{}");
                break;
            case JsonArray list when list.Any(i => i is JsonObject):
                text.Append("@(\n");
                foreach (JsonNode? item in list)
                {
                    text.Append(' ', (depth + 1) * 4);
                    Psd1(text, item, depth + 1);
                    text.Append('\n');
                }
                text.Append(' ', depth * 4).Append(')');
                break;
            case JsonArray list:
                text.Append("@(").Append(string.Join(", ", list.Select(Psd1Leaf))).Append(')');
                break;
            default:
                text.Append(Psd1Leaf(value));
                break;
        }
    }

    private static string Psd1Leaf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => Quoted(value.GetValue<string>()),
        JsonValueKind.True => "$true",
        JsonValueKind.False => "$false",
        null or JsonValueKind.Null => "$null",
        _ => value.ToJsonString(),
    };

    // PowerShell takes typographic quotes for quotes too
    private static string Quoted(string text) => $"'{AnyQuote().Replace(text, "$0$0")}'";

    [GeneratedRegex(@"\A[A-Za-z_/$](?:[A-Za-z0-9_./@+*$-]|:(?=[^\s]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainYaml();

    [GeneratedRegex(@"\A(?:true|false|null|yes|no|on|off|y|n)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReservedInYaml();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex BareWord();

    [GeneratedRegex("['\u2018\u2019\u201a\u201b]", RegexOptions.CultureInvariant)]
    private static partial Regex AnyQuote();
}

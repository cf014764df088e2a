using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>How the author of a document writes JSON, so that what we add looks the same.</summary>
/// <param name="NewLine">How a line ends.</param>
/// <param name="Unit">One step of indentation.</param>
/// <param name="Colon">The colon with what follows it.</param>
/// <param name="Gap">What follows a comma within a line.</param>
internal sealed record JsonStyle(string NewLine, string Unit, string Colon, string Gap)
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonStyle Of(string text, JsonPart root)
    {
        JsonPart? first = root.Children.FirstOrDefault();
        string before = first is null ? "" : text[(root.Start + 1)..first.Begin];
        int line = before.LastIndexOf('\n') + 1;
        bool airy = text.Contains(": ", StringComparison.Ordinal) || line > 0;
        return new(text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n",
            line > 0 && line < before.Length ? before[line..] : "  ", airy ? ": " : ":", airy ? " " : "");
    }

    // Not by JsonSerializer, which would look the type up by reflection and make a converter for every type it knows.
    public static string Quote(string text) => JsonValue.Create(text).ToJsonString(s_readable);

    /// <summary>The value as text.</summary>
    /// <param name="value">What to write.</param>
    /// <param name="indent">The indentation of the line that it starts on; null writes all of it in one line.</param>
    public string Write(JsonNode? value, string? indent)
    {
        string? inner = indent is null ? null : indent + Unit;
        return value switch
        {
            JsonObject o => Container('{', [.. o.Select(m => Quote(m.Key) + Colon + Write(m.Value, inner))], '}', indent),
            JsonArray a => Container('[', [.. a.Select(e => Write(e, inner))], ']', indent),
            _ => value?.ToJsonString(s_readable) ?? "null",
        };
    }

    private string Container(char open, string[] items, char close, string? indent) => indent is null || items.Length == 0
        ? open + string.Join("," + Gap, items) + close
        : open + NewLine + indent + Unit + string.Join("," + NewLine + indent + Unit, items) + NewLine + indent + close;
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>Parameters as the call log keeps them: without secrets, and no larger than a record may be.</summary>
internal sealed partial class Redaction
{
    /// <summary>The most that the parameters of one call weigh, in characters; what is over is left out.</summary>
    public const int Limit = 64 * 1024;
    private const int PerValue = 32;
    private const string Redacted = "(redacted)", Cut = "(cut)";
    private int _left = Limit;

    private Redaction() { }

    public static Dictionary<string, object?> Of(JsonElement input) => new Redaction().Members(input);

    public static Dictionary<string, object?> Of(IEnumerable<KeyValuePair<string, string>> fields)
    {
        Redaction redaction = new();
        Dictionary<string, object?> kept = Empty();
        foreach ((string name, string value) in fields)
            if (redaction._left > 0) kept[redaction.Text(name)] = IsSecret(name) ? Redacted : redaction.Text(value);
        return kept;
    }

    public static Dictionary<string, object?> Empty() => new(StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, object?> Members(JsonElement input)
    {
        Dictionary<string, object?> kept = Empty();
        bool namesSecret = NamesSecret(input);
        foreach (JsonProperty member in input.EnumerateObject())
        {
            if (_left <= 0) break;
            kept[Text(member.Name)] = IsSecret(member.Name) || (namesSecret && member.NameEquals("value")) ? Redacted
                : member.Name.EndsWith("Blob", StringComparison.Ordinal) ? "(binary)"
                : Value(member.Value);
        }
        return kept;
    }

    private object? Value(JsonElement value)
    {
        _left -= PerValue;
        return value.ValueKind switch
        {
            JsonValueKind.Object => Members(value),
            JsonValueKind.Array => value.EnumerateArray().TakeWhile(_ => _left > 0).Select(Value).ToArray(),
            JsonValueKind.Number => value.TryGetInt64(out long number) ? (object)number : value.GetDouble(),
            JsonValueKind.String => Text(TextOf(value)),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
    }

    private string Text(string text)
    {
        int room = Math.Max(0, _left);
        _left -= text.Length + PerValue;
        return WebToken().Replace(text.Length <= room ? text : text[..room] + Cut, Redacted);
    }

    /// <summary>A pair like <c>{"name":"DB_PASSWORD","value":"…"}</c>, as task definitions have them.</summary>
    private static bool NamesSecret(JsonElement pair) =>
        pair.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String && IsSecret(TextOf(name));

    private static string TextOf(JsonElement value)
    {
        try { return value.GetString() ?? ""; }
        catch (InvalidOperationException) { return "(not text)"; }   // half a surrogate pair
    }

    private static bool IsSecret(string name) =>
        SecretName().IsMatch(name) && !name.Equals("nextToken", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("password|passwd|secret|token|authorization|signature|credential|private_?key|api_?key",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}", RegexOptions.CultureInvariant)]
    private static partial Regex WebToken();
}

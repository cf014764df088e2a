using System.Text;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>Options of docker that are one line of CSV: <c>key=value,key=value</c>, a field with a comma in quotes.</summary>
internal static class OptionFields
{
    public static IEnumerable<(string Key, string Value)> Of(string text) =>
        Split(text).Select(field => field.Split('=', 2))
            .Select(pair => (pair[0].Trim().ToLowerInvariant(), pair.Length > 1 ? pair[1] : ""));

    public static string Join(IEnumerable<(string Key, string Value)> fields) =>
        string.Join(',', fields.Select(f => Quote($"{f.Key}={f.Value}")));

    private static string Quote(string field) =>
        field.AsSpan().ContainsAny(',', '"') ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private static IEnumerable<string> Split(string text)
    {
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[++i]);
            else if (text[i] == '"') quoted = !quoted;
            else if (text[i] == ',' && !quoted)
            {
                yield return field.ToString();
                field.Clear();
            }
            else field.Append(text[i]);
        }
        yield return field.ToString();
    }
}

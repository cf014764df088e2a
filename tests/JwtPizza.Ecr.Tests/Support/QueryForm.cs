using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>The Query protocol's forms: <c>A.member.1.B=x</c> is <c>{"A":[{"B":"x"}]}</c>.</summary>
internal static class QueryForm
{
    /// <summary>Reads a form body.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string body) =>
        body.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2))
            .ToDictionary(p => Decode(p[0]), p => Decode(p.ElementAtOrDefault(1) ?? ""));

    public static JsonElement ToJson(IEnumerable<KeyValuePair<string, string>> form)
    {
        JsonObject root = [];
        foreach ((string name, string value) in form.OrderBy(p => p.Key, StringComparer.Ordinal)) Put(root, name.Split('.'), value);
        return JsonSerializer.SerializeToElement(root);
    }

    private static void Put(JsonObject into, ReadOnlySpan<string> path, string value)
    {
        if (path is [var name]) into[name] = value;
        else if (path is [var list, "member", var index, .. var rest])
        {
            JsonArray items = into[list] as JsonArray ?? (JsonArray)(into[list] = new JsonArray());
            int i = int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) - 1;
            if (rest is []) { items.Add(value); return; }
            while (items.Count <= i) items.Add(new JsonObject());
            Put(items[i]!.AsObject(), rest, value);
        }
        else Put(into[path[0]] as JsonObject ?? (JsonObject)(into[path[0]] = new JsonObject()), path[1..], value);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

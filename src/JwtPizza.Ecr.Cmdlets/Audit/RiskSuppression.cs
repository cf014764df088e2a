using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Audit;

/// <summary>Findings that a user has accepted.</summary>
/// <param name="Id">The rule, with wildcards.</param>
/// <param name="Target">What it is about, with wildcards.</param>
/// <param name="Reason">Why; null where none is given.</param>
internal sealed record RiskSuppression(string Id, string Target, string? Reason)
{
    public bool Fits(PizzaRisk risk) => NamePattern.Of(Id)(risk.Id) && NamePattern.Of(Target)(risk.Target);
}

/// <summary>Reads a file of accepted findings: JSON, or a PowerShell data file.</summary>
internal static class RiskSuppressionFile
{
    private const string List = "Suppressions";

    /// <exception cref="PizzaException"><c>InvalidSuppression</c>.</exception>
    public static RiskSuppression[] Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            JsonNode? read = Path.GetExtension(path).Equals(".psd1", StringComparison.OrdinalIgnoreCase)
                ? DataFile.Read(text, problem => Wrong(path, problem.TrimEnd('.')))
                : JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip });
            return (read is JsonObject table && Member(table, List) is { } list ? list : read) switch
            {
                JsonArray entries => [.. entries.Select(e => Entry(path, e))],
                JsonObject one => [Entry(path, one)],
                _ => throw Wrong(path, "it is not a list"),
            };
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong(path, e.Message.TrimEnd('.'), e);
        }
    }

    private static RiskSuppression Entry(string path, JsonNode? entry)
    {
        if (entry is not JsonObject table) throw Wrong(path, $"'{entry}' is not an entry with Id and Target");
        string[] known = [nameof(RiskSuppression.Id), nameof(RiskSuppression.Target), nameof(RiskSuppression.Reason)];
        if (table.Select(m => m.Key).FirstOrDefault(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw Wrong(path, $"an entry has the member '{unknown}'; the members are {string.Join(", ", known)}");
        if (Member(table, known[0]) is not JsonValue id || $"{id}".Length == 0
            || Member(table, known[1]) is not JsonValue target || $"{target}".Length == 0)
            throw Wrong(path, "an entry lacks Id or Target");
        return new($"{id}", $"{target}", Member(table, known[2])?.ToString());
    }

    private static JsonNode? Member(JsonObject table, string name) =>
        table.FirstOrDefault(m => name.Equals(m.Key, StringComparison.OrdinalIgnoreCase)).Value;

    private static PizzaException Wrong(string path, string why, Exception? cause = null) =>
        new("InvalidSuppression", PizzaErrorKind.InvalidData,
        $"'{path}' cannot be used as -Suppression: {why}. It looks like " +
        """[{ "Id": "NoLifecycle", "Target": "repository archive-*", "Reason": "kept for ever" }].""", path, cause);
}

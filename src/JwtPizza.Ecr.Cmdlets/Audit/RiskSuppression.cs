using System.Collections;
using System.Management.Automation.Language;
using System.Text.Json;
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
            object? read = Path.GetExtension(path).Equals(".psd1", StringComparison.OrdinalIgnoreCase)
                ? DataFile(path) : Plain(JsonDocument.Parse(File.ReadAllText(path), new() { CommentHandling = JsonCommentHandling.Skip })
                    .RootElement);
            object? entries = read is IDictionary table && Member(table, List) is { } list ? list : read;
            return [.. (entries is IDictionary one ? new object[] { one } : entries as object?[] ?? throw Wrong(path, "it is not a list"))
                .Select(e => Entry(path, e))];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw Wrong(path, e.Message.TrimEnd('.'), e);
        }
    }

    private static RiskSuppression Entry(string path, object? entry)
    {
        if (entry is not IDictionary table) throw Wrong(path, $"'{entry}' is not an entry with Id and Target");
        string[] known = [nameof(RiskSuppression.Id), nameof(RiskSuppression.Target), nameof(RiskSuppression.Reason)];
        if (table.Keys.Cast<object>().FirstOrDefault(k => !known.Contains($"{k}", StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw Wrong(path, $"an entry has the member '{unknown}'; the members are {string.Join(", ", known)}");
        if (Member(table, known[0]) is not string { Length: > 0 } id || Member(table, known[1]) is not string { Length: > 0 } target)
            throw Wrong(path, "an entry lacks Id or Target");
        return new(id, target, Member(table, known[2]) as string);
    }

    private static object? Member(IDictionary table, string name) => table.Keys.Cast<object>()
        .Where(k => name.Equals($"{k}", StringComparison.OrdinalIgnoreCase)).Select(k => table[k]).FirstOrDefault();

    /// <summary>Only the values of the file; nothing in it is run.</summary>
    private static object? DataFile(string path)
    {
        ScriptBlockAst file = Parser.ParseInput(File.ReadAllText(path), out _, out ParseError[] errors);
        if (errors is [var first, ..]) throw Wrong(path, first.Message);
        return file.Find(a => a is HashtableAst, searchNestedScriptBlocks: false) is HashtableAst table ? table.SafeGetValue()
            : throw Wrong(path, "it holds no table");
    }

    private static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(p => p.Name, p => Plain(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.String => json.GetString(),
        _ => json.GetRawText(),
    };

    private static PizzaException Wrong(string path, string why, Exception? cause = null) =>
        new("InvalidSuppression", PizzaErrorKind.InvalidData,
        $"'{path}' cannot be used as -Suppression: {why}. It looks like " +
        """[{ "Id": "NoLifecycle", "Target": "repository archive-*", "Reason": "kept for ever" }].""", path, cause);
}

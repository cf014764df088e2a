using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Services.State;

/// <summary>Reads and writes state files: YAML, JSON and PowerShell data files, by the end of their names.</summary>
internal static class StateFiles
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dataFile">Reads the text of a PowerShell data file with this name.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PizzaException"><c>StateFileNotFound</c>, <c>StateFileNotAccessible</c>, <c>UnknownStateFormat</c>,
    /// <c>InvalidStateFile</c>.</exception>
    public static async Task<PizzaState> ReadAsync(
        string path, Func<string, string, JsonNode?> dataFile, CancellationToken cancellationToken)
    {
        StateFormat format = StateText.FormatOf(path);
        string text = await TextAsync(path, cancellationToken).ConfigureAwait(false);
        return StateReader.Read(format switch
        {
            StateFormat.Yaml => Yaml(text, path),
            StateFormat.Json => Json(text, path),
            _ => dataFile(text, path),
        }, path);
    }

    /// <summary>Writes a file, unless it says the same already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="PizzaException"><c>StateFileNotAccessible</c>.</exception>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(path, text, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw StateErrors.NotAccessible(path, e); }
    }

    /// <summary>The text of a file; null when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<string?> TryTextAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path) ? await TextAsync(path, cancellationToken).ConfigureAwait(false) : null;

    private static async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        try { return await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw StateErrors.NotAccessible(path, e); }
    }

    private static JsonNode? Json(string text, string path)
    {
        try { _ = JsonText.Parse(text, $"'{path}'", path); }   // names the place, also of a key that is there twice
        catch (PizzaException e) { throw StateErrors.Invalid(path, [e.Message], e); }
        return JsonNode.Parse(text);
    }

    private static JsonNode? Yaml(string text, string path)
    {
        try { return YamlReader.Read(text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n'), path) is { } root ? Node(root) : null; }
        catch (PizzaException e) when (e.ErrorId == "WorkflowNotYaml") { throw StateErrors.Invalid(path, [e.Message], e); }
    }

    private static JsonNode? Node(YamlPlace place) => place switch
    {
        { Entries: { } entries } =>
            new JsonObject(entries.Select(e => KeyValuePair.Create(e.Key.Text ?? "", Node(e.Value)))),
        { Items: { } items } => new JsonArray([.. items.Select(Node)]),
        { IsPlain: true, Text: "" or "~" or "null" or "Null" or "NULL" } => null,
        { IsPlain: true, Text: "true" or "True" or "TRUE" } => true,
        { IsPlain: true, Text: "false" or "False" or "FALSE" } => false,
        { IsPlain: true, Text: { } digits } when IsNumber(digits) => JsonValue.Create(long.Parse(digits, CultureInfo.InvariantCulture)),
        _ => place.Text,
    };

    // An account that begins with a zero is its digits.
    private static bool IsNumber(string text) =>
        text.Length is > 0 and < 19 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');
}

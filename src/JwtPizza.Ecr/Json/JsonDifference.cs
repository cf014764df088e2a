using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>What an edit changes in a JSON document, line by line, for a reader.</summary>
public static class JsonDifference
{
    private static readonly JsonSerializerOptions s_indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The lines that differ, each with <c>-</c> or <c>+</c> before it, and up to three equal lines around them. Empty when the
    /// documents say the same.</summary>
    /// <param name="before">The JSON as it is; null when there is none yet.</param>
    /// <param name="after">The JSON as it would be; null when it would be gone.</param>
    public static string Between(string? before, string? after) => TextDifference.Between(Lines(before), Lines(after));

    /// <summary>Compact documents are one line, so both are laid out anew before they are compared.</summary>
    private static string[] Lines(string? json) =>
        json is null ? [] : JsonNode.Parse(json)!.ToJsonString(s_indented).ReplaceLineEndings("\n").Split('\n');
}

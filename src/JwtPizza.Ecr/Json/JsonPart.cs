using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>A value in a <see cref="JsonText"/>: what it says, and which characters of the text it is.</summary>
internal sealed class JsonPart
{
    public required JsonTokenType Kind { get; init; }

    /// <summary>Where it is, for messages and for finding it again after an edit: <c>$.Statement[0].Condition</c>.</summary>
    public required string Path { get; init; }

    public required JsonPart? Parent { get; init; }

    /// <summary>The key, unescaped, when this is a member of an object.</summary>
    public string? Name { get; init; }

    /// <summary>The value, unescaped, when it is a string.</summary>
    public string? String { get; init; }

    /// <summary>Where the text of the part begins: at the key if it has one, else at the value.</summary>
    public required int Begin { get; init; }

    /// <summary>Where the value begins.</summary>
    public required int Start { get; init; }

    /// <summary>Just behind the value.</summary>
    public int End { get; set; }

    /// <summary>Members or elements, in the order of the text.</summary>
    public List<JsonPart> Children { get; } = [];

    public bool IsObject => Kind is JsonTokenType.StartObject;

    public bool IsArray => Kind is JsonTokenType.StartArray;

    /// <summary>IAM's "one value or an array of them", as an array.</summary>
    public IReadOnlyList<JsonPart> OneOrMany => IsArray ? Children : [this];

    public JsonPart? this[string name] => IsObject ? Children.Find(c => c.Name == name) : null;
}

using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>Reads a text into the tree of its <see cref="JsonPart"/>s.</summary>
internal sealed class JsonTextReader(string text)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[] _utf8 = s_strict.GetBytes(text);
    private int _bytes, _chars;

    public JsonPart Read()
    {
        Utf8JsonReader reader = new(_utf8);
        reader.Read();
        JsonPart root = Value(ref reader, null, "$", null, null);
        while (reader.Read()) { }   // throws when something follows
        return root;
    }

    private JsonPart Value(ref Utf8JsonReader reader, JsonPart? parent, string path, string? name, int? begin)
    {
        int start = Char(reader.TokenStartIndex);
        JsonPart part = new()
        {
            Kind = reader.TokenType, Path = path, Parent = parent, Name = name, Start = start, Begin = begin ?? start,
            String = reader.TokenType is JsonTokenType.String ? reader.GetString() : null,
        };
        if (part.IsObject) Members(ref reader, part);
        else if (part.IsArray) Elements(ref reader, part);
        part.End = Char(reader.BytesConsumed);
        return part;
    }

    private void Members(ref Utf8JsonReader reader, JsonPart part)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            int begin = Char(reader.TokenStartIndex);
            string name = reader.GetString()!;
            reader.Read();
            part.Children.Add(Value(ref reader, part, $"{part.Path}{Step(name)}", name, begin));
        }
    }

    private void Elements(ref Utf8JsonReader reader, JsonPart part)
    {
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            part.Children.Add(Value(ref reader, part, $"{part.Path}[{part.Children.Count}]", null, null));
    }

    private static string Step(string name) => name.Length > 0 && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-') ? $".{name}"
        : $"['{name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}']";

    /// <summary>The reader counts bytes of UTF-8 and only goes forward; we count characters.</summary>
    private int Char(long bytes)
    {
        _chars += s_strict.GetCharCount(_utf8, _bytes, (int)bytes - _bytes);
        _bytes = (int)bytes;
        return _chars;
    }
}

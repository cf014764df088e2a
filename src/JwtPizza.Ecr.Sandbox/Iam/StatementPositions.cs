using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Where in a document its statements begin and end, as the simulator tells it: behind the brace, lines and columns from
/// 1.</summary>
internal static class StatementPositions
{
    internal readonly record struct Position(int Line, int Column);

    /// <summary>A pair for each statement.</summary>
    public static IReadOnlyList<(Position Start, Position End)> Of(string document)
    {
        byte[] json = Encoding.UTF8.GetBytes(document);
        List<(Position, Position)> positions = [];
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool statements = reader.ValueTextEquals("Statement");
            reader.Read();
            if (!statements)
            {
                reader.Skip();
                continue;
            }
            positions.Clear();   // of two equal keys the last one counts
            if (reader.TokenType == JsonTokenType.StartObject) positions.Add(Of(ref reader, json));
            else while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) positions.Add(Of(ref reader, json));
        }
        return positions;
    }

    private static (Position, Position) Of(ref Utf8JsonReader reader, byte[] json)
    {
        Position start = At(json, (int)reader.TokenStartIndex + 1);
        reader.Skip();
        return (start, At(json, (int)reader.TokenStartIndex + 1));
    }

    private static Position At(byte[] json, int index)
    {
        ReadOnlySpan<byte> before = json.AsSpan(0, index);
        return new(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}

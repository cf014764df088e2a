using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>A digest as its text, also as the name of a member.</summary>
internal sealed class DigestConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.GetString());

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override Digest ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Of(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Value);

    private static Digest Of(string? text) =>
        Digest.TryParse(text, out Digest digest) ? digest : throw new JsonException($"'{text}' is not a digest.");
}

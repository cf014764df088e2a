using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr;

/// <summary>
/// A list on a record that is equal to another with the same items in the same order, so that two reads of the same image are
/// <c>-eq</c>; as text, in a CSV file for example, its items are joined by a comma.
/// </summary>
/// <typeparam name="T">The items, which are compared by value.</typeparam>
[JsonConverter(typeof(ValueListConverter))]
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : ReadOnlyCollection<T>, IEquatable<ValueList<T>>
{
    /// <summary>A list of some items. PowerShell makes one of a single value or of an array by it.</summary>
    /// <param name="items">The items, which are copied.</param>
    public ValueList(IEnumerable<T> items) : base([.. items]) { }

    /// <summary>The number of items, as an array calls it.</summary>
    public int Length => Count;

    /// <summary>A list of the items of an array; null for null.</summary>
    /// <param name="items">The items, which are copied.</param>
    [return: NotNullIfNotNull(nameof(items))]
    public static implicit operator ValueList<T>?(T[]? items) => items is null ? null : new(items);

    /// <summary>Whether the other list holds equal items in the same order.</summary>
    /// <param name="other">The other list.</param>
    public bool Equals(ValueList<T>? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (T item in this) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The items, joined by a comma and a space.</summary>
    public override string ToString() => string.Join(", ", this);
}

/// <summary>Makes lists of values.</summary>
public static class ValueList
{
    /// <summary>A list of some items.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="items">The items.</param>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new((IEnumerable<T>)items.ToArray());
}

/// <summary>A list of values is an array in JSON.</summary>
internal sealed class ValueListConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => true;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Of<T> : JsonConverter<ValueList<T>>
    {
        public override ValueList<T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T[]>(ref reader, options);

        public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (T item in value) JsonSerializer.Serialize(writer, item, options);
            writer.WriteEndArray();
        }
    }
}

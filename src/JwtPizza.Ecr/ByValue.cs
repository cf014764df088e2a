using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace JwtPizza.Ecr;

/// <summary>
/// Equality of records that hold tables: entry by entry, where the compiler's own compares them by reference. Lists know it by themselves
/// (<see cref="ValueList{T}"/>).
/// </summary>
internal static class ByValue
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    /// <summary>Whether two records hold the same.</summary>
    public static bool Equal<T>(T one, T? other) where T : class =>
        ReferenceEquals(one, other) || (other is not null && FieldsOf(typeof(T)).All(f => Same(f.GetValue(one), f.GetValue(other))));

    /// <summary>A hash code that equal records share.</summary>
    public static int Hash<T>(T record) where T : class
    {
        HashCode hash = new();
        foreach (FieldInfo field in FieldsOf(typeof(T))) Add(ref hash, field.GetValue(record));
        return hash.ToHashCode();
    }

    private static FieldInfo[] FieldsOf(Type type) =>
        s_fields.GetOrAdd(type, static t => t.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public));

    private static bool Same(object? one, object? other) => (one, other) switch
    {
        (string, _) or (null, _) or (_, null) => Equals(one, other),
        (IDictionary a, IDictionary b) => a.Count == b.Count && a.Keys.Cast<object>().All(k => b.Contains(k) && Same(a[k], b[k])),
        (ICollection a, ICollection b) => a.Count == b.Count && a.Cast<object?>().Zip(b.Cast<object?>(), Same).All(same => same),
        _ => Equals(one, other),
    };

    private static void Add(ref HashCode hash, object? value)
    {
        if (value is IDictionary table) hash.Add(table.Count);   // in whatever order
        else if (value is ICollection items) foreach (object? item in items) Add(ref hash, item);
        else hash.Add(value);
    }
}

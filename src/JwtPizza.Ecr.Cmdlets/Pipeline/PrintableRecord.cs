using System.Collections.Concurrent;
using System.Reflection;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>A record whose texts can be shown: a view prints properties as they are.</summary>
internal static class PrintableRecord
{
    private const string Own = nameof(JwtPizza);
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> s_texts = new();

    /// <summary>Makes the texts of one of our records, and of those in it, printable.</summary>
    public static void Clean(object? value)
    {
        if (value is null || !IsOwn(value.GetType())) return;
        foreach (PropertyInfo property in s_texts.GetOrAdd(value.GetType(), TextsOf))
        {
            switch (property.GetValue(value))
            {
                case string text when Shown(text) is var shown && !ReferenceEquals(shown, text): property.SetValue(value, shown); break;
                case ValueList<string> texts:
                    ValueList<string> shownTexts = [.. texts.Select(Shown)];
                    if (!shownTexts.Equals(texts)) property.SetValue(value, shownTexts);
                    break;
                case IEnumerable<object> records:
                    foreach (object record in records) Clean(record);
                    break;
                case { } record: Clean(record); break;
            }
        }
    }

    private static PropertyInfo[] TextsOf(Type type) =>
        [.. type.GetProperties()
            .Where(p => p.SetMethod is { } set && p.GetIndexParameters() is []
                && (p.PropertyType == typeof(string) || IsOwn(p.PropertyType)))];

    // Enumerations and values hold no text.
    private static bool IsOwn(Type type) => !type.IsValueType && type.Namespace?.StartsWith(Own, StringComparison.Ordinal) == true;

    private static string Shown(string text) =>
        text is null ? null! : text.AsSpan().TrimStart() is ['{' or '[', ..] ? Printable.OfJson(text) : Printable.Of(text);
}

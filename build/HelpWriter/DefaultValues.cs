using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HelpWriter;

/// <summary>
/// The default values of a cmdlet's parameters: what a new instance of it holds, and where that is nothing, what the text of the parameter
/// says, as for a default that is worked out at run time.
/// </summary>
internal sealed partial class DefaultValues(Type cmdlet)
{
    private readonly object _instance = Activator.CreateInstance(cmdlet)!;

    /// <summary>The default as help shows it; null when there is none to tell.</summary>
    public string? Of(ParameterInfo parameter, string[] text) =>
        parameter.Required ? null : Initial(parameter) ?? (parameter.IsSwitch ? "False" : Told(text));

    /// <summary>A default that the code has and the text of the parameter contradicts; null when they agree. A single character ('.', '*',
    /// '1') is what a text puts into words.</summary>
    public string? Contradiction(ParameterInfo parameter, string[] text) =>
        !parameter.Required && Initial(parameter) is { } value && Told(text) is { } told
            && !told.Contains(value, StringComparison.OrdinalIgnoreCase) && value.Length > 1
            ? $"has the default '{value}', and its text says '{told}'" : null;

    private string? Initial(ParameterInfo parameter) =>
        parameter.Property.GetValue(_instance) is { } value && !IsEmpty(value) ? Text(value) : null;

    // What a type has when nothing was said stands for "not given" in most parameters: 0 for a port, the year 1 for a time.
    private static bool IsEmpty(object value) => value switch
    {
        string text => text.Length == 0,
        IDictionary or ICollection { Count: 0 } => true,
        Enum => false,
        ValueType => value.Equals(Activator.CreateInstance(value.GetType())),
        _ => false,
    };

    private static string Text(object value) => value switch
    {
        string text => text,
        IEnumerable many => string.Join(", ", many.Cast<object>().Select(Text)),
        bool => "True",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private static string? Told(string[] text) =>
        Sentence().Match(string.Join(' ', text)) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"(?:\bDefault: |\bThe default is )(.+?)(?=[.;](?:\s|$)|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Sentence();
}

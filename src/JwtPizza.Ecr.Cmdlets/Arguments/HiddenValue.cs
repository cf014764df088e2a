using System.Globalization;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Security;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>
/// A value that may be a secret, in any of the ways to give one: a SecureString, a PSCredential (its password), 'env:NAME' for the
/// environment variable of that name, or plain text.
/// </summary>
internal static partial class HiddenValue
{
    /// <summary>Reads a value.</summary>
    /// <param name="value">What the user gave.</param>
    /// <param name="name">What it is for, as an error says it.</param>
    /// <exception cref="PizzaException"><c>MissingValue</c>, <c>EnvironmentVariableNotSet</c>: names what is missing, never a
    /// value.</exception>
    public static HiddenText Of(object? value, string name) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        SecureString { Length: > 0 } secure => Open(secure),
        PSCredential { Password.Length: > 0 } credential => Open(credential.Password),
        string text when Variable().Match(text) is { Success: true } match => OfVariable(match.Groups[1].Value, name),
        string text => new(text.ToCharArray()),
        bool or char or Enum => new($"{value}".ToCharArray()),
        IFormattable number => new(number.ToString(null, CultureInfo.InvariantCulture).ToCharArray()),
        null or SecureString or PSCredential => throw new PizzaException("MissingValue", PizzaErrorKind.InvalidArgument,
            $"There is no value for {name}. Give a text, a SecureString, a PSCredential, or 'env:NAME' for an environment variable; " +
            "a variable such as $env:NAME that is not set is empty.", name),
        var other =>
            throw new PizzaException("InvalidValue", PizzaErrorKind.InvalidArgument, $"The value for {name} is a " +
                $"{other.GetType().Name}. Give a text, a SecureString, a PSCredential, or 'env:NAME' for an environment variable.", name),
    };

    private static HiddenText OfVariable(string variable, string name) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? new(value.ToCharArray())
        : throw new PizzaException("EnvironmentVariableNotSet", PizzaErrorKind.NotFound,
            $"The value for {name} must come from the environment variable {variable}, which is empty or not set. Set it; " +
            $"in GitHub Actions by 'env: {{ {variable}: ${{{{ secrets.{variable} }}}} }}' of the step.", variable);

    private static HiddenText Open(SecureString secure)
    {
        char[] text = new char[secure.Length];
        IntPtr copy = Marshal.SecureStringToGlobalAllocUnicode(secure);
        try { Marshal.Copy(copy, text, 0, text.Length); }
        finally { Marshal.ZeroFreeGlobalAllocUnicode(copy); }
        return new(text);
    }

    [GeneratedRegex(@"\A\$?env:([A-Za-z_][A-Za-z0-9_]*)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

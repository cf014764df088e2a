using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// A command that a text advises, ready to be pasted: values are quoted where PowerShell wants it, and what the user's own command said
/// about region, account, role and run is said again, because the advice is about the same thing.
/// </summary>
internal sealed partial class Advice
{
    private static readonly AsyncLocal<Func<string, IReadOnlyCollection<string>, IEnumerable<string>>?> s_said = new();
    private readonly List<string> _words;
    private readonly HashSet<string> _named = new(StringComparer.OrdinalIgnoreCase);

    private Advice(string cmdlet) => (Cmdlet, _words) = (cmdlet, [cmdlet]);

    private string Cmdlet { get; }

    /// <summary>What the running command says to a command that is advised, given its name and the parameters that the advice names itself;
    /// null where no command runs.</summary>
    public static Func<string, IReadOnlyCollection<string>, IEnumerable<string>>? Said
    {
        get => s_said.Value;
        set => s_said.Value = value;
    }

    /// <summary>A command.</summary>
    /// <param name="cmdlet">Its name.</param>
    /// <param name="values">The values of its first parameters, by position.</param>
    public static Advice Run(string cmdlet, params string[] values)
    {
        Advice advice = new(cmdlet);
        advice._words.AddRange(values.Select(Quoted));
        return advice;
    }

    /// <summary>The same with a parameter; without one when there is no value.</summary>
    public Advice With(string parameter, params IEnumerable<string?> values)
    {
        string[] there = [.. values.Where(v => !string.IsNullOrEmpty(v)).Select(v => Quoted(v!))];
        return there is [] ? this : Add(parameter, string.Join(", ", there));
    }

    /// <summary>The same with a switch, if it is on.</summary>
    public Advice Switch(string parameter, bool on = true) => on ? Add(parameter, null) : this;

    /// <summary>The same for somebody else to run: not as whom this command runs.</summary>
    public Advice ByAnother()
    {
        _named.Add("ProfileName");
        return this;
    }

    /// <summary>The command line.</summary>
    public override string ToString() => string.Join(' ', [.. _words, .. Said?.Invoke(Cmdlet, _named) ?? []]);

    /// <summary>A value as PowerShell reads it back.</summary>
    public static string Quoted(string value) => Plain().IsMatch(value) ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private Advice Add(string parameter, string? value)
    {
        _named.Add(parameter.TrimStart('-'));
        _words.Add(value is null ? parameter : $"{parameter} {value}");
        return this;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_./][A-Za-z0-9_./=+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}

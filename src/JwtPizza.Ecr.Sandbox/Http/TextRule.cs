using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What a parameter of the Query protocol may hold.</summary>
internal interface IParameterRule
{
    /// <summary>The constraint of AWS's service model that the value breaks, in the words of its request validator; null when it keeps them
    /// all.</summary>
    string? Broken(string value);
}

/// <summary>A text.</summary>
/// <param name="Min">Fewest characters.</param>
/// <param name="Max">Most characters.</param>
/// <param name="Pattern">What the whole text must match.</param>
/// <param name="Complaint">The end of AWS's sentence when the pattern fails, where it has one of its own.</param>
internal sealed record TextRule(int Min, int Max, Regex? Pattern = null, string? Complaint = null) : IParameterRule
{
    public string? Broken(string value) =>
        value.Length < Min ? $"Member must have length greater than or equal to {Min}"
        : value.Length > Max ? $"Member must have length less than or equal to {Max}"
        : Complaint is null && Pattern?.IsMatch(value) == false ? $"Member must satisfy regular expression pattern: {Shown}"
        : null;

    /// <summary>All that the members of a list have to keep; AWS does not say which of it one breaks.</summary>
    public string Constraints
    {
        get
        {
            List<string> all =
                [$"Member must have length less than or equal to {Max}", $"Member must have length greater than or equal to {Min}"];
            if (Pattern is not null) all.AddRange([$"Member must satisfy regular expression pattern: {Shown}", "Member must not be null"]);
            return $"Member must satisfy constraint: [{string.Join(", ", all)}]";
        }
    }

    private string Shown => Pattern!.ToString()[2..^2];   // without \A and \z
}

/// <summary>A number.</summary>
internal sealed record NumberRule(int Min, int Max) : IParameterRule
{
    public string? Broken(string value) =>
        !long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out long number) ? null
        : number < Min ? $"Member must have value greater than or equal to {Min}"
        : number > Max ? $"Member must have value less than or equal to {Max}"
        : null;
}

/// <summary>One of a few words.</summary>
internal sealed record EnumRule(params string[] Values) : IParameterRule
{
    public string? Broken(string value) => Values.Contains(value, StringComparer.Ordinal) ? null
        : $"Member must satisfy enum value set: [{string.Join(", ", Values)}]";
}

/// <summary>A list.</summary>
/// <param name="Max">Most members.</param>
/// <param name="Member">What each has to keep.</param>
internal sealed record ListRule(int Max, TextRule Member)
{
    public string? Broken(IReadOnlyList<string> values) =>
        values.Count > Max ? $"Member must have length less than or equal to {Max}"
        : values.Any(v => Member.Broken(v) is not null) ? Member.Constraints
        : null;
}

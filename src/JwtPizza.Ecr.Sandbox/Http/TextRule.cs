using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What a text parameter of the Query protocol may hold.</summary>
/// <param name="Min">Fewest characters.</param>
/// <param name="Max">Most characters.</param>
/// <param name="Pattern">What the whole text must match.</param>
/// <param name="Complaint">The rest of AWS's sentence when the pattern fails; without one, the pattern itself is told.</param>
internal sealed record TextRule(int Min, int Max, Regex? Pattern = null, string? Complaint = null)
{
    private const int Quoted = 200;

    /// <summary>The text, if it keeps the rule.</summary>
    public string Check(string parameter, string value)
    {
        if (value.Length < Min) throw Broken(parameter, value, $"Member must have length greater than or equal to {Min}");
        if (value.Length > Max) throw Broken(parameter, value, $"Member must have length less than or equal to {Max}");
        if (Pattern is null || Pattern.IsMatch(value)) return value;
        throw Complaint is null
            ? Broken(parameter, value, $"Member must satisfy regular expression pattern: {Pattern.ToString()[2..^2]}")   // without \A and \z
            : new ApiError("ValidationError", $"The specified value for {CamelCase(parameter)} is invalid. {Complaint}");
    }

    /// <summary>A parameter that breaks the service model, in the sentence of AWS's request validator.</summary>
    public static ApiError Broken(string parameter, string? value, string constraint)
    {
        string told = value is null ? "null" : $"'{(value.Length <= Quoted ? value : value[..Quoted] + "…")}'";
        return new("ValidationError", $"1 validation error detected: Value {told} at '{CamelCase(parameter)}' failed to satisfy constraint: {constraint}");
    }

    private static string CamelCase(string parameter) => char.ToLowerInvariant(parameter[0]) + parameter[1..];
}

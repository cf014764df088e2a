namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>What the calls of the sandbox are called, to tell a misspelt operation from one that nobody calls.</summary>
/// <param name="names">With their service: <c>ecr:PutImage</c>.</param>
internal sealed class OperationNames(IEnumerable<string> names)
{
    private const int Slips = 2, Told = 3;
    private readonly string[] _names = [.. names];

    public IReadOnlyList<string> All => _names;

    /// <summary>Whether an operation fits a pattern with <c>*</c> and <c>?</c>, that names the service or does not.</summary>
    public static bool Fits(string pattern, string service, string operation) =>
        IamPattern.Covers(pattern, operation, ignoreCase: true) || IamPattern.Covers(pattern, $"{service}:{operation}", ignoreCase: true);

    /// <summary>Whether any operation fits.</summary>
    public bool Know(string pattern) => _names.Any(n => n.Split(':') is [var service, var operation] && Fits(pattern, service, operation));

    /// <summary>The error for a pattern that no operation fits, with those that were perhaps meant.</summary>
    public PizzaException Unknown(string pattern)
    {
        string next = Near(pattern) is { Count: > 0 } near
            ? $"Perhaps you mean {string.Join(" or ", near)}." : "Get-PizzaSandboxCall shows how the calls of a client are named.";
        return new("UnknownOperation", PizzaErrorKind.InvalidArgument, $"The sandbox has no operation '{pattern}'. {next}", pattern);
    }

    /// <summary>Operations whose names differ from a text in a slip or two, or go on after it.</summary>
    public IReadOnlyList<string> Near(string text) =>
    [
        .. _names.Select(n => text.Contains(':', StringComparison.Ordinal) ? n : n.Split(':')[1]).Distinct()
            .Select(n => (Name: n, Distance: Spelling.Distance(n.ToUpperInvariant(), text.ToUpperInvariant())))
            .Where(n => n.Distance <= Slips || (text.Length > Slips && n.Name.StartsWith(text, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(n => n.Distance).Select(n => n.Name).Take(Told),
    ];
}

using System.Collections;

namespace JwtPizza.Ecr;

/// <summary>A node that a builder is to have.</summary>
public sealed record BuilderNodeRequest
{
    private static readonly string[] s_keys = [nameof(Endpoint), nameof(Name), nameof(Platform), nameof(Option)];

    /// <summary>A docker context, or an address (<c>ssh://user@host</c>, <c>tcp://host:2376</c>, <c>unix:///path</c>); null for the current
    /// docker, or for Kubernetes.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Its name within the builder; null lets buildx number it.</summary>
    public string? Name { get; init; }

    /// <summary>The platforms to be built on it; none leaves it to what it offers.</summary>
    public IReadOnlyList<Platform> Platform { get; init; } = [];

    /// <summary>Options of the driver for this node, for example <c>namespace</c> of Kubernetes.</summary>
    public IReadOnlyDictionary<string, string> Option { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a node: an endpoint, or a hashtable with Endpoint, Name, Platform and Option.</summary>
    /// <param name="value">For example <c>ssh://me@arm-host</c>, or <c>@{ Endpoint = 'ssh://me@arm-host'; Platform = 'linux/arm64'
    /// }</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidBuilderNode</c>, <c>InvalidPlatform</c>.</exception>
    public static BuilderNodeRequest Parse(object value)
    {
        if (value is not IDictionary said) return new() { Endpoint = Checked($"{value}", "an endpoint") };
        if (said.Keys.Cast<object>().FirstOrDefault(k => !s_keys.Contains($"{k}", StringComparer.OrdinalIgnoreCase)) is { } stray)
            throw Bad(
                $"'{stray}' is not a property of a node. Write @{{ Endpoint = …; Name = …; Platform = …; " +
                $"Option = @{{ … }} }}; each key is optional.", stray);
        return new()
        {
            Endpoint = Text(nameof(Endpoint)), Name = Text(nameof(Name)),
            Platform = [.. Items(Of(nameof(Platform))).Select(p => Ecr.Platform.Parse($"{p}"))],
            Option = Of(nameof(Option)) switch
            {
                null => new Dictionary<string, string>(),
                IDictionary options =>
                    options.Cast<DictionaryEntry>().ToDictionary(e => Checked($"{e.Key}", "the name of an option"), e => $"{e.Value}"),
                var other => throw Bad($"Option is '{other}', and must be a hashtable: @{{ namespace = 'buildkit' }}.", other),
            },
        };

        object? Of(string key) =>
            said.Keys.Cast<object>().FirstOrDefault(k => key.Equals($"{k}", StringComparison.OrdinalIgnoreCase)) is { } found
                ? said[found] : null;
        string? Text(string key) => Of(key) is { } text ? Checked($"{text}", key) : null;
    }

    /// <summary>The endpoint, else the name.</summary>
    public override string ToString() => Endpoint ?? Name ?? "this docker";

    private static IEnumerable<object?> Items(object? value) =>
        value is null ? [] : value is IEnumerable many and not string ? many.Cast<object?>() : [value];

    // What begins with a dash would be an option of docker's.
    private static string Checked(string text, string what) =>
        text.Length > 0 && text[0] != '-' && !text.Any(char.IsWhiteSpace) && !text.Any(char.IsControl)
        ? text
        : throw Bad($"'{text}' is not {what}: it must not be empty, begin with '-' or contain spaces. " +
            "Write a docker context or an address, for example 'ssh://arm-host'.", text);

    private static PizzaException Bad(string message, object? target) =>
        new("InvalidBuilderNode", PizzaErrorKind.InvalidArgument, message, target);
}

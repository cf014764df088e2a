using System.Globalization;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>Reads the parameters of a Query call that <see cref="ParameterRules"/> has checked.</summary>
internal static class QueryArguments
{
    /// <summary>A required text.</summary>
    public static string Required(this QueryCall call, string name) =>
        call[name] ?? throw new ApiError("ValidationError", $"The request must contain the parameter {name}.");

    public static int Number(this QueryCall call, string name, int fallback) =>
        call[name] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public static bool Flag(this QueryCall call, string name) => call[name] switch
    {
        null or "false" => false,
        "true" => true,
        string other => throw new ApiError("MalformedInput", $"'{other}' is neither true nor false, which {name} must be."),
    };

    /// <summary>The members of a list, numbered from 1.</summary>
    public static IReadOnlyList<string> Texts(this QueryCall call, string name)
    {
        List<string> members = [];
        while (call[$"{name}.member.{members.Count + 1}"] is { } member) members.Add(member);
        return members;
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Tags(this QueryCall call)
    {
        List<KeyValuePair<string, string>> tags = [];
        for (string at = "Tags.member.1"; call[at + ".Key"] is { } key; at = $"Tags.member.{tags.Count + 1}")
            tags.Add(new(key, call[at + ".Value"] ?? ""));
        return tags;
    }
}

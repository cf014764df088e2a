using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The resource tags of repositories: the ones for bills and rights, not those of images.</summary>
internal static class TagOperations
{
    private const int CountLimit = 50, KeyLimit = 128, ValueLimit = 256;

    public static JsonObject Tag(EcrCall call)
    {
        StoredRepository repository = Find(call);
        IReadOnlyList<JsonArguments> tags = call.Input.Objects("tags", 0, int.MaxValue) ?? throw JsonArguments.Missing("tags");
        repository.Set(s => s with { ResourceTags = Merge(repository.Name, s.ResourceTags, tags) });
        return [];
    }

    public static JsonObject Untag(EcrCall call)
    {
        StoredRepository repository = Find(call);
        IReadOnlyList<string> keys = call.Input.Texts("tagKeys", 0, int.MaxValue) ?? throw JsonArguments.Missing("tagKeys");
        repository.Set(s => s with { ResourceTags = s.ResourceTags.Where(t => !keys.Contains(t.Key)).ToDictionary() });
        return [];
    }

    public static JsonObject List(EcrCall call) =>
        Answer.Of(
            ("tags",
                Find(call).ResourceTags.OrderBy(t => t.Key, StringComparer.Ordinal)
                    .Select(t => Answer.Of(("Key", t.Key), ("Value", t.Value))).Array()));

    /// <summary>The tags of a repository with some more: all of them, or none.</summary>
    public static IReadOnlyDictionary<string, string> Merge(
        string repository, IReadOnlyDictionary<string, string> old, IReadOnlyList<JsonArguments> tags)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal);
        foreach (JsonArguments tag in tags)
            if (!wanted.TryAdd(Key(tag), Value(tag))) throw Illegal($"The tag key '{Key(tag)}' is given twice.");
        foreach ((string key, string value) in old) wanted.TryAdd(key, value);
        return wanted.Count <= CountLimit
            ? wanted
            : throw new ApiError("TooManyTagsException",
                string.Create(CultureInfo.InvariantCulture, $"The repository '{repository}' would have more than {CountLimit} tags."));
    }

    private static string Key(JsonArguments tag) => tag.RequiredText("Key") switch
    {
        { Length: 0 or > KeyLimit } key =>
            throw Illegal(
                string.Create(CultureInfo.InvariantCulture,
                    $"The tag key '{key}' has {key.Length} characters; 1 to {KeyLimit} are allowed.")),
        ['a' or 'A', 'w' or 'W', 's' or 'S', ':', ..] key => throw Illegal($"The tag key '{key}' starts with 'aws:', which is reserved."),
        var key => key,
    };

    private static string Value(JsonArguments tag) => tag.RequiredText("Value") is { Length: <= ValueLimit } value
        ? value
        : throw Illegal(
            string.Create(CultureInfo.InvariantCulture, $"The value of the tag '{Key(tag)}' has more than {ValueLimit} characters."));

    private static ApiError Illegal(string message) => new("InvalidTagParameterException", message);

    private static StoredRepository Find(EcrCall call)
    {
        string arn = call.Input.RequiredText("resourceArn"), all = call.Registry.ArnOf("");
        return arn.StartsWith(all, StringComparison.Ordinal)
            ? call.Registry.Find(EcrCall.CheckName("resourceArn", arn[all.Length..]))
            : throw JsonArguments.Invalid("resourceArn",
                $"Invalid ARN: '{arn}' is not a repository of the registry with id '{call.Registry.RegistryId}' in {call.Registry.Region}");
    }
}

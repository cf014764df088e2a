using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Repository creation templates.</summary>
internal static class TemplateOperations
{
    public static JsonObject Create(EcrCall call)
    {
        string prefix = CreationTemplate.PrefixIn(call.Input.RequiredText("prefix"));
        DateTimeOffset now = call.World.Clock.GetUtcNow();
        if (call.Registry.Settings.Templates.Any(t => t.Prefix == prefix))
            throw new ApiError("TemplateAlreadyExistsException",
                $"The repository creation template with prefix '{prefix}' already exists in the registry with id " +
                $"'{call.Registry.RegistryId}'");
        if (call.Input.Texts("appliedFor", 1, int.MaxValue) is null) throw JsonArguments.Missing("appliedFor");
        CreationTemplate made = new CreationTemplate(prefix, [], now, now).With(call);
        Set(call, call.Registry.Settings.Templates.Append(made));
        return Answer.Of(("registryId", call.Registry.RegistryId), ("repositoryCreationTemplate", made.Json()));
    }

    public static JsonObject Describe(EcrCall call)
    {
        IReadOnlyList<string>? prefixes = call.Input.Texts("prefixes", 0, int.MaxValue)?.Select(CreationTemplate.PrefixIn).ToList();
        Page<CreationTemplate> page =
            Page.Of(call.Registry.Settings.Templates.Where(t => prefixes is not { Count: > 0 } || prefixes.Contains(t.Prefix)), call,
                t => t.Prefix);
        return Answer.Of(("registryId", call.Registry.RegistryId),
            ("repositoryCreationTemplates", page.Items.Select(t => t.Json()).Array()), ("nextToken", page.NextToken));
    }

    public static JsonObject Update(EcrCall call)
    {
        CreationTemplate old = Find(call);
        CreationTemplate updated = old.With(call) with { UpdatedAt = call.World.Clock.GetUtcNow() };
        Set(call, call.Registry.Settings.Templates.Select(t => t == old ? updated : t));
        return Answer.Of(("registryId", call.Registry.RegistryId), ("repositoryCreationTemplate", updated.Json()));
    }

    public static JsonObject Delete(EcrCall call)
    {
        CreationTemplate gone = Find(call);
        Set(call, call.Registry.Settings.Templates.Where(t => t != gone));
        return Answer.Of(("registryId", call.Registry.RegistryId), ("repositoryCreationTemplate", gone.Json()));
    }

    private static void Set(EcrCall call, IEnumerable<CreationTemplate> templates) =>
        call.Registry.Settings = call.Registry.Settings with { Templates = [.. templates.OrderBy(t => t.Prefix, StringComparer.Ordinal)] };

    private static CreationTemplate Find(EcrCall call)
    {
        string prefix = CreationTemplate.PrefixIn(call.Input.RequiredText("prefix"));
        return call.Registry.Settings.Templates.FirstOrDefault(t => t.Prefix == prefix) ?? throw new ApiError(
            "TemplateNotFoundException",
            $"The repository creation template with prefix '{prefix}' does not exist in the registry with id '{call.Registry.RegistryId}'");
    }
}

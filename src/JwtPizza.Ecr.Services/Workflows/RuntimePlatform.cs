using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>What a task definition says that its containers run on.</summary>
internal static class RuntimePlatform
{
    /// <summary>The platform; null when the instance decides, as for tasks on EC2 that name none.</summary>
    public static Platform? Of(JsonObject definition)
    {
        JsonNode? named = definition["runtimePlatform"];
        bool isFargate = definition["requiresCompatibilities"]?.AsArray().Any(c => (string?)c == "FARGATE") == true;
        if (named?["cpuArchitecture"] is null && !isFargate) return null;
        // Fargate's default: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#runtime-platform
        string os =
            ((string?)named?["operatingSystemFamily"])?.StartsWith("WINDOWS", StringComparison.Ordinal) == true ? "windows" : "linux";
        return Platform.Parse($"{os}/{((string?)named?["cpuArchitecture"] == "ARM64" ? "arm64" : "amd64")}");
    }

    /// <summary>Refuses an image that could not run, as far as both sides are known.</summary>
    /// <exception cref="PizzaException"><c>ImagePlatformMismatch</c>.</exception>
    public static void Check(JsonObject definition, ServiceUpdate wanted)
    {
        if (wanted.Platforms.Count == 0 || Of(definition) is not { } needed || wanted.Platforms.Any(p => p.Matches(needed))) return;
        throw new PizzaException("ImagePlatformMismatch", PizzaErrorKind.InvalidOperation,
            $"{wanted.ImageUri} is built for {string.Join(", ", wanted.Platforms)}, but the task definition '{definition["family"]}' " +
            $"runs on {needed}: its tasks could not start ('exec format error'). " +
            $"Publish the image with -Platform {needed}, or change the task definition's runtimePlatform. Nothing was changed.",
                wanted.ImageUri);
    }
}

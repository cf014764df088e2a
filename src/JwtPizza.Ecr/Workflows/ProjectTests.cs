using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>How the tests of a Node.js project are run, as its package.json and lock file say.</summary>
/// <param name="Install">The command that installs what the project needs.</param>
/// <param name="Run">The command that runs the tests.</param>
public sealed record ProjectTests(string Install, string Run)
{
    /// <summary>The tests of a project; null when its package.json names none.</summary>
    /// <param name="package">The text of package.json.</param>
    /// <param name="hasFile">Whether a file lies beside it.</param>
    public static ProjectTests? Of(string package, Func<string, bool> hasFile)
    {
        if (Script(package) is not { } script || script.Contains("no test specified", StringComparison.Ordinal)) return null;
        if (hasFile("yarn.lock")) return new("yarn install --frozen-lockfile", "yarn test");
        if (hasFile("pnpm-lock.yaml")) return new("corepack enable && pnpm install --frozen-lockfile", "pnpm test");
        return new(hasFile("package-lock.json") || hasFile("npm-shrinkwrap.json") ? "npm ci" : "npm install", "npm test");
    }

    // What cannot be read names no tests; npm itself will say what is wrong with it.
    private static string? Script(string package)
    {
        try
        {
            return JsonNode.Parse(package) is JsonObject root && root["scripts"] is JsonObject scripts && scripts["test"] is JsonValue test
                && test.TryGetValue(out string? text) ? text : null;
        }
        catch (JsonException) { return null; }
    }
}

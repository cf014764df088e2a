namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// What <c>docker buildx inspect</c> prints. Text, since the JSON of <c>docker buildx ls</c> came with 0.13 only, and does not tell the
/// current builder before 0.14; the labels of the text are the same in all versions, but for capitals.
/// </summary>
internal static class BuildxInspection
{
    /// <summary>Reads it.</summary>
    /// <exception cref="PizzaException"><c>DockerDaemonUnreachable</c> and its like, which buildx prints here and calls no failure;
    /// <c>DockerMetadataMissing</c>: it is something else.</exception>
    public static PizzaBuilder Parse(string text)
    {
        string? name = null, driver = null, error = null;
        List<BuilderNode> nodes = [];
        bool inNodes = false;
        foreach (string line in text.Split('\n').Select(l => l.TrimEnd()))
        {
            if (line.Length == 0 || char.IsWhiteSpace(line[0])) continue;   // indented: labels, garbage collection
            (string key, string value) = line.Split(':', 2) is [var k, var v] ? (k.ToLowerInvariant(), v.Trim()) : (line, "");
            switch (key, inNodes)
            {
                case ("name", false): name = value; break;
                case ("driver", false): driver = value; break;
                case ("error", false): error = value; break;
                case ("nodes", false): inNodes = true; break;
                case ("name", true): nodes.Add(new() { Name = value }); break;
                case (_, true) when nodes.Count > 0: nodes[^1] = With(nodes[^1], key, value); break;
                default: break;   // the last activity
            }
        }
        if (error is not null && nodes.Count == 0)
            throw DockerErrors.Classify(new() { ExitCode = 0, Text = error, Host = "", RepositoryName = "" }).Error;
        return name is null || driver is null
            ? throw DockerErrors.MetadataMissing("'docker buildx inspect' printed no name or no driver")
            : new() { Builder = name, Driver = driver, Nodes = [.. nodes] };
    }

    private static BuilderNode With(BuilderNode node, string key, string value) => key switch
    {
        "endpoint" => node with { Endpoint = value },
        "status" => node with { Status = value },
        "error" => node with { Error = value },
        "buildkit" or "buildkit version" => node with { BuildKitVersion = value },
        "platforms" => node with
        {
            // A star marks what was fixed with --platform.
            Platform = [.. Names(value).Select(p => p.TrimEnd('*'))],
            FixedPlatform = [.. Names(value).Where(p => p.EndsWith('*')).Select(p => p.TrimEnd('*'))],
        },
        _ => node,
    };

    private static string[] Names(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

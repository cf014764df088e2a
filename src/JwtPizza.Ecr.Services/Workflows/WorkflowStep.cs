using System.Buffers;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A step of a job that is there, by what it does; its name says nothing.</summary>
/// <param name="place">The step.</param>
internal sealed partial class WorkflowStep(YamlPlace place)
{
    private static readonly SearchValues<char> s_wildcards = SearchValues.Create("\n*?[]!");

    /// <summary>The step.</summary>
    public YamlPlace Place { get; } = place;

    /// <summary>Its line, from 1.</summary>
    public int Line => Place.Line + 1;

    /// <summary>What it is called in a message.</summary>
    public string Title => Place["name"]?.Text ?? Place["uses"]?.Text ?? Place["id"]?.Text ?? "run";

    /// <summary>What it runs: each command on one line, comments left out.</summary>
    public string Script { get; } = Comment().Replace(Continued().Replace(place["run"]?.Text ?? "", " "), "");

    /// <summary>Whether it uses an action, in any version.</summary>
    /// <param name="action">The action, for example <c>actions/checkout</c>.</param>
    public bool Uses(string action) => Place["uses"]?.Text?.Split('@')[0].Equals(action, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether it pushes an image to a registry.</summary>
    public bool Pushes =>
        Push().IsMatch(Script) || Uses("docker/build-push-action") && Place["with"]?["push"]?.Text is not (null or "false");

    /// <summary>Whether it deploys to a service of ECS.</summary>
    public bool Deploys => Deploy().IsMatch(Script) || Uses("aws-actions/amazon-ecs-deploy-task-definition");

    /// <summary>The service of ECS that it deploys to; null when it says so by a variable, or not at all.</summary>
    public string? Service =>
        (ServiceOption().Match(Script) is { Success: true } m ? m.Groups[1].Value : Place["with"]?["service"]?.Text) is { } name
            && !name.Contains('$', StringComparison.Ordinal) ? name : null;

    /// <summary>The artifact that it keeps; null when it keeps none.</summary>
    public string? Artifact => Uses("actions/upload-artifact") ? Place["with"]?["name"]?.Text ?? "artifact" : null;

    /// <summary>The one folder that it keeps as an artifact, from the root of the repository; null for anything else.</summary>
    public string? KeptFolder =>
        Uses("actions/upload-artifact") && Place["with"]?["path"]?.Text is { } path && path.Trim() is { Length: > 0 } folder
            && !folder.AsSpan().ContainsAny(s_wildcards) ? Plain(folder) : null;

    /// <summary>Whether it signs in to AWS for the steps after it.</summary>
    public bool SignsIn => Uses("aws-actions/configure-aws-credentials");

    /// <summary>Whether it makes the distribution in a folder: puts the Dockerfile, or all that is to be included, into it.</summary>
    /// <param name="folder">The folder, as the script sees it.</param>
    /// <param name="include">What goes into the distribution.</param>
    public bool Makes(string folder, IEnumerable<DistInclude> include) =>
        Regex.IsMatch(Script, $@"(?:(?<![\w./-])|(?<=(?<![\w.])\./)){Regex.Escape(folder)}(?![\w.-])", RegexOptions.CultureInvariant) &&
        (Script.Contains("Dockerfile", StringComparison.Ordinal) || Script.Contains("New-PizzaDist", StringComparison.OrdinalIgnoreCase)
            || include.All(i => Script.Contains(i.Text, StringComparison.Ordinal)));

    /// <summary>A folder that it creates, and puts the Dockerfile into; null when it does no such thing.</summary>
    public string? MadeFolder =>
        (Script.Contains("Dockerfile", StringComparison.Ordinal)
            ? Created().Match(Script) : Destination().Match(Script)) is { Success: true } m ? Plain(m.Groups[1].Value) : null;

    /// <summary>The secrets whose values its script writes into files of a folder.</summary>
    public IReadOnlyList<string> SecretsInScript => [.. SecretUse().Matches(Script).Select(m => m.Groups[1].Value).Distinct()];

    /// <summary>Whether its script replaces a text.</summary>
    /// <param name="text">The text.</param>
    public bool Replaces(string text) => Regex.IsMatch(Script, $@"\bsed\b.*s(.){Regex.Escape(text)}\1", RegexOptions.CultureInvariant);

    /// <summary>Whether it may leave files in a folder <c>dist</c>, as builds do.</summary>
    public bool MayMakeDist => Place.Texts.Any(t => Dist().IsMatch(t)) || Build().IsMatch(Script);

    /// <summary>The repositories that it names as the target of its push.</summary>
    /// <param name="variables">The variables that hold for it.</param>
    public IReadOnlyList<string> Repositories(IEnumerable<(string Name, string Value)> variables)
    {
        string all = string.Join('\n', Place.Texts);
        return [.. Target().Matches(all).Select(m => m.Groups["name"].Value)
            .Concat(variables.Where(v => RepositoryVariable().IsMatch(v.Name)).SelectMany(v => FromVariable(v.Value)))
            .Where(n => RepositoryName.IsLegal(n)).Distinct()];
    }

    private static IEnumerable<string> FromVariable(string value) =>
        Target().Match(value) is { Success: true } m
            ? [m.Groups["name"].Value] : value.Contains('$', StringComparison.Ordinal) ? [] : [value.Split(':')[0].Trim()];

    private static string Plain(string folder) => (folder.StartsWith("./", StringComparison.Ordinal) ? folder[2..] : folder).TrimEnd('/');

    [GeneratedRegex(@"[\\`]\r?\n[ \t]*", RegexOptions.CultureInvariant)]
    private static partial Regex Continued();

    [GeneratedRegex(@"^[ \t]*#.*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"\b(?:docker|podman|buildah)\s+(?:image\s+)?push\b|\b(?:docker|podman)\s+(?:buildx\s+|image\s+)?(?:build|bake)\b.*(?:--push\b|push=true|type=registry)|\b(?:Publish|Push)-PizzaImage\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Push();

    [GeneratedRegex(@"\baws\s+(?:--?[\w-]+[ =]\S+\s+)*ecs\s+update-service\b|\becs-deploy\b|\becs\s+deploy\b|\bUpdate-PizzaService\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Deploy();

    [GeneratedRegex(@"(?<![\w-])--?service[ =:]+[""']?([^\s""']+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ServiceOption();

    [GeneratedRegex(@"\bmkdir\s+(?:-p\s+|--parents\s+)?[""']?([\w./-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Created();

    [GeneratedRegex(@"\bNew-PizzaDist\b.*-Destination[ :]+[""']?([\w./-]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Destination();

    [GeneratedRegex(@"\bsecrets\.(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex SecretUse();

    [GeneratedRegex(@"(?<![\w-])dist(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex Dist();

    [GeneratedRegex(
        @"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?build\b|\b(?:tsc|vite|webpack|rollup|esbuild|parcel|make|gradlew?|mvnw?|goreleaser)\b|\b(?:ng|next|nuxt|poetry|hatch|uv)\s+build\b|\bpython3?\s+-m\s+build\b|\bdotnet\s+(?:build|publish|pack)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Build();

    // After the name of a registry, or where this module names a repository.
    [GeneratedRegex(
        @"(?:\.amazonaws\.com(?:\.cn)?|registry\s*\}\}|\$\{?\w*REGISTRY\w*\}?|\$\{\{\s*env\.\w*REGISTRY\w*\s*\}\})/(?<name>[a-z0-9][a-z0-9._/-]*)|-RepositoryName[ :]+'?(?<name>[a-z0-9][a-z0-9._/-]*)|Publish-PizzaImage\s+'?(?<name>[a-z0-9][a-z0-9._/-]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Target();

    [GeneratedRegex(@"REPO|IMAGE", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryVariable();
}

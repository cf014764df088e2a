using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>What a name that is not there was perhaps meant to be: the repositories, roles, tags, clusters and services that are there are
/// looked at.</summary>
/// <param name="aws">Where the name was not found.</param>
internal sealed partial class NearMiss(AwsSession aws)
{
    /// <summary>A page or so; in a registry of thousands the rest is not worth the wait.</summary>
    private const int MaxNames = 1000;
    private readonly Dictionary<string, string[]> _known = [];

    /// <summary>The error with what was perhaps meant, when something like it is there. Who may not look is told nothing more.</summary>
    /// <param name="e">An error.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<PizzaException> ExplainAsync(PizzaException e, CancellationToken cancellationToken)
    {
        if (e.Kind != PizzaErrorKind.NotFound || e.Message.Contains("Did you mean", StringComparison.Ordinal)) return e;
        try
        {
            return await NearestAsync(e.ErrorId, e.Message, cancellationToken).ConfigureAwait(false) is { } near
                ? e.With($"Did you mean '{near}'?") : e;
        }
        catch (PizzaException) { return e; }
    }

    private Task<string?> NearestAsync(string errorId, string message, CancellationToken cancellationToken) => errorId switch
    {
        "RepositoryNotFoundException" when PublicRepository().Match(message) is { Success: true } named =>
            NearestAsync("public", Name(named), aws.EcrPublic.DescribeRepositoriesAsync(null, cancellationToken), r => r.RepositoryName,
                cancellationToken),
        "RepositoryNotFoundException" when Repository().Match(message) is { Success: true } named =>
            NearestAsync("repositories", Name(named), aws.Ecr.DescribeRepositoriesAsync(null, cancellationToken), r => r.RepositoryName,
                cancellationToken),
        "NoSuchEntity" when Role().Match(message) is { Success: true } named =>
            NearestAsync("roles", Name(named), aws.Iam.ListRolesAsync(cancellationToken), r => r.RoleName, cancellationToken),
        "ImageNotFoundException" when Tag().Match(message) is { Success: true } named =>
            TagAsync(named.Groups["repository"].Value, Name(named), cancellationToken),
        "ClusterNotFoundException" when Cluster().Match(message) is { Success: true } named =>
            NearestAsync("clusters", Name(named), aws.Ecs.ListClustersAsync(cancellationToken), Last, cancellationToken),
        "ServiceNotFoundException" when Service().Match(message) is { Success: true } named =>
            NearestAsync($"services {named.Groups["cluster"].Value}", Name(named),
                aws.Ecs.ListServicesAsync(named.Groups["cluster"].Value, cancellationToken), Last, cancellationToken),
        _ => Task.FromResult<string?>(null),
    };

    private async Task<string?> TagAsync(string repository, string tag, CancellationToken cancellationToken)
    {
        List<string> tags = [];
        await foreach (ImageDetail image in aws.Ecr.DescribeImagesAsync(repository, "TAGGED", MaxNames, cancellationToken)
            .ConfigureAwait(false))
        {
            tags.AddRange(image.ImageTags ?? []);
            if (tags.Count >= MaxNames) break;
        }
        return Spelling.Near(tag, tags);
    }

    private async Task<string?> NearestAsync<T>(
        string kind, string name, IAsyncEnumerable<T> items, Func<T, string> nameOf, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(kind, out string[]? names))
        {
            List<string> found = [];
            await foreach (T item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                found.Add(nameOf(item));
                if (found.Count >= MaxNames) break;
            }
            _known[kind] = names = [.. found];
        }
        return Spelling.Near(name, names);
    }

    private static string Last(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private static string Name(Match match) => match.Groups["name"].Value;

    [GeneratedRegex("public repository '(?<name>[^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex PublicRepository();

    [GeneratedRegex("(?:repository|with name) '(?<name>[^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Repository();

    [GeneratedRegex("role (?:'(?<name>[^']+)'|with name (?<name>[^ ]+) cannot)", RegexOptions.CultureInvariant)]
    private static partial Regex Role();

    [GeneratedRegex(
        "(?:imageTag:'(?<name>[^']+)'.*with name '(?<repository>[^']+)'|'(?<repository>[^']+)' in [a-z0-9-]+ has no tag " +
        "'(?<name>[^']+)'|'(?<repository>[^']+)' at .* has no image '(?<name>[^':@]+)')",
        RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex("no cluster '(?<name>[^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Cluster();

    [GeneratedRegex("cluster '(?<cluster>[^']+)' in .* has no (?:active )?service '(?<name>[^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Service();
}

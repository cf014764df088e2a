using System.Collections.Concurrent;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>
/// The images that ECS needs in one region: what its tasks run, by the digest that they pulled and the name that they pulled by, and what
/// its services would pull for their next task. ECS keeps the digest of a deployment, so an image that has lost its tag may still be
/// needed: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability
/// </summary>
internal sealed class ImagesInUse
{
    private const int Parallel = 4;
    private const string ServiceGroup = "service:";

    private readonly ConcurrentDictionary<string, ImageUser> _users = new(StringComparer.Ordinal);

    private ImagesInUse() { }

    /// <summary>None: what is known where nobody may look.</summary>
    public static ImagesInUse None { get; } = new();

    /// <summary>Asks ECS. Needs ecs:ListClusters, ListServices, DescribeServices, DescribeTaskDefinition, ListTasks and
    /// DescribeTasks.</summary>
    /// <param name="ecs">ECS in the region at hand.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<ImagesInUse> FindAsync(EcsClient ecs, CancellationToken cancellationToken)
    {
        ImagesInUse found = new();
        ConcurrentDictionary<string, ImageUser> definitions = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(ecs.ListClustersAsync(cancellationToken), options, async (cluster, token) =>
        {
            try
            {
                await found.AddTasksAsync(ecs, cluster, token).ConfigureAwait(false);
                await AddDefinitionsAsync(ecs, cluster, definitions, token).ConfigureAwait(false);
            }
            catch (PizzaException e) when (e.ErrorId == "ClusterNotFoundException") { }   // deleted since it was listed
        }).ConfigureAwait(false);
        await System.Threading.Tasks.Parallel.ForEachAsync(definitions, options, async (definition, token) =>
        {
            foreach (EcsContainer container in (await ecs.DescribeTaskDefinitionAsync(definition.Key, token)
                .ConfigureAwait(false)).ContainerDefinitions)
                found.Add(container, definition.Value with { Text = $"{definition.Value.Text} ({Arn.NameIn(definition.Key)})" });
        }).ConfigureAwait(false);
        return found;
    }

    /// <summary>As <see cref="FindAsync(EcsClient, CancellationToken)"/>; but where the caller lacks a right, none are known, and that is
    /// said.</summary>
    /// <param name="ecs">ECS in the region at hand.</param>
    /// <param name="notAllowed">Told why it is not known.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<ImagesInUse> FindAsync(EcsClient ecs, Action<string> notAllowed, CancellationToken cancellationToken)
    {
        try { return await FindAsync(ecs, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            notAllowed($"It is not known whether ECS uses an image: {e.Message}");
            return None;
        }
    }

    /// <summary>Who needs an image, in the user's words, for example <c>service 'jwt-pizza-service' of cluster 'jwt-pizza-service'
    /// (jwt-pizza-service:3)</c>; null for nobody that is known.</summary>
    /// <param name="image">The image; of an index, its children count too, if they are known.</param>
    public string? UserOf(EcrImage image) =>
        Find(image.RegistryId, image.Region, image.RepositoryName, image.RepositoryUri, image.ImageTags,
            image.Children.Prepend(image.ImageDigest))?.Text;

    /// <summary>Who needs an image, in the user's words; null for nobody that is known.</summary>
    /// <param name="repository">The repository that holds it.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="tags">Its tags.</param>
    public string? UserOf(Repository repository, string digest, IEnumerable<string> tags) => Find(repository, digest, tags)?.Text;

    /// <summary>Who needs an image; null for nobody that is known.</summary>
    /// <param name="repository">The repository that holds it.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="tags">Its tags.</param>
    public ImageUser? Find(Repository repository, string digest, IEnumerable<string> tags) =>
        Find(repository.RegistryId, repository.Region, repository.RepositoryName, repository.RepositoryUri, tags, [digest]);

    /// <summary>Whether ECS needs an image of a repository.</summary>
    public bool NeedsAnyOf(Repository repository) => Of(repository).Any();

    /// <summary>The tags of a repository by which ECS pulls, and for whom.</summary>
    public IEnumerable<(string Tag, ImageUser User)> TagsOf(Repository repository) =>
        from found in Of(repository) where found.End[0] == ':' orderby found.End select (found.End[1..], found.User);

    private IEnumerable<(string End, ImageUser User)> Of(Repository repository) =>
        from place in new[] { $"{repository.RegistryId}.{repository.Region}/{repository.RepositoryName}", repository.RepositoryUri }
        from user in _users
        where user.Key.Length > place.Length && user.Key[place.Length] is ':' or '@'
            && user.Key.StartsWith(place, StringComparison.Ordinal)
        select (user.Key[place.Length..], user.Value);

    private ImageUser? Find(
        string registryId, string region, string name, string uri, IEnumerable<string> tags, IEnumerable<string> digests)
    {
        if (_users.IsEmpty) return null;
        string[] ends = [.. digests.Select(d => "@" + d), .. tags.Select(t => ":" + t)];
        return (from place in new[] { $"{registryId}.{region}/{name}", uri } from end in ends select _users.GetValueOrDefault(place + end))
            .FirstOrDefault(user => user is not null);
    }

    private async Task AddTasksAsync(EcsClient ecs, string cluster, CancellationToken cancellationToken)
    {
        List<string> tasks = await AllAsync(ecs.ListTasksAsync(cluster, cancellationToken)).ConfigureAwait(false);
        await foreach (EcsTask task in ecs.DescribeTasksAsync(cluster, tasks, cancellationToken).ConfigureAwait(false))
            foreach (EcsContainer container in task.Containers)
                Add(container, new(
                    $"a task of {(task.Group is { } group ? $"'{group}' in " : "")}cluster '{Arn.NameIn(cluster)}' " +
                    $"({Arn.NameIn(task.TaskDefinitionArn ?? task.TaskArn)})", Arn.NameIn(cluster), ServiceOf(task)));
    }

    private static async Task AddDefinitionsAsync(
        EcsClient ecs, string cluster, ConcurrentDictionary<string, ImageUser> definitions,
        CancellationToken cancellationToken)
    {
        List<string> services = await AllAsync(ecs.ListServicesAsync(cluster, cancellationToken)).ConfigureAwait(false);
        await foreach (EcsService service in ecs.DescribeServicesAsync(cluster, services, cancellationToken).ConfigureAwait(false))
            foreach (string? definition in service.Deployments.Select(d => d.TaskDefinition).Append(service.TaskDefinition))
                if (definition is not null)
                    definitions.TryAdd(definition, new($"service '{service.ServiceName}' of cluster '{Arn.NameIn(cluster)}'",
                        Arn.NameIn(cluster), service.ServiceName));
    }

    private void Add(EcsContainer container, ImageUser user)
    {
        if (Place(container.Image) is not var (place, reference)) return;
        if (container.ImageDigest is { } pulled) _users.TryAdd($"{place}@{pulled}", user);
        _users.TryAdd(place + (reference.Digest is { } digest ? $"@{digest}" : $":{reference.Tag?.Value ?? Defaults.ImageTag}"), user);
    }

    // The repository, in a form that is the same for all of a registry's hosts (plain, FIPS, dual-stack); null for what is no registry's.
    private static (string Place, ImageReference Reference)? Place(string? image)
    {
        try
        {
            return image is not null && ImageReference.Parse(image) is { Host: not null } r
                ? ($"{(r.RegistryId is { } id ? $"{id}.{r.Region}" : r.Host)}/{r.Repository}", r) : null;
        }
        catch (PizzaException) { return null; }   // a name that ECR would not take: not one of its images
    }

    private static async Task<List<string>> AllAsync(IAsyncEnumerable<string> arns)
    {
        List<string> all = [];
        await foreach (string arn in arns.ConfigureAwait(false)) all.Add(arn);
        return all;
    }

    private static string? ServiceOf(EcsTask task) =>
        task.Group is { } group && group.StartsWith(ServiceGroup, StringComparison.Ordinal) ? group[ServiceGroup.Length..] : null;

}

/// <summary>Who needs an image.</summary>
/// <param name="Text">In the user's words.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Service">The service; null for a task that no service started.</param>
internal sealed record ImageUser(string Text, string Cluster, string? Service);

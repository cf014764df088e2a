using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Replication;

/// <summary>An image whose copies are waited for.</summary>
/// <param name="RepositoryName">The repository.</param>
/// <param name="ImageId">Tag or digest.</param>
/// <param name="RegistryId">The account; null for the caller's own.</param>
/// <param name="Patience">How long to wait at most.</param>
internal sealed record ReplicationWaitRequest(RepositoryName RepositoryName, ImageId ImageId, string? RegistryId, TimeSpan Patience)
{
    /// <summary>Repository and tag or digest, as docker writes them.</summary>
    public string Name => ImageId.ImageDigest is { } digest ? $"{RepositoryName}@{digest}" : $"{RepositoryName}:{ImageId.ImageTag}";
}

/// <summary>What came of waiting.</summary>
/// <param name="Copies">One for each destination that ECR tells of.</param>
/// <param name="Missing">Destinations of the rules of today that this image does not go to, because it was pushed before.</param>
internal sealed record ReplicationOutcome(IReadOnlyList<ImageReplication> Copies, IReadOnlyList<ReplicationDestination> Missing)
{
    /// <summary>Copies that are still under way.</summary>
    public IEnumerable<ImageReplication> Unfinished => Copies.Where(c => !c.IsFinal);
}

/// <summary>Waits until the copies of an image have arrived.</summary>
internal sealed class ReplicationWait
{
    /// <summary>How long a push may be old and not be listed yet.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(20);
    private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));

    private readonly AwsSession _aws;
    private readonly TimeProvider _time;

    internal ReplicationWait(AwsSession aws, TimeProvider time) => (_aws, _time) = (aws, time);

    /// <summary>With a session.</summary>
    /// <param name="aws">Region and credentials of the registry that the image was pushed to.</param>
    public ReplicationWait(AwsSession aws) : this(aws, TimeProvider.System) { }

    /// <summary>Waits until every copy is COMPLETE or FAILED, or until patience is over.</summary>
    /// <param name="request">The image.</param>
    /// <param name="progress">Gets the copies at each look.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="PizzaException"><c>ImageNotReplicated</c>: no rule has it copied, or it was pushed before the rule;
    /// <c>ImageNotFoundException</c>.</exception>
    public async Task<ReplicationOutcome> RunAsync(
        ReplicationWaitRequest request, IProgress<IReadOnlyList<ImageReplication>> progress, CancellationToken cancellationToken)
    {
        (string registryId, IReadOnlyList<ReplicationDestination>? expected) =
            await ExpectAsync(request, cancellationToken).ConfigureAwait(false);
        Poll poll = new(_time, request.Patience, s_backoff);
        while (true)
        {
            IReadOnlyList<ImageReplicationStatus> statuses = await _aws.Ecr.For(request.RegistryId)
                .DescribeImageReplicationStatusAsync(request.RepositoryName.Value, request.ImageId, cancellationToken)
                .ConfigureAwait(false);
            ImageReplication[] copies = [.. statuses.Select(s => Copy(request, registryId, s))];
            ReplicationDestination[] missing =
                [.. expected?.Where(d => !statuses.Any(s => s.Region == d.Region && s.RegistryId == d.RegistryId)) ?? []];
            progress.Report(copies);
            bool complete = (missing.Length == 0 && copies.Length > 0) || poll.Elapsed >= s_grace || expected is [];
            if ((complete && copies.All(c => c.IsFinal)) || poll.IsOver)
                return copies.Length > 0 ? new(copies, missing) : throw NotReplicated(request, expected);
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where the rules of now send the image; null when that cannot be read, because it is another account's registry or the right
    /// is lacking.</summary>
    private async Task<(string RegistryId, IReadOnlyList<ReplicationDestination>? Expected)> ExpectAsync(
        ReplicationWaitRequest request, CancellationToken cancellationToken)
    {
        try
        {
            ReplicationConfiguration configuration =
                await new ReplicationService(_aws.Ecr, _aws.Region).ReadAsync(cancellationToken).ConfigureAwait(false);
            string own = configuration.Source.RegistryId, wanted = string.IsNullOrEmpty(request.RegistryId) ? own : request.RegistryId;
            return (wanted, wanted == own ? configuration.DestinationsOf(request.RepositoryName) : null);
        }
        catch (PizzaException e) when (e.Kind is PizzaErrorKind.PermissionDenied)
        {
            return (string.IsNullOrEmpty(request.RegistryId)
                ? await _aws.GetAccountAsync(cancellationToken).ConfigureAwait(false) : request.RegistryId, null);
        }
    }

    private ImageReplication Copy(ReplicationWaitRequest request, string registryId, ImageReplicationStatus status) => new()
    {
        RepositoryName = request.RepositoryName.Value, RegistryId = registryId, Region = _aws.Region, ImageTag = request.ImageId.ImageTag,
        ImageDigest = request.ImageId.ImageDigest,
        DestinationRegion = status.Region, DestinationRegistryId = status.RegistryId, Status = status.Status,
        FailureCode = status.FailureCode,
    };

    private PizzaException NotReplicated(ReplicationWaitRequest request, IReadOnlyList<ReplicationDestination>? expected) =>
        new("ImageNotReplicated", PizzaErrorKind.InvalidOperation,
        expected is []
            ? $"No replication rule of the registry in {_aws.Region} is for the repository '{request.RepositoryName}', so " +
                $"'{request.Name}' is not copied anywhere. Create one with Set-PizzaReplication and push the image again: " +
                "ECR replicates only what is pushed after the rule."
            : $"'{request.Name}' is not replicated: ECR replicates only what is pushed after the " +
                $"rule{(expected is null ? " (the rules could not be read)" : $", which is for {string.Join(", ", expected)}")}. " +
                "Push it again under another tag, or with another digest.",
        request.Name);
}

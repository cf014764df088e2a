using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>Which kind of registry a name leads to. A kind is one class; this is where it is chosen.</summary>
internal static class Registries
{
    /// <summary>Opens a repository; nothing is asked of it yet.</summary>
    /// <param name="aws">The session for repositories of AWS.</param>
    /// <param name="reference">A name is one of ECR, a URI that of any registry.</param>
    /// <param name="registryId">The account, when it is not the caller's own; null takes that of the URI.</param>
    /// <param name="isPublic">Whether a name is one of ECR Public.</param>
    /// <param name="isWritten">Whether it is to be written: anybody may read from ECR Public.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<ImageRepository> OpenAsync(
        AwsSession aws, ImageReference reference, string? registryId, bool isPublic, bool isWritten, CancellationToken cancellationToken)
    {
        if (reference.Host is not { } host) return OfAws(aws, reference, registryId, isPublic);
        if (reference.RegistryId is not null) return new EcrRepository(aws, reference, registryId);
        if (reference.IsPublic || (aws.IsElsewhere && await IsPublicAsync(aws, host, cancellationToken).ConfigureAwait(false)))
            return isWritten ? new EcrPublicRepository(aws, reference, registryId)
                : new OciRepository(host, reference.Repository.Value, _ => Task.FromResult<RegistryLogin?>(null));
        if (aws.IsElsewhere
            && (await aws.Ecr.For(registryId).GetAuthorizationTokenAsync(cancellationToken).ConfigureAwait(false)).Host == host)
            return new EcrRepository(aws, reference, registryId);
        DockerCredentials logins = new(new UserDockerFolder(Environment.GetEnvironmentVariable));
        return new OciRepository(host, PathOf(reference), token => logins.FindAsync(host, token));
    }

    /// <summary>A repository of AWS that a user names.</summary>
    public static AwsRepository OfAws(AwsSession aws, ImageReference reference, string? registryId, bool isPublic) =>
        isPublic || reference.IsPublic
            ? new EcrPublicRepository(aws, reference, registryId) : new EcrRepository(aws, reference, registryId);

    /// <summary>A repository of AWS that was read already.</summary>
    public static AwsRepository OfAws(AwsSession aws, Repository repository) =>
        repository.IsPublic
            ? new EcrPublicRepository(aws.EcrPublic, repository) : new EcrRepository(aws.Ecr.For(repository.RegistryId), repository);

    // docker's own images have a first part of their name that nobody writes.
    private static string PathOf(ImageReference reference) =>
        reference.Host is "docker.io" or "index.docker.io" && !reference.Repository.Value.Contains('/', StringComparison.Ordinal)
            ? $"library/{reference.Repository}" : reference.Repository.Value;

    private static async Task<bool> IsPublicAsync(AwsSession aws, string host, CancellationToken cancellationToken)
    {
        try { return await aws.EcrPublic.GetHostAsync(cancellationToken).ConfigureAwait(false) == host; }
        // an emulator without it
        catch (PizzaException e)
            when (e.Kind is PizzaErrorKind.PermissionDenied or PizzaErrorKind.InvalidData or PizzaErrorKind.InvalidOperation)
            {
                return false;
            }
    }
}

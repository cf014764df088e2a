using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>The repository that an image goes to, as far as the caller may see it: to push, no right to describe repositories is needed.</summary>
public sealed record PushTarget
{
    /// <summary>The repository's name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Host and name, without a tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>Which tags may be pushed again; null when the caller may not see it.</summary>
    public TagMutability? Mutability { get; init; }

    /// <summary>Whether it is in ECR Public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The registry's host, with its port if it has one.</summary>
    public string Host => RepositoryUri[..RepositoryUri.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Finds the repository.</summary>
    /// <param name="aws">The session; its region is the registry's.</param>
    /// <param name="reference">The repository by name or URI.</param>
    /// <param name="registryId">The account, when it is not the caller's own; null takes that of the URI.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>, <c>RegistryMismatch</c>.</exception>
    public static async Task<PushTarget> FindAsync(AwsSession aws, ImageReference reference, string? registryId, CancellationToken cancellationToken)
    {
        string name = reference.Repository.Value;
        EcrClient ecr = aws.Ecr.For(registryId ?? reference.RegistryId);
        PushTarget? target = null;
        try
        {
            await foreach (Repository found in ecr.DescribeRepositoriesAsync([name], cancellationToken).ConfigureAwait(false)) target = Of(found);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            RegistryLogin login = await ecr.GetAuthorizationTokenAsync(cancellationToken).ConfigureAwait(false);
            registryId ??= reference.RegistryId ?? await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            target = new() { RepositoryName = name, RepositoryUri = $"{login.Host}/{name}", RegistryId = registryId, Region = aws.Region };
        }
        return reference.Host is null || reference.Host == target!.Host ? target! : throw new PizzaException("RegistryMismatch", PizzaErrorKind.InvalidArgument,
            $"'{reference}' is at {reference.Host}, but these credentials, region and endpoint lead to {target.Host}. Leave the host out, or name the -Region and -ProfileName (or -EndpointUrl) that belong to it.", $"{reference}");
    }

    /// <summary>Finds a repository of ECR Public.</summary>
    /// <param name="aws">The session.</param>
    /// <param name="reference">The repository by name, or by URI: host, the registry's alias, name.</param>
    /// <param name="registryId">The account, when it is not the caller's own; else null.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>, <c>RegistryMismatch</c>, <c>InvalidImageReference</c>.</exception>
    public static async Task<PushTarget> FindPublicAsync(AwsSession aws, ImageReference reference, string? registryId, CancellationToken cancellationToken)
    {
        string path = reference.Repository.Value;
        string name = reference.Host is null ? path : path.Split('/', 2) is [_, var rest] ? rest : throw new PizzaException("InvalidImageReference", PizzaErrorKind.InvalidArgument,
            $"'{reference}' names no repository of ECR Public: between host and name stands the registry's alias (for example 'public.ecr.aws/a1b2c3d4/jwt-pizza-service'). Get-PizzaRepository -Public shows the URIs.", $"{reference}");
        PushTarget? target = null;
        try
        {
            await foreach (Repository found in aws.EcrPublic.For(registryId).DescribeRepositoriesAsync([name], cancellationToken).ConfigureAwait(false)) target = Of(found) with { Mutability = null };
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied && reference.Host is not null)
        {
            registryId ??= await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            return new() { RepositoryName = name, RepositoryUri = $"{reference.Host}/{path}", RegistryId = registryId, Region = EcrPublicClient.Region, IsPublic = true };
        }
        return reference.Host is null || $"{reference.Host}/{path}" == target!.RepositoryUri ? target! : throw new PizzaException("RegistryMismatch", PizzaErrorKind.InvalidArgument,
            $"'{reference.Host}/{path}' is not the repository '{name}' of these credentials, which is {target.RepositoryUri}. Check the alias, or name the -ProfileName of the account that owns it.", $"{reference}");
    }

    private static PushTarget Of(Repository repository) => new()
    {
        RepositoryName = repository.RepositoryName, RepositoryUri = repository.RepositoryUri, RegistryId = repository.RegistryId, Region = repository.Region,
        Mutability = TagMutability.Of(repository), IsPublic = repository.IsPublic,
    };
}

using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>What a CI role may do for one repository: push images there, deploy them to one ECS service, and nothing else.</summary>
public sealed partial record CiGrant
{
    private CiGrant(Arn repository) =>
        (RepositoryArn, Partition, Region, RegistryId, RepositoryName) =
            ($"{repository}", repository.Partition, repository.Region, repository.AccountId, repository.ResourceId);

    /// <summary>The repository.</summary>
    public string RepositoryName { get; }

    /// <summary>Its ARN.</summary>
    public string RepositoryArn { get; }

    /// <summary>The 12 digits of its account; the service and the task roles are looked for there too.</summary>
    public string RegistryId { get; }

    /// <summary>Its region, and the service's.</summary>
    public string Region { get; }

    /// <summary>For example <c>aws</c>, <c>aws-cn</c> or <c>aws-us-gov</c>.</summary>
    public string Partition { get; }

    /// <summary>The ECS cluster.</summary>
    public string Cluster { get; private init; } = "";

    /// <summary>The ECS service.</summary>
    public string Service { get; private init; } = "";

    /// <summary>The roles that a task definition may name.</summary>
    public IReadOnlyList<string> TaskRoles { get; private init; } = [];

    /// <summary>Whether images may be pulled as well: for a base image, a registry cache, a copy.</summary>
    public bool IncludePull { get; init; }

    /// <summary>Whether a pushed image may be looked at (its size, its platform, the repository's settings), and the service that runs
    /// it.</summary>
    public bool IncludeVerify { get; init; }

    /// <summary>Whether a revision of the service's task definition may be registered, and its tasks be looked at: all that
    /// Update-PizzaService does.</summary>
    public bool IncludeDeploy { get; init; }

    /// <summary>The grant for a repository.</summary>
    /// <param name="repositoryArn">For example <c>arn:aws:ecr:us-east-1:123456789012:repository/jwt-pizza-service</c>.</param>
    /// <param name="cluster">The ECS cluster; null: the last part of the repository's name.</param>
    /// <param name="service">The ECS service; null: the same.</param>
    /// <param name="taskRoles">Names of roles, with their path if they have one.</param>
    /// <exception cref="PizzaException"><c>InvalidRepositoryArn</c>, <c>InvalidEcsName</c>, <c>InvalidRoleName</c>.</exception>
    public static CiGrant For(string repositoryArn, string? cluster, string? service, params IEnumerable<string> taskRoles)
    {
        if (!RepositoryPattern().IsMatch(repositoryArn))
            throw new PizzaException("InvalidRepositoryArn", PizzaErrorKind.InvalidArgument,
                $"'{repositoryArn}' is not the ARN of an ECR repository, such as " +
                "'arn:aws:ecr:us-east-1:123456789012:repository/jwt-pizza-service'.", repositoryArn);
        CiGrant grant = new(Ecr.Arn.Parse(repositoryArn));
        string own = UsualService(grant.RepositoryName);
        return grant with
        {
            Cluster = EcsName(cluster ?? own, "-Cluster", grant), Service = EcsName(service ?? own, "-Service", grant),
            TaskRoles = [.. taskRoles.Select(RoleName)],
        };
    }

    /// <summary>The cluster and service that a repository is deployed to, where nothing else is said: those of its own name.</summary>
    internal static string UsualService(string repositoryName) => repositoryName[(repositoryName.LastIndexOf('/') + 1)..];

    internal string Arn(string service, string region, string resource) => $"{new Arn(Partition, service, region, RegistryId, resource)}";

    private static string EcsName(string name, string parameter, CiGrant grant) => EcsPattern().IsMatch(name) ? name
        : throw new PizzaException("InvalidEcsName", PizzaErrorKind.InvalidArgument,
            $"'{name}' cannot be the name of an ECS cluster or service: 1 to 255 letters, digits, '-' and '_' ('*' for any). " +
            $"Say with {parameter} what '{grant.RepositoryName}' is deployed to.", name);

    private static string RoleName(string name) => RolePattern().IsMatch(name) ? name
        : throw ErrorCatalog.InvalidRoleName(name,
            "1 to 64 letters, digits and '+=,.@_-', with a path before it if it has one. Name the task's role with -TaskRole.");

    [GeneratedRegex(@"\Aarn:[a-z0-9-]+:ecr:[a-z0-9-]+:\d{12}:repository/[a-z0-9][a-z0-9._/-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_*-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EcsPattern();

    [GeneratedRegex(@"\A([\x21-\x7e]+/)?[\w+=,.@-]{1,64}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex RolePattern();
}

using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Which image the tasks of a deployment run, as the tasks themselves tell.</summary>
/// <param name="ecs">ECS in the region at hand.</param>
/// <param name="deployment">The deployment.</param>
internal sealed class RunningImages(EcsClient ecs, ServiceDeployment deployment)
{
    /// <summary>Looks at every task that runs.</summary>
    /// <exception cref="PizzaException"><c>ImageNotDeployed</c>.</exception>
    public async Task<(ServiceDeployment Deployment, string? Remark)> ReadAsync(ServiceUpdate wanted, CancellationToken cancellationToken)
    {
        List<string> arns = [];
        await foreach (string arn in ecs.ListTasksAsync(deployment.Cluster, deployment.Service, stopped: false, cancellationToken)
            .ConfigureAwait(false))
            arns.Add(arn);
        List<EcsContainer> containers = [];
        await foreach (EcsTask task in ecs.DescribeTasksAsync(deployment.Cluster, arns, cancellationToken).ConfigureAwait(false))
            if (task.StartedBy == deployment.DeploymentId) containers.AddRange(task.Containers);
        if (containers.Count == 0) return (deployment, deployment.DesiredCount == 0
            ? $"The desired count of the service '{deployment.Service}' is 0, so nothing runs " +
                $"{wanted.ImageUri ?? "the image"} yet."
            : $"No task of the deployment {deployment.DeploymentId} could be read, so it is not known which image runs.");
        string[] images = [.. containers.Select(c => c.Image).OfType<string>().Distinct()];
        if (wanted.ImageUri is { } named && !images.Contains(named))
            throw new PizzaException("ImageNotDeployed", PizzaErrorKind.OperationFailed,
            $"The deployment {deployment.DeploymentId} of the service '{deployment.Service}' is complete, but its tasks run " +
            $"{string.Join(", ", images)}, and not {named}. Someone else may have deployed at the same time: " +
            "run Update-PizzaService again.", deployment.Service);
        return (wanted.ImageUri ?? (images.Length == 1 ? images[0] : null)) is { } image
            ? Of(image, containers, wanted) : (deployment, null);
    }

    private (ServiceDeployment Deployment, string? Remark) Of(string image, IEnumerable<EcsContainer> containers, ServiceUpdate wanted)
    {
        string[] digests = [.. containers.Where(c => c.Image == image).Select(c => c.ImageDigest).OfType<string>().Distinct()];
        ServiceDeployment seen = deployment with { ImageUri = image, ImageDigest = digests.Length == 1 ? digests[0] : null };
        return digests switch
        {
            [] => (seen, $"The tasks do not report the digest of {image} yet."),
            [var one] when wanted.ImageDigest is { } pushed && pushed != one =>
                (seen, $"The tasks run {one}, and {pushed} was pushed: {image} was moved to another image in between, or names one " +
                    "platform of several."),
            [_] => (seen, null),
            _ =>
                (seen, $"The tasks run different images under {image} ({string.Join(", ", digests)}), because it was moved while they " +
                    "started. Deploy again, or name the image by its digest."),
        };
    }
}

using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>
/// Pushes for a docker engine that cannot reach the registry, because the registry is at an address of this machine (the sandbox) and the
/// engine is
/// elsewhere: in the virtual machine of Docker Desktop or colima, or behind DOCKER_HOST. docker leaves the image in a file, and it is
/// pushed from here.
/// </summary>
/// <param name="ecr">The repository.</param>
/// <param name="store">docker's own store.</param>
/// <param name="config">The settings and login for this push.</param>
/// <param name="listener">Who hears of it.</param>
internal sealed class DetachedPush(ImageRepository ecr, ImageStore store, PrivateDockerConfig config, BuildListener listener)
{
    /// <summary>Whether it can help after this fault.</summary>
    /// <param name="fault">Why docker did not push.</param>
    /// <param name="host">The registry's host, with its port.</param>
    public static bool Helps(DockerFault fault, string host) =>
        fault.Error.ErrorId == "RegistryUnreachable" && RegistryHttp.IsThisMachine(host);

    /// <summary>Builds an image and pushes it.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> BuildAsync(
        ImageBuilder builder, BuildRequest build, ImageReference target, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        Tell(target);
        BuildOutcome outcome = await builder.RunAsync(build, target, tags, config, BuildOutput.File(config.ImageFile), cancellationToken)
            .ConfigureAwait(false);
        // the classic image store writes no layout; it can be asked for what it has
        if (outcome.Fault is { Error.ErrorId: "BuilderNotCapable" })
        {
            outcome = await builder.RunAsync(build, target, tags, config, BuildOutput.Store, cancellationToken).ConfigureAwait(false);
            if (outcome.Fault is null)
                await store.SaveAsync($"{target}:{tags[0]}", config.ImageFile, cancellationToken).ConfigureAwait(false);
        }
        if (outcome.Fault is { } fault) throw fault.Error;
        return await PushFileAsync(tags, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Pushes an image that docker has.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> SaveAsync(
        string image, ImageReference target, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        Tell(target);
        await store.SaveAsync(image, config.ImageFile, cancellationToken).ConfigureAwait(false);
        return await PushFileAsync(tags, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> PushFileAsync(IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        LayoutRepository layout = LayoutRepository.Open(config.ImageFile);
        Transfer transfer = new(layout, ecr, listener) { IncludeReferrers = null };
        TransferPlan plan =
            await transfer.PlanAsync(layout.Present(layout.Choose(null), listener.Warning).Value, tags, null, cancellationToken)
                .ConfigureAwait(false);
        await transfer.RunAsync(plan, cancellationToken).ConfigureAwait(false);
        return plan.ImageDigest;
    }

    private void Tell(ImageReference target) =>
        listener.Verbose
            ?.Invoke(
                $"The docker engine cannot reach {target.Host}, which is an address of this machine: it runs elsewhere. " +
                "docker leaves the image in a file, and it is pushed from here.");
}

using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>What docker keeps of a registry's images in its own store.</summary>
internal sealed class LocalImages
{
    private readonly DockerProgram _docker;

    /// <summary>With the docker of this machine.</summary>
    public LocalImages() : this(new()) { }

    internal LocalImages(DockerProgram docker) => _docker = docker;

    /// <summary>The names of the images, each with its tag.</summary>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        [.. Lines(await RunAsync(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"], cancellationToken).ConfigureAwait(false))
            .Where(n => !n.Contains("<none>", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Removes all images that are named after a registry.</summary>
    /// <param name="hosts">The registry's names: host and port.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <returns>The names that were removed.</returns>
    /// <exception cref="PizzaException"><c>LocalImagesNotRemoved</c>, <c>DockerNotFound</c>, <c>DockerDaemonUnreachable</c>.</exception>
    public async Task<IReadOnlyList<string>> RemoveOfAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        ProgramExit listed =
            await RunAsync(["image", "ls", "--no-trunc", "--format", "{{.Repository}} {{.Tag}} {{.ID}}"], cancellationToken)
                .ConfigureAwait(false);
        string[][] images = [.. Lines(listed).Select(l => l.Split(' ')).Where(i => i.Length == 3)];
        ILookup<bool, string[]> ours = images.ToLookup(i => hosts.Any(h => i[0].StartsWith(h + "/", StringComparison.Ordinal)));
        string[] names =
        [
            .. from image in ours[true]
               let isUntagged = image[1] == "<none>"
               where !isUntagged || ours[false].All(o => o[2] != image[2])   // by its id, an image loses the names of others too
               select isUntagged ? image[2] : $"{image[0]}:{image[1]}",
        ];
        if (names.Length > 0)
            await RunAsync(["image", "rm", "--force", "--", .. names.Distinct()], cancellationToken).ConfigureAwait(false);
        return names;
    }

    private static string[] Lines(ProgramExit exit) =>
        exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<ProgramExit> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ProgramExit exit = await _docker.RunAsync(new(arguments), cancellationToken).ConfigureAwait(false);
        if (exit.Code == 0) return exit;
        PizzaException known =
            DockerErrors.Classify(new() { ExitCode = exit.Code, Text = exit.Errors.Trim(), Host = "", RepositoryName = "" }).Error;
        throw known.ErrorId is "DockerDaemonUnreachable" or "DockerPermissionDenied" or "DockerContextNotFound" ? known
            : new PizzaException("LocalImagesNotRemoved", PizzaErrorKind.OperationFailed,
                $"docker could not remove the images. docker says: {exit.Errors.Trim()}");
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>An image in docker's own store.</summary>
/// <param name="Id">On the classic image store the digest of its configuration, on containerd's that of its manifest.</param>
/// <param name="Platform">For example <c>linux/arm64</c>.</param>
internal sealed record LocalImage(string Id, string Platform);

/// <summary>The images that docker has, by <c>docker image inspect</c>, <c>docker tag</c> and <c>docker push</c>.</summary>
/// <param name="docker">The program.</param>
/// <param name="target">Host and name of the repository to push to.</param>
/// <param name="config">The login for it.</param>
internal sealed partial class ImageStore(DockerProgram docker, ImageReference target, PrivateDockerConfig config)
{
    /// <summary>An image by name or id.</summary>
    /// <exception cref="PizzaException"><c>LocalImageNotFound</c>, <c>DockerDaemonUnreachable</c> …</exception>
    public async Task<LocalImage> FindAsync(string image, CancellationToken cancellationToken)
    {
        ProgramExit exit = await RunAsync(cancellationToken, "image", "inspect", "--", image).ConfigureAwait(false);
        if (exit.Errors.Contains("o such image", StringComparison.Ordinal)
            || exit.Errors.Contains("invalid reference format", StringComparison.Ordinal))
            throw new PizzaException("LocalImageNotFound", PizzaErrorKind.NotFound,
                $"docker has no image '{image}'. 'docker image ls' lists those it has; Publish-PizzaImage builds one from a Dockerfile.",
                image);
        if (exit.Code != 0) throw Classify(exit, "").Error;
        using JsonDocument document = JsonDocument.Parse(exit.Output);
        JsonElement found = document.RootElement[0];
        return new(found.GetProperty("Id").GetString()!,
            $"{found.GetProperty("Os").GetString()}/{found.GetProperty("Architecture").GetString()}");
    }

    /// <summary>Gives the image the repository's name with a tag, in docker's own store too, and pushes it.</summary>
    /// <returns>The digest of the pushed manifest, or why it was not pushed.</returns>
    public async Task<(string? Digest, DockerFault? Fault)> PushAsync(string image, string tag, CancellationToken cancellationToken)
    {
        ProgramExit exit = await RunAsync(cancellationToken, "tag", "--", image, $"{target}:{tag}").ConfigureAwait(false);
        if (exit.Code == 0) exit = await RunAsync(cancellationToken, "push", "--", $"{target}:{tag}").ConfigureAwait(false);
        if (exit.Code != 0) return (null, Classify(exit, $"failed to push {target}:{tag}: "));
        return PushedDigest().Match(exit.Output) is { Success: true } match
            ? (match.Groups[1].Value, null) : throw DockerErrors.MetadataMissing(
            $"docker pushed '{target}:{tag}' but did not print its digest", $"{target}:{tag}");
    }

    /// <summary>Saves an image in a file, which this program writes, wherever the engine is.</summary>
    /// <param name="image">Its name or id.</param>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException">docker's failure.</exception>
    public async Task SaveAsync(string image, string file, CancellationToken cancellationToken)
    {
        ProgramExit exit = await RunAsync(cancellationToken, "save", "--output", file, "--", image).ConfigureAwait(false);
        if (exit.Code != 0) throw Classify(exit, "").Error;
    }

    /// <summary>Takes the repository's tags off the image in docker's own store; the room is free when it had no other.</summary>
    /// <param name="tags">The tags. One that docker does not have is passed over.</param>
    /// <param name="listener">Hears of each, and of what docker could not do: the image is pushed, so that is no failure.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task RemoveAsync(IEnumerable<string> tags, BuildListener listener, CancellationToken cancellationToken)
    {
        foreach (string tag in tags)
        {
            ProgramExit exit = await RunAsync(cancellationToken, "image", "rm", "--", $"{target}:{tag}").ConfigureAwait(false);
            if (exit.Code == 0) listener.Verbose?.Invoke($"docker no longer keeps {target}:{tag} on this machine.");
            else if (!exit.Errors.Contains("o such image", StringComparison.Ordinal))
                listener.Warning
                    ?.Invoke($"The image was pushed, but docker could not remove {target}:{tag} from this machine: {exit.Errors.Trim()}");
        }
    }

    private Task<ProgramExit> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        docker.RunAsync(new(arguments) { Environment = config.Environment }, cancellationToken);

    private DockerFault Classify(ProgramExit exit, string context) => DockerErrors.Classify(new()
    {
        ExitCode = exit.Code, Text = context + exit.Errors.Trim(), Host = target.Host!, RepositoryName = target.Repository.Value,
    });

    [GeneratedRegex("^[^ ]+: digest: (sha256:[0-9a-f]{64}) size: ", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PushedDigest();
}

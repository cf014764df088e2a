using System.Text.Json;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>What docker says of the image that it built. On the classic image store an image that was not pushed has no manifest yet: its
/// digest is that of its configuration.</summary>
internal sealed record BuiltImage(string Digest, string? ConfigDigest);

/// <summary>How a build ended: with an image, or with a fault and what was pushed before it.</summary>
internal sealed record BuildOutcome(BuiltImage? Image, DockerFault? Fault, IReadOnlySet<string> Pushed, string? LastManifest);

/// <summary>Runs <c>docker buildx build</c> and reads what comes of it.</summary>
internal sealed class ImageBuilder(DockerProgram docker, BuildListener listener)
{
    /// <summary>Builds, and leaves the image where it is wanted.</summary>
    /// <param name="build">What to build.</param>
    /// <param name="target">The repository's host and name.</param>
    /// <param name="tags">The tags to give.</param>
    /// <param name="config">The settings and login for this build.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<BuildOutcome> RunAsync(BuildRequest build, ImageReference target, IEnumerable<string> tags,
        PrivateDockerConfig config, BuildOutput output, CancellationToken cancellationToken)
    {
        File.Delete(config.MetadataFile);
        BuildxProgress progress = new(listener);
        ProgramExit exit =
            await docker.RunAsync(new(BuildArguments.Of(build, tags.Select(t => $"{target}:{t}"), config.MetadataFile, output))
        {
            Environment = config.Environment, WorkingDirectory = build.WorkingDirectory, OnErrorLine = progress.Take,
        }, cancellationToken).ConfigureAwait(false);
        progress.End();
        DockerFault? fault = exit.Code == 0 ? null : DockerErrors.Classify(new()
        {
            ExitCode = exit.Code, Text = progress.ErrorText, Excerpt = progress.Excerpt, Step = progress.Failed, Host = target.Host!,
            RepositoryName = target.Repository.Value,
        });
        return new(fault is null ? await MetadataAsync(config.MetadataFile, cancellationToken).ConfigureAwait(false) : null, fault,
            progress.Pushed, progress.LastManifest);
    }

    /// <summary>The platform of an image in docker's own store, when docker has it there.</summary>
    public async Task<string?> PlatformAsync(string reference, PrivateDockerConfig config, CancellationToken cancellationToken)
    {
        // .Variant in the template fails on some engines, so it is left out.
        ProgramExit exit =
            await docker.RunAsync(
                new(["image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", reference]) { Environment = config.Environment },
                cancellationToken).ConfigureAwait(false);
        return exit.Code == 0 ? exit.Output.Trim() : null;
    }

    private static async Task<BuiltImage> MetadataAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false));
            return new(document.RootElement.GetProperty("containerimage.digest").GetString()!,
                document.RootElement.TryGetProperty("containerimage.config.digest", out JsonElement config) ? config.GetString() : null);
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
        {
            throw DockerErrors.MetadataMissing("docker ended without an error but reported no digest of the image " +
                $"({e.Message})", cause: e);
        }
    }
}

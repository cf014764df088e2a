using System.Diagnostics;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>An image to build and push.</summary>
internal sealed record PublishRequest
{
    /// <summary>The repository, by name or by URI. With a host in it, that host must be ECR's own for the repository.</summary>
    public required ImageReference Repository { get; init; }

    /// <summary>The tags, at least one.</summary>
    public required IReadOnlyList<ImageTag> Tags { get; init; }

    /// <summary>What to build.</summary>
    public required BuildRequest Build { get; init; }

    /// <summary>Whether to look for a program in the pushed image, and hold its processor against the platform.</summary>
    public bool VerifyBinaries { get; init; }

    /// <summary>Whether docker lets go of the image afterwards.</summary>
    public bool RemoveLocal { get; init; }
}

/// <summary>Builds an image with docker and pushes it to ECR, with a login that nobody else sees and that is gone afterwards.</summary>
internal sealed class PublishService
{
    private readonly ImageRepository _ecr;
    private readonly DockerProgram _docker;
    private readonly BuildListener _listener;
    private readonly Func<string, string?> _variable;
    private readonly ImageBuilder _builder;

    /// <summary>Publishes with the docker of this machine.</summary>
    /// <param name="ecr">The repository.</param>
    /// <param name="listener">Who hears of the build.</param>
    public PublishService(ImageRepository ecr, BuildListener listener)
        : this(ecr, new DockerProgram(), listener, Environment.GetEnvironmentVariable) { }

    internal PublishService(ImageRepository ecr, DockerProgram docker, BuildListener listener, Func<string, string?> variable) =>
        (_ecr, _docker, _listener, _variable, _builder) = (ecr, docker, listener, variable, new(docker, listener));

    /// <summary>
    /// Checks what can be checked, builds, pushes, and reads back from ECR what is there. A tag that cannot be changed and holds the same
    /// image already is a success; with another image it is an error before anything is pushed.
    /// </summary>
    /// <param name="request">What to build and where to push it.</param>
    /// <param name="cancellationToken">Kills docker and all that it started.</param>
    /// <exception cref="PizzaException">Ids of docker's failures: DockerNotFound, DockerDaemonUnreachable, BuildStepFailed,
    /// BaseImageDenied, PushDenied … ; of ECR's: AWS's own.</exception>
    public async Task<PublishedImage> PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        PublishChecks.Check(request.Build);
        if (PublishChecks.FixedPlatform(request.Build) is { } fixedPlatform)
            _listener.Warning?.Invoke(PublishChecks.WarningOf(fixedPlatform, request.Build));
        PublishFacts facts = await PublishFacts.AskAsync(_ecr, [.. request.Tags.Select(t => t.Value)], _listener.Verbose, cancellationToken)
            .ConfigureAwait(false);
        UserDockerFolder user = new(_variable, _listener.Verbose);
        if (user.OpenDaemon() is { } address)
            _listener.Warning
                ?.Invoke(
                    $"The docker engine at {address} is reached over the network without TLS: " +
                    "the registry's password travels to it in clear text.");
        using PrivateDockerConfig config = PrivateDockerConfig.Create(user, facts.Target.Host, facts.Login.Password);
        string[] tags = [.. request.Tags.Select(t => t.Value).Distinct()];
        string[] missing = [.. tags.Except(await AlreadyThereAsync(request, facts, tags, config, cancellationToken).ConfigureAwait(false))];
        string digest = missing.Length == 0
            ? facts.Before(tags[0])!.Digest.Value
            : await PushAsync(request, facts, missing, config, cancellationToken).ConfigureAwait(false);
        PublishedImage image = await new PublishVerification(_ecr, _builder, _listener)
            .VerifyAsync(request.Build.Platforms, facts, missing.Length == 0 ? tags : missing, digest, config, cancellationToken)
            .ConfigureAwait(false);
        if (request.VerifyBinaries)
            await new PublishVerification(_ecr, _builder, _listener).VerifyBinariesAsync(image, cancellationToken).ConfigureAwait(false);
        if (request.RemoveLocal)
            await new ImageStore(_docker, facts.Repository, config).RemoveAsync(tags, _listener, cancellationToken).ConfigureAwait(false);
        image = image with
        {
            ImageTags = tags, ImageUri = $"{facts.Target.RepositoryUri}:{tags[0]}",
            DurationSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            Status = facts.StatusOf(missing, digest),
        };
        await GitHubOutput.WriteAsync(image, _variable, _listener.Warning, cancellationToken).ConfigureAwait(false);
        return image;
    }

    // The tags that cannot be changed and lead to this image already. Only a build tells what the image is, so it is built first and not
    // pushed.
    private async Task<IReadOnlyList<string>> AlreadyThereAsync(
        PublishRequest request, PublishFacts facts, string[] tags, PrivateDockerConfig config, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> taken = facts.Taken(tags);
        if (taken.Count == 0) return [];
        _listener.Verbose
            ?.Invoke(
                $"These tags exist and are immutable: {string.Join(", ", taken)}. The image is first built without a push, to see " +
                "whether it is the same.");
        BuildOutcome outcome = await _builder.RunAsync(request.Build, facts.Repository, taken, config, BuildOutput.Cache, cancellationToken)
            .ConfigureAwait(false);
        BuiltImage built = outcome.Image ?? throw outcome.Fault!.Error;
        return taken.FirstOrDefault(t => !facts.Holds(t, built)) is { } other
            ? throw Transfer.Taken(facts.Target, other, facts.Before(other)!.Digest) : taken;
    }

    private async Task<string> PushAsync(
        PublishRequest request, PublishFacts facts, string[] tags, PrivateDockerConfig config, CancellationToken cancellationToken)
    {
        PublishDiagnosis diagnosis = new(_ecr, facts, tags);
        RegistryLogin login = facts.Login;
        for (int attempt = 1; ; attempt++)
        {
            BuildOutcome outcome =
                await _builder.RunAsync(request.Build, facts.Repository, tags, config, BuildOutput.Registry, cancellationToken)
                    .ConfigureAwait(false);
            if (outcome.Image is { } image) return image.Digest;
            (string? digest, DockerFault fault) = await diagnosis.ExplainAsync(outcome, login, cancellationToken).ConfigureAwait(false);
            if (digest is not null) return digest;
            if (DetachedPush.Helps(fault, facts.Target.Host))
            {
                DetachedPush detached = new(_ecr, new(_docker, facts.Repository, config), config, _listener);
                return await detached.BuildAsync(_builder, request.Build, facts.Repository, tags, cancellationToken).ConfigureAwait(false);
            }
            if (fault.Next != NextMove.NewToken || attempt > 1) throw fault.Error;
            _listener.Verbose?.Invoke("The registry refused the login; trying once more with a new token.");
            login = (await _ecr.LoginAsync(cancellationToken).ConfigureAwait(false))!;
            config.Login(facts.Target.Host, login.Password);
        }
    }
}

/// <summary>The outputs of a step of GitHub Actions: <c>image</c> and <c>digest</c>, for the steps after it.</summary>
internal static class GitHubOutput
{
    /// <summary>Appends them when this runs in GitHub Actions; else does nothing.</summary>
    /// <param name="image">What was published.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="warning">Told when the file cannot be written; the image is published all the same.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(
        PublishedImage image, Func<string, string?> variable, Action<string>? warning, CancellationToken cancellationToken)
    {
        if (variable("GITHUB_ACTIONS") != "true" || variable("GITHUB_OUTPUT") is not { Length: > 0 } file) return;
        try
        {
            await File.AppendAllLinesAsync(file, [$"image={image.ImageUri}", $"digest={image.ImageDigest}"], cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException)
            {
                warning?.Invoke($"The outputs of this step could not be written: {e.Message}");
            }
    }
}

using System.Diagnostics;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Pushes an image of docker's own store to ECR, with a login that nobody else sees and that is gone afterwards.</summary>
internal sealed class LocalPushService
{
    private readonly ImageRepository _ecr;
    private readonly DockerProgram _docker;
    private readonly BuildListener _listener;

    /// <summary>Pushes with the docker of this machine.</summary>
    /// <param name="ecr">The repository.</param>
    /// <param name="listener">Who hears of the push.</param>
    public LocalPushService(ImageRepository ecr, BuildListener listener) : this(ecr, new DockerProgram(), listener) { }

    /// <summary>Whether docker lets go of the repository's tags afterwards.</summary>
    public bool RemoveLocal { get; init; }

    internal LocalPushService(ImageRepository ecr, DockerProgram docker, BuildListener listener) =>
        (_ecr, _docker, _listener) = (ecr, docker, listener);

    /// <summary>Tags and pushes the image, and reads back from ECR what is there. A tag that has this very image already is left
    /// alone.</summary>
    /// <param name="image">The image's name or id in docker.</param>
    /// <param name="tags">The tags, at least one.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>LocalImageNotFound</c> and <c>ImageTagAlreadyExistsException</c> before anything is sent; the
    /// ids of docker's failures.</exception>
    public async Task<PublishedImage> PushAsync(string image, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        PublishFacts facts = await PublishFacts.AskAsync(_ecr, tags, _listener.Verbose, cancellationToken).ConfigureAwait(false);
        UserDockerFolder user = new(Environment.GetEnvironmentVariable, _listener.Verbose);
        if (user.OpenDaemon() is { } address)
            _listener.Warning
                ?.Invoke(
                    $"The docker engine at {address} is reached over the network without TLS: " +
                    "the registry's password travels to it in clear text.");
        using PrivateDockerConfig config = PrivateDockerConfig.Create(user, facts.Target.Host, facts.Login.Password);
        ImageStore store = new(_docker, facts.Repository, config);
        LocalImage local = await store.FindAsync(image, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> missing = facts.Missing(tags, new(local.Id, local.Id));
        string digest = missing.Count == 0 ? facts.Before(tags[0])!.Digest.Value
            : await PushAsync(store, facts, image, missing, config, cancellationToken).ConfigureAwait(false);
        PublishVerification verification = new(_ecr, new(_docker, _listener), _listener);
        PublishedImage pushed =
            await verification.VerifyAsync(Platforms(local), facts, [.. missing.Count == 0 ? tags : missing], digest, config,
                cancellationToken).ConfigureAwait(false);
        if (RemoveLocal) await store.RemoveAsync(tags, _listener, cancellationToken).ConfigureAwait(false);
        return pushed with
        {
            ImageTags = [.. tags], ImageUri = $"{facts.Target.RepositoryUri}:{tags[0]}",
            DurationSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            Status = facts.StatusOf(missing, digest),
        };
    }

    private async Task<string> PushAsync(ImageStore store, PublishFacts facts, string image, IReadOnlyList<string> tags,
        PrivateDockerConfig config, CancellationToken cancellationToken)
    {
        PublishDiagnosis diagnosis = new(_ecr, facts, tags);
        RegistryLogin login = facts.Login;
        HashSet<string> pushed = [];
        string last = "";
        for (int i = 0, attempt = 1; i < tags.Count;)
        {
            _listener.Progress?.Report(new($"docker push {facts.Target.RepositoryUri}:{tags[i]}", 100 * i / tags.Count));
            (string? digest, DockerFault? fault) = await store.PushAsync(image, tags[i], cancellationToken).ConfigureAwait(false);
            if (digest is not null)
            {
                pushed.Add($"{facts.Target.RepositoryUri}:{tags[i++]}");
                last = digest;
                continue;
            }
            (_, fault) = await diagnosis.ExplainAsync(new(null, fault, pushed, null), login, cancellationToken).ConfigureAwait(false);
            if (DetachedPush.Helps(fault, facts.Target.Host))
                return await new DetachedPush(_ecr, store, config, _listener)
                    .SaveAsync(image, facts.Repository, [.. tags.Skip(i)], cancellationToken).ConfigureAwait(false);
            if (fault.Next != NextMove.NewToken || attempt++ > 1) throw fault.Error;
            _listener.Verbose?.Invoke("The registry refused the login; trying once more with a new token.");
            login = (await _ecr.LoginAsync(cancellationToken).ConfigureAwait(false))!;
            config.Login(facts.Target.Host, login.Password);
        }
        return last;
    }

    private static IReadOnlyList<Platform> Platforms(LocalImage image)
    {
        try { return [Platform.Parse(image.Platform)]; }
        catch (PizzaException) { return []; }   // an image for something that no machine runs: nothing to hold it against
    }
}

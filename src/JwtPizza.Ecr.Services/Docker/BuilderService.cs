using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>A builder that is to be there.</summary>
internal sealed record BuilderRequest
{
    /// <summary>Its name.</summary>
    public required string Builder { get; init; }

    /// <summary><c>docker-container</c>, <c>kubernetes</c> or <c>remote</c>.</summary>
    public string Driver { get; init; } = "docker-container";

    /// <summary>The nodes that it is to have; none for one on the current docker.</summary>
    public IReadOnlyList<BuilderNodeRequest> Nodes { get; init; } = [];

    /// <summary>Whether it is to be the current builder.</summary>
    public bool Use { get; init; }
}

/// <summary>Checks and makes buildx builders, with the docker of this machine.</summary>
internal sealed class BuilderService
{
    private readonly DockerProgram _docker;
    private readonly Binfmt _binfmt;

    /// <summary>With the docker of this machine.</summary>
    public BuilderService() : this(new(), new()) { }

    internal BuilderService(DockerProgram docker, Binfmt binfmt) => (_docker, _binfmt) = (docker, binfmt);

    /// <summary>Looks at a builder, and at what it can do for the platforms.</summary>
    /// <param name="builder">Its name; null for the current one.</param>
    /// <param name="platforms">The platforms that images are to be built for.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>BuilderNotFound</c>, <c>BuildxMissing</c>, <c>DockerNotFound</c>, <c>DockerDaemonUnreachable</c>
    /// …</exception>
    public async Task<PizzaBuilder> CheckAsync(string? builder, IReadOnlyList<Platform> platforms, CancellationToken cancellationToken)
    {
        PizzaBuilder found = await FindAsync(builder, cancellationToken).ConfigureAwait(false)
            ?? throw new PizzaException("BuilderNotFound", PizzaErrorKind.NotFound,
            $"buildx has no builder '{builder}'. Make it with Initialize-PizzaBuilder {builder} -Create; " +
            "'docker buildx ls' lists those that are there.", builder);
        bool severalAtOnce =
            found.Driver != "docker" || platforms.Count < 2 || await HasContainerdStoreAsync(cancellationToken).ConfigureAwait(false);
        return BuilderAssessment.Of(found, platforms, _binfmt, severalAtOnce);
    }

    /// <summary>The commands that are missing until the builder is as asked for, each as docker's arguments; none when it is.</summary>
    /// <param name="request">What is to be there.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>BuilderDiffers</c>: there is one of this name with another driver.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> PlanAsync(BuilderRequest request, CancellationToken cancellationToken)
    {
        PizzaBuilder? there = await FindAsync(request.Builder, cancellationToken).ConfigureAwait(false);
        if (there is not null && there.Driver != request.Driver)
            throw new PizzaException("BuilderDiffers", PizzaErrorKind.AlreadyExists,
                $"There is a builder '{request.Builder}' already, with the driver '{there.Driver}' and not '{request.Driver}'; " +
                "a builder has one driver. Choose another name, name its driver with -Driver, or take it away with 'docker buildx rm " +
                $"{request.Builder}'.", request.Builder);
        List<IReadOnlyList<string>> commands = [];
        IReadOnlyList<BuilderNodeRequest> nodes = request.Nodes.Count > 0 ? request.Nodes : there is null ? [new()] : [];
        foreach (BuilderNodeRequest node in nodes)
            if (there is null || !await HasAsync(there, node, cancellationToken).ConfigureAwait(false))
                commands.Add(Create(request, node, append: there is not null || commands.Count > 0));
        if (request.Use && (there is null || (await FindAsync(null, cancellationToken).ConfigureAwait(false))?.Builder != request.Builder))
            commands.Add(["buildx", "use", request.Builder]);
        return commands;
    }

    /// <summary>Runs the commands of a plan.</summary>
    /// <param name="command">docker's arguments.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>BuilderNotCreated</c>, and docker's own failures.</exception>
    public async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ProgramExit exit = await _docker.RunAsync(new(command), cancellationToken).ConfigureAwait(false);
        if (exit.Code != 0)
            throw Failure(exit, "BuilderNotCreated", $"docker could not do '{string.Join(' ', command)}'. What was made before it stays.",
                command[^1]);
    }

    /// <summary>Starts the nodes of a builder, so that it tells what it can do.</summary>
    /// <param name="builder">Its name.</param>
    /// <param name="line">Receives what docker prints.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>BuilderNotStarted</c>.</exception>
    public async Task StartAsync(string builder, Action<string> line, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        ProgramExit exit =
            await _docker.RunAsync(
                new(["buildx", "inspect", "--bootstrap", builder]) { OnErrorLine = text => { lines.Add(text); line(text); } },
                cancellationToken).ConfigureAwait(false);
        if (exit.Code != 0) throw Failure(exit with { Errors = string.Join('\n', lines) }, "BuilderNotStarted",
            $"The builder '{builder}' does not start. A node of the driver docker-container needs the image moby/buildkit (name one " +
            $"that can be pulled with -DriverOption @{{ image = … }}), a remote one a BuildKit that answers at its endpoint.", builder);
    }

    /// <summary>Installs emulators in the kernel of the current docker engine, by a privileged container.</summary>
    /// <param name="image">The image that does it.</param>
    /// <param name="architectures">For example <c>arm64</c>.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>EmulationNotInstalled</c>.</exception>
    public async Task InstallEmulationAsync(string image, IEnumerable<string> architectures, CancellationToken cancellationToken)
    {
        ProgramExit exit = await _docker.RunAsync(new(EmulationCommand(image, architectures)), cancellationToken).ConfigureAwait(false);
        if (exit.Code != 0) throw Failure(exit, "EmulationNotInstalled",
            $"The emulators could not be installed with the image '{image}'. Where it cannot be pulled, name a copy of it with " +
            "-EmulationImage; on Debian and Ubuntu the package qemu-user-static (binfmt-support) does the same.", image);
    }

    /// <summary>docker's arguments for that.</summary>
    public static IReadOnlyList<string> EmulationCommand(string image, IEnumerable<string> architectures) =>
        ["run", "--privileged", "--rm", image, "--install", string.Join(',', architectures)];

    private async Task<PizzaBuilder?> FindAsync(string? builder, CancellationToken cancellationToken)
    {
        ProgramExit exit =
            await _docker.RunAsync(new(builder is null ? ["buildx", "inspect"] : ["buildx", "inspect", builder]), cancellationToken)
                .ConfigureAwait(false);
        if (exit.Code == 0) return BuildxInspection.Parse(exit.Output);
        return exit.Errors.Contains($"no builder \"{builder}\" found", StringComparison.Ordinal)
            ? null : throw Failure(exit, "DockerFailed", "docker could not look at the builder.", builder);
    }

    private async Task<bool> HasContainerdStoreAsync(CancellationToken cancellationToken) =>
        (await _docker.RunAsync(new(["info", "--format", "{{json .DriverStatus}}"]), cancellationToken)
            .ConfigureAwait(false)).Output.Contains("io.containerd.snapshotter.v1", StringComparison.Ordinal);

    private async Task<bool> HasAsync(PizzaBuilder there, BuilderNodeRequest wanted, CancellationToken cancellationToken)
    {
        if (wanted.Name is not null) return there.Nodes.Any(n => n.Name == wanted.Name);
        if (wanted.Endpoint is not { } endpoint) return there.Nodes.Length > 0;
        return there.Nodes.Any(n => n.Endpoint == endpoint)
            || (await AddressAsync(endpoint, cancellationToken).ConfigureAwait(false) is { } address
                && there.Nodes.Any(n => n.Endpoint == address));
    }

    // buildx remembers the default context by the address of its engine.
    private async Task<string?> AddressAsync(string context, CancellationToken cancellationToken)
    {
        if (context.Contains("://", StringComparison.Ordinal)) return null;
        ProgramExit exit =
            await _docker.RunAsync(new(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}", context]), cancellationToken)
                .ConfigureAwait(false);
        return exit.Code == 0 ? exit.Output.Trim() : null;
    }

    private static IReadOnlyList<string> Create(BuilderRequest request, BuilderNodeRequest node, bool append) =>
    [
        "buildx", "create", "--name", request.Builder, "--driver", request.Driver,
        .. append ? ["--append"] : Array.Empty<string>(),
        .. node.Name is null ? Array.Empty<string>() : ["--node", node.Name],
        .. node.Platform.Count == 0 ? Array.Empty<string>() : ["--platform", string.Join(',', node.Platform)],
        .. node.Option.SelectMany(o => new[] { "--driver-opt", $"{o.Key}={o.Value}" }),
        .. node.Endpoint is null ? Array.Empty<string>() : [node.Endpoint],
    ];

    private static PizzaException Failure(ProgramExit exit, string id, string message, string? target)
    {
        PizzaException known =
            DockerErrors.Classify(new() { ExitCode = exit.Code, Text = exit.Errors.Trim(), Host = "", RepositoryName = "" }).Error;
        bool isKnown = known.ErrorId is "DockerDaemonUnreachable" or "DockerPermissionDenied" or "DockerContextNotFound" or "BuildxMissing"
            or "DiskFull";
        return isKnown
            ? known
            : new(id, PizzaErrorKind.OperationFailed,
                $"{message}\ndocker says:\n  {exit.Errors.Trim().Replace("\n", "\n  ", StringComparison.Ordinal)}", target);
    }
}

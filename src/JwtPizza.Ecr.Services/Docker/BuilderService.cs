using System.Text.Json;
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
            ?? throw ErrorCatalog.BuilderNotFound(builder);
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
                "a builder has one driver. Choose another name, name its driver with -Driver, or remove it with: Remove-PizzaBuilder " +
                $"{request.Builder}", request.Builder);
        List<IReadOnlyList<string>> commands = [];
        IReadOnlyList<BuilderNodeRequest> nodes = request.Nodes.Count > 0 ? request.Nodes : there is null ? [new()] : [];
        foreach (BuilderNodeRequest node in nodes)
            if (there is null || !await HasAsync(there, node, cancellationToken).ConfigureAwait(false))
                commands.Add(Create(request, node, append: there is not null || commands.Count > 0));
        if (request.Use && (there is null || (await FindAsync(null, cancellationToken).ConfigureAwait(false))?.Builder != request.Builder))
            commands.Add(["buildx", "use", request.Builder]);
        return commands;
    }

    /// <summary>Runs a command of a plan.</summary>
    /// <param name="command">docker's arguments.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <exception cref="PizzaException"><c>BuilderNotCreated</c>, and docker's own failures.</exception>
    public async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ProgramExit exit = await _docker.RunAsync(new(command), cancellationToken).ConfigureAwait(false);
        if (exit.Code == 0) return;
        PizzaException e = Failure(exit, "BuilderNotCreated", $"docker could not run '{string.Join(' ', command)}'.", command[^1]);
        throw new PizzaException(e.ErrorId, e.Kind, NodeOf(command) + e.Message, e.Target, e);
    }

    /// <summary>The names of the builders that there are, the current one first.</summary>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = await NamesAsync(cancellationToken).ConfigureAwait(false);
        string? current = (await FindAsync(null, cancellationToken).ConfigureAwait(false))?.Builder;
        return [.. names.OrderByDescending(n => n == current)];
    }

    /// <summary>The names of the builders that there are.</summary>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        ProgramExit exit = await _docker.RunAsync(new(["buildx", "ls", "--format", "json"]), cancellationToken).ConfigureAwait(false);
        if (exit.Code != 0) throw Failure(exit, "DockerFailed", "docker could not list the builders.", null);
        return [.. exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NameIn).Distinct()];
    }

    // A line for a builder and for each of its nodes.
    private static string NameIn(string line)
    {
        using JsonDocument builder = JsonDocument.Parse(line);
        return builder.RootElement.GetProperty("Name").GetString()!;
    }

    /// <summary>The names of a builder's nodes; null when there is no such builder.</summary>
    /// <param name="builder">Its name.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<IReadOnlyList<string>?> NodesAsync(string builder, CancellationToken cancellationToken) =>
        (await FindAsync(builder, cancellationToken).ConfigureAwait(false))?.Nodes.Select(n => n.Name).ToArray();

    /// <summary>Takes back what was made of a builder: all of it, or the nodes that it did not have before.</summary>
    /// <param name="builder">Its name.</param>
    /// <param name="before">The nodes that it had; null when it was not there.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task UndoAsync(string builder, IReadOnlyList<string>? before, CancellationToken cancellationToken)
    {
        if (await NodesAsync(builder, cancellationToken).ConfigureAwait(false) is not { } now) return;
        if (before is null)
        {
            await _docker.RunAsync(new(["buildx", "rm", "--force", builder]), cancellationToken).ConfigureAwait(false);
            return;
        }
        foreach (string node in now.Except(before))
            await _docker.RunAsync(new(["buildx", "create", "--leave", "--name", builder, "--node", node]), cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>Deletes a builder with its nodes, and the build cache that they hold.</summary>
    /// <param name="builder">Its name.</param>
    /// <param name="keepCache">Leave the cache, for a builder of this name that is made later.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    /// <returns>What it was.</returns>
    /// <exception cref="PizzaException"><c>BuilderNotFound</c>, <c>BuilderNotRemoved</c>.</exception>
    public async Task<PizzaBuilder> RemoveAsync(string builder, bool keepCache, CancellationToken cancellationToken)
    {
        PizzaBuilder found =
            await FindAsync(builder, cancellationToken).ConfigureAwait(false) ?? throw ErrorCatalog.BuilderNotFound(builder);
        string[] command = ["buildx", "rm", "--force", .. keepCache ? ["--keep-state"] : Array.Empty<string>(), builder];
        ProgramExit exit = await _docker.RunAsync(new(command), cancellationToken).ConfigureAwait(false);
        if (exit.Code != 0)
            throw Failure(exit, "BuilderNotRemoved",
                $"docker could not remove the builder '{builder}'. A builder that belongs to a docker context cannot be removed without " +
                "it.", builder);
        return found with { Status = ChangeStatus.Removed };
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
            $"The builder '{builder}' does not start. A node of the driver docker-container needs the image moby/buildkit; name one " +
            "that can be pulled with -DriverOption @{ image = … }. A remote node needs a BuildKit that answers at its endpoint.", builder);
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
            $"The emulators could not be installed with the image '{image}'. If it cannot be pulled, name a copy of it with " +
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

    // 'buildx create [options] [endpoint]': the options come in pairs, but for --append.
    private static string NodeOf(IReadOnlyList<string> command)
    {
        if (command[1] != "create") return "";
        string[] words = [.. command.Skip(2).Where(w => w != "--append")];
        int node = Array.IndexOf(words, "--node");
        string? named = node >= 0 ? words[node + 1] : words.Length % 2 == 1 ? words[^1] : null;
        return $"The node {(named is null ? "on the current docker" : $"'{named}'")} could not be added: ";
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

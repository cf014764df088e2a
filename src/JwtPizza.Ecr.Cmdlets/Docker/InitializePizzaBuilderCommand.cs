using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Checks docker's builder, and creates or adds what is missing.</summary>
/// <remarks>
/// <para>Without -Create, -Start, and -InstallEmulation, the cmdlet changes nothing. The output shows the builder with its driver, its
/// nodes, and its support for the platforms. Missing lists what is missing, each with the next step. The cmdlet is the equivalent of
/// docker/setup-qemu-action and docker/setup-buildx-action.</para>
/// <para>Native means that a node runs programs of the platform. Emulated means that every step works, but several times slower. CopyOnly
/// means that you can build images that only copy files, but RUN fails with 'exec format error'. Unknown means that the builder reports its
/// platforms only once it has started, with its first build or with -Start.</para>
/// <para>A builder of several nodes builds each platform on a node of its kind. Nodes are docker engines, also over ssh (driver
/// docker-container), pods (driver kubernetes) or BuildKit daemons (driver remote). The same line run twice changes nothing the second
/// time. Missing nodes are added, and no node is removed. When a node cannot be added or started, nothing of it is left.
/// Remove-PizzaBuilder removes a builder.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Initialize-PizzaBuilder</code>
/// Checks whether the current builder can build and run linux/arm64.
/// </example>
/// <example needs="docker and the image tonistiigi/binfmt">
/// <code>Initialize-PizzaBuilder -InstallEmulation</code>
/// Does what the workflow of the tutorial does with setup-qemu-action. On a machine with another processor, linux/arm64 then runs by
/// emulation.
/// </example>
/// <example needs="docker and an arm64 machine">
/// <code>Initialize-PizzaBuilder pizza -Create -Node default, @{ Endpoint = 'ssh://me@arm-host'; Platform = 'linux/arm64' } | Publish-PizzaImage ./dist jwt-pizza-service -Platform linux/amd64, linux/arm64</code>
/// Creates a builder from this machine and an arm64 machine, and publishes an image for both platforms. Each platform is built natively.
/// </example>
/// <example needs="docker and Kubernetes">
/// <code>Initialize-PizzaBuilder k8s -Create -Driver kubernetes -Node @{ Name = 'arm'; Platform = 'linux/arm64'; Option = @{ namespace = 'buildkit'; nodeselector = 'kubernetes.io/arch=arm64' } } -Start</code>
/// Creates a builder on Kubernetes and starts it immediately.
/// </example>
[Cmdlet(VerbsData.Initialize, "PizzaBuilder", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaBuilder))]
public sealed class InitializePizzaBuilderCommand : PizzaCmdlet
{
    /// <summary>Specifies the name of the builder, as 'docker buildx ls' lists it. The default is the current builder, or 'pizza' with
    /// -Create.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Builder")]
    [ValidatePattern(@"\A[A-Za-z][A-Za-z0-9._-]*\z")]
    [ArgumentCompleter(typeof(BuilderCompleter))]
    public string? Name { get; set; }

    /// <summary>Specifies the platforms to build images for.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [Defaults.Platform];

    /// <summary>Indicates that the cmdlet creates the builder if it does not exist, and adds missing nodes.</summary>
    [Parameter]
    public SwitchParameter Create { get; set; }

    /// <summary>Specifies the driver of the builder, with -Create: docker-container (BuildKit in a container of a docker engine),
    /// kubernetes (in pods), or remote (an existing BuildKit).</summary>
    [Parameter]
    [ValidateSet("docker-container", "kubernetes", "remote")]
    public string Driver { get; set; } = "docker-container";

    /// <summary>Specifies the nodes, with -Create. Each is a docker context, an address ('ssh://me@arm-host', 'tcp://host:1234'), or @{
    /// Endpoint = …; Name = …; Platform = …; Option = @{ … } }. The default is one node on the current docker.</summary>
    [Parameter]
    public object[] Node { get; set; } = [];

    /// <summary>Specifies driver options for every node, with -Create, for example @{ image = 'mirror.example/buildkit' } or @{ namespace =
    /// 'buildkit' }.</summary>
    [Parameter]
    public Hashtable DriverOption { get; set; } = [];

    /// <summary>Indicates that the builder becomes the current builder, with -Create. docker uses the current builder when you do not name
    /// one.</summary>
    [Parameter]
    public SwitchParameter Use { get; set; }

    /// <summary>Indicates that the nodes start now, so that they report what they support. For this, a docker-container node pulls the
    /// image moby/buildkit.</summary>
    [Parameter]
    [Alias("Bootstrap")]
    public SwitchParameter Start { get; set; }

    /// <summary>Indicates that the cmdlet installs emulators for the platforms that cannot run. A privileged container changes the kernel
    /// of the current docker engine until the engine restarts.</summary>
    [Parameter]
    public SwitchParameter InstallEmulation { get; set; }

    /// <summary>Specifies the image that installs the emulators. The cmdlet relies on what the image reports.</summary>
    [Parameter]
    public string EmulationImage { get; set; } = "tonistiigi/binfmt";

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        BuilderService builders = new();
        Platform[] platforms = [.. Ecr.Platform.ParseAll(Platform)];
        if (!Create && new[] { nameof(Driver), nameof(Node), nameof(DriverOption), nameof(Use) }.FirstOrDefault(IsBound) is { } stray)
            throw ErrorCatalog.SettingNotOffered(stray, $"-{stray} describes a new builder. Add -Create, or leave it out.");
        string? name = Name ?? (Create ? "pizza" : null);
        ChangeStatus status = ChangeStatus.Unchanged;
        PizzaBuilder found;
        IReadOnlyList<string>? before = Create ? await builders.NodesAsync(name!, cancellationToken) : null;
        try
        {
            if (Create)
            {
                if (await CreateAsync(builders, name!, cancellationToken) is not { } made) return;
                status = made;
            }
            found = await builders.CheckAsync(name, platforms, cancellationToken);
            if (Start) found = await StartAsync(builders, found, platforms, cancellationToken);
        }
        catch (Exception e) when (Create && e is (PizzaException or OperationCanceledException))
        {
            await builders.UndoAsync(name!, before, CancellationToken.None);   // half a builder would be taken for a whole one
            throw;
        }
        if (InstallEmulation) found = await EmulateAsync(builders, found, platforms, cancellationToken);
        foreach (string missing in found.Missing) WriteVerbose(missing);
        WriteObject(status == ChangeStatus.Unchanged ? found : found with { Status = status });
    }

    // What became of it; null where there is nothing to look at.
    private async Task<ChangeStatus?> CreateAsync(BuilderService builders, string name, CancellationToken cancellationToken)
    {
        Dictionary<string, string> shared = Options(DriverOption);
        BuilderRequest request = new()
        {
            Builder = name, Driver = Driver, Use = Use,
            Nodes = [.. (Node.Length > 0 || shared.Count == 0 ? Node : [new Hashtable()]).Select(n => Requested(n, shared))],
        };
        IReadOnlyList<IReadOnlyList<string>> commands = await builders.PlanAsync(request, cancellationToken);
        if (commands.Count == 0) WriteVerbose($"The builder '{name}' already has these settings; nothing changed.");
        bool isNew = commands.Count > 0 && !commands[0].Contains("--append") && commands[0][1] == "create", made = false;
        foreach (IReadOnlyList<string> command in commands)
        {
            if (!ShouldProcess($"builder '{name}'", $"docker {string.Join(' ', command)}")) continue;
            await builders.RunAsync(command, cancellationToken);
            made = true;
        }
        return (made, isNew) switch
        {
            (true, true) => ChangeStatus.Created,
            (true, false) => ChangeStatus.Changed,
            (false, true) => null,
            _ => ChangeStatus.Unchanged,
        };
    }

    private async Task<PizzaBuilder> StartAsync(
        BuilderService builders, PizzaBuilder found, Platform[] platforms, CancellationToken cancellationToken)
    {
        IProgress<string> verbose = new Progress<string>(WriteVerbose);
        if (!ShouldProcess($"builder '{found.Builder}'", "Start its nodes")) return found;
        await builders.StartAsync(found.Builder, verbose.Report, cancellationToken);
        PizzaBuilder started = await builders.CheckAsync(found.Builder, platforms, cancellationToken);
        return found.Nodes.All(n => n.Status == "running") ? started : started with { Status = ChangeStatus.Changed };
    }

    private async Task<PizzaBuilder> EmulateAsync(
        BuilderService builders, PizzaBuilder found, Platform[] platforms, CancellationToken cancellationToken)
    {
        string[] lacking = [.. platforms.Where(p => found.Platform[p.ToString()] is PlatformSupport.CopyOnly or PlatformSupport.Unknown)
            .Select(p => p.Architecture).Distinct()];
        if (lacking.Length == 0) WriteVerbose("Every platform already runs; no emulator was installed.");
        if (lacking.Length == 0
            || !ShouldProcess("the kernel of the current docker engine",
                $"docker {string.Join(' ', BuilderService.EmulationCommand(EmulationImage, lacking))}"))
            return found;
        await builders.InstallEmulationAsync(EmulationImage, lacking, cancellationToken);
        return await builders.CheckAsync(found.Builder, platforms, cancellationToken) with { Status = ChangeStatus.Changed };
    }

    private static BuilderNodeRequest Requested(object node, Dictionary<string, string> shared)
    {
        BuilderNodeRequest request = BuilderNodeRequest.Parse(node is PSObject { BaseObject: { } plain } ? plain : node);
        return request with { Option = shared.Where(o => !request.Option.ContainsKey(o.Key)).Concat(request.Option).ToDictionary() };
    }

    private static Dictionary<string, string> Options(Hashtable options) =>
        options.Cast<DictionaryEntry>().ToDictionary(e => $"{e.Key}", e => FormattableString.Invariant($"{e.Value}"));
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Ecs;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.GitHub;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.Public;
using JwtPizza.Ecr.Sandbox.Registry;
using JwtPizza.Ecr.Sandbox.State;
using JwtPizza.Ecr.Sandbox.Sts;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox;

/// <summary>A local ECR, IAM, STS, ECS and OCI registry, reachable from this machine only. It ends when disposed, with all that it holds
/// unless that is kept in a folder.</summary>
public sealed partial class EcrSandbox : ISandbox
{
    private readonly SandboxOptions _options;
    private readonly HttpFront _front;
    private readonly RegistryHostNames _hosts;
    private readonly object _resetting = new();
    private readonly string _actionsKey = ActionsEndpoint.NewKey();
    private readonly PosixSignalRegistration[] _signals;
    private readonly SavedWorld? _start;
    private EcrWorld _world;
    private StsWorld _sts;
    private EcsWorld _ecs;
    private StateFolder? _state;
    private Guard? _guard;

    private EcrSandbox(
        SandboxOptions options, HttpFront front, RegistryHostNames hosts, SandboxInfo info, SandboxClock clock, StateFolder? state)
    {
        (_options, _front, _hosts) = (options, front, hosts);
        _start = options.WorldPath is { } path ? Read(path, info) : null;
        Fill(info, _start is null ? clock : ClockOf(options with { Now = options.Now ?? _start.Now }, null), state, _start);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        // Not ProcessExit alone: from .NET 10 on a SIGTERM raises it no more.
        // https://learn.microsoft.com/dotnet/core/compatibility/core-libraries/10.0/sigterm-signal-handler
        _signals =
            [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal)];
    }

    /// <summary>Where it listens and how to talk to it.</summary>
    public SandboxInfo Info => _world.Info;

    /// <summary>The folder that keeps everything over a restart, in full; null when nothing is kept.</summary>
    public string? StatePath => _state?.Root;

    /// <summary>The file with what it held at the start; null when there is none.</summary>
    public string? WorldPath => _options.WorldPath;

    /// <summary>Where the layers lie.</summary>
    internal string Folder => _world.Blobs.Folder;

    /// <summary>Starts listening.</summary>
    /// <param name="options">Port and contents.</param>
    /// <exception cref="PizzaException"><c>PortInUse</c>, <c>InvalidRegistryId</c>, <c>InvalidRegion</c>; with a state <c>StateInUse</c>,
    /// <c>StateNotEmpty</c>,
    /// <c>StateOfAnother</c>, <c>InvalidState</c>.</exception>
    public static EcrSandbox Start(SandboxOptions options)
    {
        Check(options);
        StateFolder? state = options.StatePath is { } path ? new(path) : null;
        HttpFront? front = null;
        try
        {
            SavedSandbox? saved = SavedSandbox.Load(state, options);
            if (saved is not null && options.WorldPath is { } world)
                throw new PizzaException("StateNotEmpty", PizzaErrorKind.InvalidArgument,
                    $"The folder '{state!.Root}' already contains a sandbox. Leave the world '{world}' out, or name an empty " +
                    "folder.", world);
            RegistryHostNames hosts = RegistryHostNames.Parse(options.RegistryHosts);
            front = HttpFront.Bind(options.Port, options.IdleLimit, hosts.All);
            SandboxClock clock = ClockOf(options, saved);
            EcrSandbox sandbox = new(options, front, hosts, Describe(options, front.Port, clock.GetUtcNow(), saved), clock, state);
            front.Open();
            return sandbox;
        }
        catch (Exception e)
        {
            _ = front?.DisposeAsync().AsTask();
            state?.Dispose();
            if (e is not ApiError) throw;
            throw StateFolder.Unavailable(e.Message, options.StatePath, e);
        }
    }

    /// <summary>Makes the sandbox what it was when it first started: empty but for what the course leaves, without faults and calls. Its
    /// address and its keys stay.</summary>
    public void Reset() => Replace(_options.Now ?? _start?.Now, _start);

    /// <summary>All that the sandbox holds, as a JSON document for <see cref="Import"/> and <see cref="SandboxOptions.WorldPath"/>: a
    /// fixture for tests. Keys, logins and sessions are not in it.</summary>
    /// <exception cref="PizzaException"><c>WorldTooLarge</c>: the layers are more than a document can hold.</exception>
    public byte[] Export() => SavedWorld.Of(_world, _sts.Iam, _ecs, _sts.GitHub).ToJson();

    /// <summary>Puts what a document holds in place of all that the sandbox holds, and sets the clock to the document's. Address and keys
    /// stay.</summary>
    /// <param name="world">What <see cref="Export"/> gave.</param>
    /// <exception cref="PizzaException"><c>InvalidWorld</c>: nothing has changed.</exception>
    public void Import(byte[] world)
    {
        SavedWorld saved = SavedWorld.Parse(world, Info, "The document");
        Replace(saved.Now, saved);
    }

    private void Replace(DateTimeOffset? now, SavedWorld? saved)
    {
        lock (_resetting)
        {
            (EcrWorld world, Watch watch) = (_world, _front.Watch);
            Fill(Info, ClockOf(_options with { Now = now }, null), _state?.Emptied(), saved);
            world.Dispose();
            world.Events.Close();
            watch.Log.Close();
        }
    }

    /// <summary>What the sandbox's clock shows.</summary>
    public DateTimeOffset Now => _world.Clock.GetUtcNow();

    /// <summary>Moves the sandbox's clock forward. Lifecycle rules do their work for each day that passes, and at the end.</summary>
    /// <param name="by">How far.</param>
    /// <returns>A line for each image that a rule expired or archived.</returns>
    public IReadOnlyList<string> Advance(TimeSpan by)
    {
        IReadOnlyList<string> taken = _world.Advance(by);
        KeepSelf();
        return taken;
    }

    /// <summary>Stops listening and deletes the layers from the disk, unless they are kept.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        await _front.DisposeAsync().ConfigureAwait(false);
        _world.Dispose();
        _state?.Dispose();
    }

    /// <summary>The token that GitHub would give to a job of a workflow, signed by the sandbox's own issuer.</summary>
    /// <param name="request">Which run of which repository.</param>
    /// <exception cref="PizzaException"><c>IncompleteIds</c>: one of the repository's numbers without the other.</exception>
    public string IssueGitHubToken(GitHubTokenRequest request)
    {
        if (request.Repository.OwnerId is null != request.Repository.RepositoryId is null)
            throw new PizzaException("IncompleteIds", PizzaErrorKind.InvalidArgument,
                "A subject has both IDs or none. Give -OwnerId and -RepositoryId, or neither.", request.Repository.ToString());
        if (request.Immutable != false) _sts.GitHub.Learn(request.Repository);
        HostedRepository hosted = _sts.GitHub.Find(request.Repository);
        return _sts.Issuer.Issue(
            GitHubClaims.Of(request with { Repository = hosted.Repository, Immutable = request.Immutable ?? hosted.Immutable },
                _sts.Home.Partition));
    }

    /// <summary>The environment variables by which a job of GitHub Actions gets such a token for itself.</summary>
    /// <param name="request">Which run of which repository; the job names the audience when it asks.</param>
    public IReadOnlyDictionary<string, string> ActionsVariables(GitHubTokenRequest request) => new Dictionary<string, string>
    {
        ["ACTIONS_ID_TOKEN_REQUEST_URL"] = ActionsEndpoint.Url(Info.EndpointUrl, request),
        ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = _actionsKey,
    };

    /// <summary>Whether these are temporary credentials that the sandbox's STS gave out.</summary>
    /// <param name="accessKey">The access key id.</param>
    /// <param name="sessionToken">The session token.</param>
    public bool HasIssued(string? accessKey, string? sessionToken) =>
        accessKey is not null && _sts.Sessions.Of(new(accessKey, Info.Region, sessionToken)) is { } session
            && session.Token == sessionToken;

    /// <summary>Tells the sandbox's GitHub the numbers of a repository: from now on it is one made after 15 July 2026, with an immutable
    /// subject.</summary>
    /// <param name="repository">The repository; without both numbers, nothing changes.</param>
    public void LearnGitHubRepository(GitHubRepository repository) => _sts.GitHub.Learn(repository);

    /// <summary>Whether STS would let a token assume a role of the sandbox, and if not, why.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="token">The token, as <see cref="IssueGitHubToken"/> gives it.</param>
    public TrustVerdict Explain(string roleName, string token) => new WebIdentityGate(_sts).Explain(roleName, token);

    /// <summary>The last 10,000 calls, fewer where they are large, oldest first.</summary>
    public IReadOnlyList<SandboxCall> Calls => _front.Watch.Log.Calls;

    /// <summary>Those of the <see cref="Calls"/> that are of some operations.</summary>
    /// <param name="operations">Operations with <c>*</c> and <c>?</c>, and their service before them if need be: <c>iam:Get*</c>.</param>
    /// <exception cref="PizzaException"><c>UnknownOperation</c>: one that was not called, and looks like a misspelt one.</exception>
    public IEnumerable<SandboxCall> CallsOf(IReadOnlyCollection<string> operations)
    {
        IReadOnlyList<SandboxCall> calls = Calls;
        OperationNames known = _front.Watch.Operations;
        bool Fits(string pattern, SandboxCall call) => OperationNames.Fits(pattern, call.Service, call.Operation);
        return operations.FirstOrDefault(o => !known.Know(o) && known.Near(o).Count > 0 && !calls.Any(c => Fits(o, c))) is { } slip
            ? throw known.Unknown(slip)
            : calls.Where(c => operations.Any(o => Fits(o, c)));
    }

    /// <summary>What ECR would tell Amazon EventBridge.</summary>
    internal EventFeed Events => _world.Events;

    /// <summary>What ECR holds.</summary>
    internal EcrWorld World => _world;

    /// <summary>What every role and user may do with every repository.</summary>
    internal IReadOnlyList<PrincipalRights> Rights() => new Rights(_sts, _world).All();

    /// <summary>The calls after a number that are still known, and those to come, as they end.</summary>
    internal IAsyncEnumerable<(long Number, SandboxCall Call)> FollowCallsAsync(long after, CancellationToken cancellationToken) =>
        _front.Watch.Log.FollowAsync(after, cancellationToken);

    /// <summary>The IAM actions that calls have needed since the start, the last reset or import; empty without Enforce.</summary>
    internal IReadOnlyCollection<string> NeededActions => _guard?.Needed ?? [];

    /// <summary>The last calls that policies refused, and why, newest first.</summary>
    internal IReadOnlyList<ExplainedCall> Explanations => _front.Watch.Explanations;

    /// <summary>How many repositories there are, in all accounts and regions.</summary>
    internal int Repositories => _world.CountRepositories();

    /// <summary>The operations that the sandbox has, with their service before them: <c>ecr:PutImage</c>.</summary>
    public IReadOnlyList<string> Operations => _front.Watch.Operations.All;

    /// <summary>Makes trouble for the calls of an operation, in place of what was set for it before.</summary>
    /// <param name="fault">The trouble.</param>
    /// <exception cref="PizzaException"><c>InvalidFault</c>, <c>UnknownOperation</c>.</exception>
    public void SetFault(SandboxFault fault) => _front.Watch.Faults.Set(fault);

    /// <summary>The faults that are set, in the order in which they were, with the number of calls that each has struck.</summary>
    public IReadOnlyList<StandingFault> Faults => _front.Watch.Faults.All;

    /// <summary>Takes faults away.</summary>
    /// <param name="operation">Those that were set for this operation; with <c>*</c> and <c>?</c>.</param>
    /// <returns>A line for each, with the number of calls that it struck.</returns>
    public IReadOnlyList<string> RemoveFaults(string operation) => _front.Watch.Faults.Remove(operation);

    private static SavedWorld Read(string path, SandboxInfo info)
    {
        try { return SavedWorld.Parse(File.ReadAllBytes(path), info, $"'{path}'"); }
        catch (Exception e) when (Storage.IsFailure(e))
        {
            throw new PizzaException("InvalidWorld", PizzaErrorKind.NotFound,
                $"The file '{path}' of the sandbox's world cannot be read: {e.Message.TrimEnd('.')}.", path, e);
        }
    }

    [MemberNotNull(nameof(_world), nameof(_sts), nameof(_ecs))]
    private void Fill(SandboxInfo info, SandboxClock clock, StateFolder? state, SavedWorld? saved)
    {
        BlobStore blobs = new(state?.Blobs);
        try
        {
            EcrWorld world = new(info, clock, blobs, state) { Upstreams = _options.Upstreams, Hosts = _hosts };
            if (saved is null) world.Restore();
            IamWorld iam = new(_options.RegistryId, clock, _options.ConsistencyDelay, _options.Empty ? null : CourseSeed.Plant, state);
            StsWorld sts =
                new(iam, new(clock, info.EndpointUrl, state),
                    new(iam, info.AccessKey, _options.Enforce, state) { Region = _options.Region }, _options.Region, state);
            world.PrincipalOf = caller => sts.Principals.Of(caller) is { } principal ? principal.RoleArn ?? principal.Arn : null;
            Guard? guard = _options.Enforce ? new(sts) : null;
            world.PolicyKeeper = guard is null ? null : new(sts, guard);
            EcsWorld ecs = new(world, _options.Empty, state);
            saved?.Restore(world, iam, ecs, sts.GitHub);
            (_world, _sts, _ecs, _state, _guard) = (world, sts, ecs, state, guard);
            KeepSelf();
            IEndpoint[] endpoints =
            [
                new ControlEndpoint(this), new ActionsEndpoint(IssueGitHubToken, _actionsKey),
                .. Endpoints(world, sts, ecs, guard),
            ];
            _front.Serve(endpoints, new(clock, new(endpoints.SelectMany(d => d.Operations))));
        }
        catch
        {
            blobs.Dispose();
            throw;
        }
    }

    private void OnExit(object? sender, EventArgs e) => _world.Dispose();

    private void OnSignal(PosixSignalContext signal) => _world.Dispose();

    private void KeepSelf()
    {
        if (_state is not null) SavedSandbox.Save(_state, Info, _world.Clock);
    }

    private static IEndpoint[] Endpoints(EcrWorld world, StsWorld sts, EcsWorld ecs, Guard? guard) =>
    [
        new RegistryEndpoint(world, guard),
        new TokenEndpoint(world),
        new LayerEndpoint(world),
        new IssuerEndpoint(sts.Issuer),
        new GitHubEndpoint(sts.GitHub),
        new JsonEndpoint([EcrApi.Over(world), PublicApi.Over(world), EcsApi.Over(ecs)], sts.Sessions, guard, world.Info.Region),
        new QueryEndpoint([IamApi.Over(sts.Iam, sts.Identify), StsApi.Over(sts)], sts.Sessions, guard, world.Info.Region),
    ];

    private static SandboxClock ClockOf(SandboxOptions options, SavedSandbox? saved)
    {
        TimeSpan offset = options.Now - DateTimeOffset.UtcNow ?? saved?.ClockOffset ?? TimeSpan.Zero;
        SandboxClock.Check(DateTimeOffset.UtcNow, offset);
        return new(offset);
    }

    private static void Check(SandboxOptions options)
    {
        AccountId.Check(options.RegistryId);
        if (!Region().IsMatch(options.Region))
            throw ErrorCatalog.InvalidRegion(options.Region, PizzaErrorKind.InvalidArgument,
                "The sandbox also takes others of up to 25 lowercase letters, digits and '-'.");
    }

    private static SandboxInfo Describe(SandboxOptions options, int port, DateTimeOffset now, SavedSandbox? saved) => new()
    {
        EndpointUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
        RegistryHost = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
        RegistryId = options.RegistryId,
        Region = options.Region,
        IsEnforcing = options.Enforce,
        AccessKey = saved?.AccessKey ?? "AKIA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        SecretKey = saved?.SecretKey ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
        StartedAt = now,
    };

    [GeneratedRegex(@"\A[a-z0-9-]{2,25}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Region();
}

using System.Management.Automation;
using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of every cmdlet that calls AWS: in which regions, as whom, and at which endpoint.</summary>
public abstract class AwsCmdlet : PizzaCmdlet
{
    /// <summary>The name among the type names of a record by which its view tells that it is from a sandbox.</summary>
    private const string InSandbox = "JwtPizza.Ecr.InSandbox";

    private readonly Dictionary<AwsOptions, AwsSession> _open = [];
    private readonly Dictionary<AwsSession, NearMiss> _near = [];
    private bool? _calledSandbox;   // by this record; at the end of a pipeline, by the last one
    private readonly StrongBox<bool> _lastCalledSandbox = new();   // of all copies
    private readonly Dictionary<(string?, string?), HashSet<string>> _toldOf = [];
    private HashSet<string>? _told;   // of the one of several regions and profiles
    private readonly StrongBox<AwsSession?> _last = new();   // of all copies

    /// <summary>Specifies the AWS regions, for example us-east-1. With several, the command works in each; one that fails is one error.
    /// The default is $StoredAWSRegion of AWS.Tools, then AWS_REGION, the profile's region, and us-east-1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RegionToCall")]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[] Region { get; set; } = [];

    /// <summary>Specifies profiles of the shared AWS configuration (~/.aws/config and credentials). With several, the command works as
    /// each. A profile that does not exist is an error. While a sandbox runs, a profile leads to the sandbox too, unless it was started
    /// with -AllowAws.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("StoredCredentials", "AWSProfileName")]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[] ProfileName { get; set; } = [];

    /// <summary>Specifies the access key ID, together with SecretKey. The default is $StoredAWSCredentials, then what the AWS SDK finds
    /// (environment, profile, SSO, web identity, container, instance).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("AK")]
    public string? AccessKey { get; set; }

    /// <summary>Specifies the secret access key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("SK", "SecretAccessKey")]
    public string? SecretKey { get; set; }

    /// <summary>Specifies the session token for temporary keys.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("ST")]
    public string? SessionToken { get; set; }

    /// <summary>Specifies a URL to call instead of AWS, for example http://127.0.0.1:5000. The default is a running Pizza sandbox of this
    /// session, then AWS_ENDPOINT_URL, and then AWS itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? EndpointUrl { get; set; }

    /// <summary>Specifies how many repositories, roles or regions are worked on at the same time; 1 is one after another. Output keeps the
    /// order of the input. While AWS throttles it is fewer, and with a prompt for each or -WhatIf it is one.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    private protected sealed override int WindowSize => ThrottleLimit;

    /// <summary>The one of <see cref="Region"/> that the work at hand is for; null for the caller's own.</summary>
    private protected string? CurrentRegion { get; set; }

    /// <summary>The one of <see cref="ProfileName"/> that the work at hand is for.</summary>
    private protected string? CurrentProfile { get; private set; }

    /// <summary>Whether the work can be done in several regions, or as several profiles.</summary>
    private protected virtual bool TakesSeveral => true;

    /// <summary>The clients for the work at hand.</summary>
    private protected AwsSession Aws => SessionFor(OptionsFor());

    /// <summary>The sandbox that the work at hand calls; null when it calls AWS, or what stands in for it elsewhere.</summary>
    private protected ISandbox? CalledSandbox => RunningSandbox.For(EndpointUrl, CurrentProfile);

    /// <summary>What the record at hand says about where to call and as whom.</summary>
    private protected AwsOptions OptionsFor() => OptionsFor(CurrentRegion);

    /// <summary>The same, for another region.</summary>
    private protected AwsOptions OptionsFor(string? region) => new()
    {
        Region = region, ProfileName = CurrentProfile, AccessKey = AccessKey, SecretKey = SecretKey, SessionToken = SessionToken,
        EndpointUrl = EndpointUrl,
    };

    /// <summary>The clients for these options; opened once, and open until the pipeline ends.</summary>
    private protected AwsSession SessionFor(AwsOptions typed)
    {
        AwsOptions options = Completed(typed);
        _lastCalledSandbox.Value = RunningSandbox.Current is { } sandbox && options.EndpointUrl == sandbox.Info.EndpointUrl;
        _calledSandbox = _lastCalledSandbox.Value;
        if (typed.ProfileName is { } profile && options.ProfileName is null)
            WriteVerbose(
                $"The profile '{profile}' was not used, because a sandbox is running. To call AWS, specify -EndpointUrl, run " +
                "Stop-PizzaSandbox, or start the sandbox with Start-PizzaSandbox -AllowAws.");
        return _last.Value = _open.TryGetValue(options, out AwsSession? session)
            ? session : _open[options] = AwsSession.Open(
                options with { Verbose = WriteVerbose, Throttled = OnThrottled, Observer = Notices });
    }

    /// <summary>Where a repository is, by what its URI and the parameters say. One of ECR Public is refused by a cmdlet for private
    /// ones.</summary>
    /// <param name="repository">A name, a pattern or a URI.</param>
    /// <param name="registryId">The account that was named beside it.</param>
    /// <param name="isPublic">Whether ECR Public was named beside it.</param>
    /// <param name="takesPublic">Whether the cmdlet works on repositories of ECR Public too.</param>
    /// <exception cref="PizzaException"><c>RegistryMismatch</c>, <c>NotInEcrPublic</c>, <c>InvalidRepositoryName</c>.</exception>
    private protected RepositoryReference PlaceOf(
        string repository, string? registryId = null, bool isPublic = false, bool takesPublic = false) =>
        Checked(RepositoryReference.Parse(repository, registryId, CurrentRegion, isPublic), takesPublic);

    /// <summary>Refuses a repository of ECR Public that comes to a cmdlet for private ones, and a registry that is not the one that is
    /// called.</summary>
    private protected RepositoryReference Checked(RepositoryReference place, bool takesPublic = false)
    {
        if (place.IsPublic && !takesPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, place.Text);
        CheckHost(place);
        return place;
    }

    /// <summary>Does the work of a record in each region, and as each profile: the trouble of one does not end the others.</summary>
    private protected sealed override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        string?[] regions = Each(Region), profiles = Each(ProfileName);
        bool several = regions.Length * profiles.Length > 1;
        if (several && !TakesSeveral)
            throw new PizzaException("SeveralPlaces", PizzaErrorKind.InvalidArgument,
                $"{MyInvocation.MyCommand.Name} works in one region and with one profile at a time. " +
                "Give one value to -Region and -ProfileName, and run it once for each.");
        foreach (string? profile in profiles)
        {
            foreach (string? region in regions)
            {
                (CurrentProfile, CurrentRegion) = (profile, region);
                if (several) await InOneOfAsync(profile, region, cancellationToken);
                else await ProcessAsync(cancellationToken);
            }
        }
    }

    private async Task InOneOfAsync(string? profile, string? region, CancellationToken cancellationToken)
    {
        if (!_toldOf.TryGetValue((profile, region), out _told)) _toldOf[(profile, region)] = _told = [];
        await TryAsync(() => ProcessAsync(cancellationToken), string.Join(' ', new[] { profile, region }.OfType<string>()));
    }

    // One of several regions or profiles that cannot be called does not end the others, and is one error.
    private protected sealed override bool EndsPipeline(PizzaException e) => _told is null && base.EndsPipeline(e);

    private protected sealed override bool IsKnown(PizzaException e) => _told is not null
        && e.Kind is PizzaErrorKind.Unavailable or PizzaErrorKind.Authentication or PizzaErrorKind.Configuration && !_told!.Add(e.ErrorId);

    private static string?[] Each(string[] values) =>
        values.Where(v => !string.IsNullOrEmpty(v)).Distinct().ToArray<string?>() is { Length: > 0 } named ? named : [null];

    /// <summary>Refuses a URI of a registry that is not Amazon ECR's, unless it is that of the endpoint that is called instead.</summary>
    private void CheckHost(RepositoryReference repository)
    {
        if (repository.Host is not { } host || EcrHost.TryParse(host) is not null) return;
        ISandbox? sandbox = CalledSandbox;
        bool known =
            sandbox is not null ? Port(host) == Port(sandbox.Info.RegistryHost) : SessionFor(OptionsFor(repository.Region)).IsElsewhere;
        if (!known) throw ErrorCatalog.RegistryMismatch(repository.Text,
            $"is at {host}, which is not a registry of Amazon " +
            $"ECR{(sandbox is null ? "" : $" and not the sandbox, which is at {sandbox.Info.RegistryHost}")}",
            $"Give the repository's name, '{repository.Name}', or the -EndpointUrl of the server that replaces AWS.");
    }

    private static string Port(string host) => host[(host.LastIndexOf(':') + 1)..];

    /// <summary>What is not there was perhaps misspelt.</summary>
    private protected override async Task<PizzaException> ExplainedAsync(PizzaException e, CancellationToken cancellationToken)
    {
        if (_last.Value is not { } aws || e.Kind != PizzaErrorKind.NotFound) return e;
        if (!_near.TryGetValue(aws, out NearMiss? near)) _near[aws] = near = new(aws);
        return await near.ExplainAsync(e, cancellationToken);
    }

    internal override string? Current(string parameter) => parameter switch
    {
        nameof(Region) => CurrentRegion,
        nameof(ProfileName) => CurrentProfile,
        _ => null,
    };

    private protected override object? Marked(object? value)
    {
        if (!(_calledSandbox ?? _lastCalledSandbox.Value) || value?.GetType().Namespace != typeof(Repository).Namespace) return value;
        PSObject marked = PSObject.AsPSObject(value);
        if (!marked.TypeNames.Contains(InSandbox)) marked.TypeNames.Add(InSandbox);
        return marked;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (AwsSession session in _open.Values) session.Dispose();
        base.Dispose(disposing);
    }

    private AwsOptions Completed(AwsOptions typed) => RunningSandbox.Redirect(typed) ?? typed with
    {
        StoredCredentials = SessionState.PSVariable.GetValue("StoredAWSCredentials"),
        StoredRegion = SessionState.PSVariable.GetValue("StoredAWSRegion")?.ToString(),
    };
}

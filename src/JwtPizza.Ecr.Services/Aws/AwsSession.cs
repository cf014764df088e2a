namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The AWS clients of one set of credentials, region and endpoint. Nothing is sent before the first call.</summary>
internal sealed class AwsSession : IDisposable
{
    private readonly Settings _settings;
    private readonly AwsConnection[] _connections;
    private readonly AwsConnection _anonymous;
    private CallerIdentity? _caller;

    private AwsSession(AwsOptions options, TimeSpan attemptTimeout)
    {
        Credentials.Check(options);
        try
        {
            AwsConfig.ForgetEnvironment();
            _settings = Settings.Resolve(options) with
            {
                AttemptTimeout = attemptTimeout, Throttled = options.Throttled, Observer = options.Observer,
            };
        }
        catch (Exception e) when (Profiles.Unreadable(e) is { } error) { throw error; }
        Credentials credentials = new(options, _settings);
        options.Verbose
            ?.Invoke(
                $"Region {Region}, credentials of " +
                $"{credentials.Source}{(_settings.EndpointUrl is { } url ? $", calling {UrlSecrets.Hide(url)} instead of AWS" : "")}.");
        _connections =
            [.. new[]
            {
                AwsService.Ecr, AwsService.EcrPublic, AwsService.Iam, AwsService.Sts, AwsService.Ecs,
            }.Select(s => new AwsConnection(s, _settings, credentials))];
        _anonymous = new(AwsService.Sts, _settings, credentials: null);
        AnonymousSts = new(_anonymous);
        (Ecr, EcrPublic, Iam, Sts, Ecs) = (new(_connections[0], _settings.Region), new(_connections[1]), new(_connections[2]),
            new(_connections[3]), new(_connections[4]));
    }

    /// <summary>The region that ECR, ECS and STS are called in.</summary>
    public string Region => _settings.Region;

    /// <summary>Whether something else than AWS is called: a sandbox, or an emulator.</summary>
    public bool IsElsewhere =>
        _connections[0].Url.Host is var host
            && !JwtPizza.Ecr.Partition.All.Any(p => host.EndsWith($".{p.DnsSuffix}", StringComparison.Ordinal)
                || host.EndsWith($".{p.DualStackSuffix}", StringComparison.Ordinal));

    /// <summary>The partition of <see cref="Region"/>: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c> …</summary>
    public string Partition => _settings.Partition.Name;

    /// <summary>Amazon ECR.</summary>
    public EcrClient Ecr { get; }

    /// <summary>Amazon ECR Public, global; called in us-east-1.</summary>
    public EcrPublicClient EcrPublic { get; }

    /// <summary>IAM, global.</summary>
    public IamClient Iam { get; }

    /// <summary>The security token service for those who have no credentials yet.</summary>
    internal StsClient AnonymousSts { get; }

    /// <summary>The security token service.</summary>
    public StsClient Sts { get; }

    /// <summary>Amazon ECS.</summary>
    public EcsClient Ecs { get; }

    /// <summary>
    /// Resolves region and endpoint in the order of the module's conventions, and checks what was said about credentials; those are
    /// looked for at the first call.
    /// </summary>
    /// <param name="options">What the caller said.</param>
    /// <exception cref="PizzaException"><c>ProfileNotFound</c>, <c>InvalidCredentials</c>, <c>InvalidRegion</c>, <c>InvalidEndpointUrl</c>,
    /// <c>InvalidProfileFile</c>.</exception>
    public static AwsSession Open(AwsOptions options) => Open(options, Transport.AttemptTimeout);

    internal static AwsSession Open(AwsOptions options, TimeSpan attemptTimeout) => new(options, attemptTimeout);

    /// <summary>The 12 digits of the caller's account; asked of STS once.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string> GetAccountAsync(CancellationToken cancellationToken) =>
        (await GetCallerAsync(cancellationToken).ConfigureAwait(false)).Account;

    /// <summary>Whose the credentials are; asked of STS once.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<CallerIdentity> GetCallerAsync(CancellationToken cancellationToken) =>
        _caller ??= await Sts.GetCallerIdentityAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AwsConnection connection in _connections) connection.Dispose();
        _anonymous.Dispose();
    }
}

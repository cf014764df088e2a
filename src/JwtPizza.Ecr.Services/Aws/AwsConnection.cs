using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>How one service is reached in a session. Made at the first call, so that a session costs nothing for services it never
/// asks.</summary>
/// <param name="service">The service.</param>
/// <param name="settings">Where it is.</param>
/// <param name="credentials">Who calls; null for calls that are not signed.</param>
internal sealed class AwsConnection(AwsService service, Settings settings, Credentials? credentials) : IDisposable
{
    private AwsRuntime? _runtime;

    /// <summary>Where the service is called: AWS's own endpoint, or one that stands in for it.</summary>
    public Uri Url => Endpoint(service, settings, new(service) { Profile = settings.SdkProfile }).Url;

    /// <summary>Who calls where: sessions with the same text see the same things.</summary>
    public async Task<string> CallerAsync(CancellationToken cancellationToken) => credentials is null ? $"{Url}"
        : $"{Url} {(await (await credentials.GetAsync(cancellationToken).ConfigureAwait(false)).GetCredentialsAsync().ConfigureAwait(false)).AccessKey}";

    /// <summary>Calls a JSON operation that changes nothing, and may be repeated.</summary>
    public Task<TOut> ReadAsync<TIn, TOut>(
        string operation, TIn input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape, CancellationToken cancellationToken) =>
        JsonAsync(operation, writes: false, input, inputShape, outputShape, cancellationToken);

    /// <summary>Calls a JSON operation that may change something, and is not repeated once AWS has said that it was done.</summary>
    public Task<TOut> WriteAsync<TIn, TOut>(
        string operation, TIn input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape, CancellationToken cancellationToken) =>
        JsonAsync(operation, writes: true, input, inputShape, outputShape, cancellationToken);

    /// <summary>Calls a Query operation that changes nothing; parameters with the value null are not sent. The answer is the result
    /// element, or what stands in its place.</summary>
    public Task<XElement> ReadAsync(
        string operation, CancellationToken cancellationToken, params (string Name, string? Value)[] parameters) =>
        QueryAsync(operation, writes: false, parameters, cancellationToken);

    /// <summary>Calls a Query operation that may change something.</summary>
    public Task<XElement> WriteAsync(
        string operation, CancellationToken cancellationToken, params (string Name, string? Value)[] parameters) =>
        QueryAsync(operation, writes: true, parameters, cancellationToken);

    /// <summary>All pages of a JSON list.</summary>
    public IAsyncEnumerable<TOut> PagesAsync<TIn, TOut>(
        string operation, Func<string?, TIn> input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape, Func<TOut, string?> next,
        CancellationToken cancellationToken) =>
        PagesAsync(operation, token => ReadAsync(operation, input(token), inputShape, outputShape, cancellationToken), next,
            cancellationToken);

    /// <summary>All pages of a list. A token that comes twice ends it with an error, as in botocore: the list would never end.</summary>
    public async IAsyncEnumerable<TOut> PagesAsync<TOut>(string operation, Func<string?, Task<TOut>> page, Func<TOut, string?> next,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> seen = [];
        for (string? token = null; token is null || seen.Add(token);)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TOut one = await page(token).ConfigureAwait(false);
            yield return one;
            if (next(one) is not { Length: > 0 } following) yield break;
            token = following;
        }
        throw AwsErrors.RepeatedPage(service, operation);
    }

    public void Dispose() => _runtime?.Dispose();

    private async Task<TOut> JsonAsync<TIn, TOut>(string operation, bool writes, TIn input, JsonTypeInfo<TIn> inputShape,
        JsonTypeInfo<TOut> outputShape, CancellationToken cancellationToken)
    {
        byte[] answer =
            await SendAsync(new AwsCall(operation, writes, JsonSerializer.SerializeToUtf8Bytes(input, inputShape)), cancellationToken)
                .ConfigureAwait(false);
        try { return JsonSerializer.Deserialize(answer, outputShape) ?? throw new JsonException("null"); }
        catch (JsonException e) { throw AwsErrors.Unreadable(service, operation, e); }
    }

    private async Task<XElement> QueryAsync(
        string operation, bool writes, (string Name, string? Value)[] parameters, CancellationToken cancellationToken)
    {
        StringBuilder body = new($"Action={operation}&Version={service.Version}");
        foreach ((string name, string? value) in parameters)
        {
            if (value is not null) body.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        byte[] answer = await SendAsync(new AwsCall(operation, writes, Encoding.UTF8.GetBytes(body.ToString())), cancellationToken)
            .ConfigureAwait(false);
        try
        {
            using MemoryStream stream = new(answer);
            XElement root = XDocument.Load(stream).Root!;
            return root.Elements().FirstOrDefault(e => e.Name.LocalName == operation + "Result") ?? root;
        }
        catch (XmlException e) { throw AwsErrors.Unreadable(service, operation, e); }
    }

    private async Task<byte[]> SendAsync(AwsCall call, CancellationToken cancellationToken)
    {
        AWSCredentials who =
            credentials is null ? new AnonymousAWSCredentials() : await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.CallTimeout);
        try
        {
            AwsRuntime runtime = LazyInitializer.EnsureInitialized(ref _runtime, () => Open(who));
            AwsReply reply = await runtime.SendAsync(call, limit.Token).ConfigureAwait(false);
            return reply.Broken is null ? reply.Body : throw AwsErrors.Unreadable(service, call.Operation, reply.Broken);
        }
        catch (Exception e) when (AwsErrors.Translate(e, new(service, call.Operation, settings), cancellationToken) is { } error)
        {
            throw error;
        }
    }

    private AwsRuntime Open(AWSCredentials who)
    {
        AwsConfig config = new(service) { Profile = settings.SdkProfile };
        AwsEndpoint endpoint = Endpoint(service, settings, config);
        config.ServiceURL = endpoint.Url.AbsoluteUri;   // the SDK also counts its retries by it
        config.HttpClientFactory = Transport.Shared;
        config.Timeout = settings.AttemptTimeout;
        // Adaptive mode can hold a call back for half a minute before it says that AWS throttles; a user at a prompt is better told.
        config.RetryMode = RequestRetryMode.Standard;
        // Ten by default, on top of the retries: an endpoint that drops every connection would be called 13 times.
        config.MaxStaleConnectionRetries = 1;
        config.AllowAutoRedirect = false;
        return new AwsRuntime(service, who, config, endpoint);
    }

    internal static AwsEndpoint Endpoint(AwsService service, Settings settings, AwsConfig config)
    {
        if (settings.EndpointUrl is not null) config.IgnoreConfiguredEndpointUrls = true;
        return (settings.EndpointUrl ?? Configured(config)) is { } url
            ? new(Settings.CheckedUrl(url), settings.Partition.SigningRegion(service, settings.Region))
            : settings.Partition.Endpoint(service, settings.Region,
                Setting("AWS_USE_FIPS_ENDPOINT", settings.Profile?.UseFIPSEndpoint) ?? config.UseFIPSEndpoint,
                Setting("AWS_USE_DUALSTACK_ENDPOINT", settings.Profile?.UseDualstackEndpoint) ?? config.UseDualstackEndpoint);
    }

    // AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL, the profile's services section and endpoint_url, in this order.
    private static string? Configured(AwsConfig config)
    {
        try { return config.ServiceURL; }
        catch (AmazonClientException e) { throw Settings.InvalidUrl(e.Message.Split(": ")[^1]); }
    }

    // The SDK reads these two from the environment or from AWS_PROFILE's profile, but not from one that is named in code.
    private static bool? Setting(string variable, bool? ofProfile) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } ? null : ofProfile;
}

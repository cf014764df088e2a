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
    /// <summary>How far the clocks of client and AWS may differ for a signature to hold.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_lookTimeout = TimeSpan.FromSeconds(10);
    private static readonly Backoff s_looks = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));
    private AwsRuntime? _runtime;

    /// <summary>Where the service is called: AWS's own endpoint, or one that stands in for it.</summary>
    public Uri Url => Endpoint(service, settings, new(service) { Profile = settings.SdkProfile }).Url;

    /// <summary>Who calls where: sessions with the same text see the same things.</summary>
    public async Task<string> CallerAsync(CancellationToken cancellationToken)
    {
        if (credentials is null) return $"{Url}";
        AWSCredentials who = await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        return $"{Url} {(await who.GetCredentialsAsync().ConfigureAwait(false)).AccessKey}";
    }

    /// <summary>Calls a JSON operation that changes nothing, and may be repeated.</summary>
    public Task<TOut> ReadAsync<TIn, TOut>(
        string operation, TIn input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape, CancellationToken cancellationToken) =>
        JsonAsync(operation, writes: false, input, inputShape, outputShape, cancellationToken);

    /// <summary>Calls a JSON operation that changes something, and is not repeated once AWS has said that it was done. When the answer is
    /// lost, it is looked up.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="input">Its input.</param>
    /// <param name="inputShape">The input in JSON.</param>
    /// <param name="outputShape">The output in JSON.</param>
    /// <param name="look">What the answer would have been, read from what is there; null when the change is not there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="repeated">Makes the answer of a repetition, to which an earlier attempt may have left nothing, that of both.</param>
    public Task<TOut> WriteAsync<TIn, TOut>(string operation, TIn input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape,
        Func<CancellationToken, Task<TOut?>> look, CancellationToken cancellationToken, Func<TOut, TOut>? repeated = null)
        where TOut : class =>
        LookAsync(JsonAsync(operation, writes: true, input, inputShape, outputShape, cancellationToken, repeated), look, cancellationToken);

    /// <summary>Calls a JSON operation that changes something and gives nothing back.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="input">Its input.</param>
    /// <param name="inputShape">The input in JSON.</param>
    /// <param name="outputShape">The output in JSON.</param>
    /// <param name="isDone">Whether the change is there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task WriteAsync<TIn>(string operation, TIn input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<Nothing> outputShape,
        Func<CancellationToken, Task<bool>> isDone, CancellationToken cancellationToken) =>
        WriteAsync(operation, input, inputShape, outputShape,
            async token => await isDone(token).ConfigureAwait(false) ? new Nothing() : null, cancellationToken);

    /// <summary>Calls a JSON operation that replaces or deletes a document as a whole. What becomes of a lost answer is seen by the
    /// document editor, which reads what it has written.</summary>
    public Task<TOut> WriteDocumentAsync<TIn, TOut>(
        string operation, TIn input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape, CancellationToken cancellationToken) =>
        JsonAsync(operation, writes: true, input, inputShape, outputShape, cancellationToken);

    /// <summary>Calls a Query operation that changes nothing; parameters with the value null are not sent. The answer is the result
    /// element, or what stands in its place.</summary>
    public Task<XElement> ReadAsync(
        string operation, CancellationToken cancellationToken, params (string Name, string? Value)[] parameters) =>
        QueryAsync(operation, writes: false, parameters, cancellationToken);

    /// <summary>Calls a Query operation that changes something; <paramref name="isDone"/> says whether the change is there, for when the
    /// answer is lost.</summary>
    public Task WriteAsync(string operation, Func<CancellationToken, Task<bool>> isDone, CancellationToken cancellationToken,
        params (string Name, string? Value)[] parameters) =>
        LookAsync(QueryAsync(operation, writes: true, parameters, cancellationToken),
            async token => await isDone(token).ConfigureAwait(false) ? new XElement(operation) : null, cancellationToken);

    /// <summary>Calls a Query operation that makes or replaces a document as a whole, after which the document editor looks.</summary>
    public Task<XElement> WriteDocumentAsync(
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

    /// <summary>
    /// A change whose answer was lost is looked up before it is called failed. IAM may show it only after a while; ECR and ECS show it at
    /// once.
    /// </summary>
    private async Task<TOut> LookAsync<TOut>(
        Task<TOut> change, Func<CancellationToken, Task<TOut?>> look, CancellationToken cancellationToken)
        where TOut : class
    {
        try { return await change.ConfigureAwait(false); }
        catch (PizzaException e) when (e.MayBeDone)
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_lookTimeout);
            TOut? seen;
            try { seen = await SeenAsync(look, limit.Token).ConfigureAwait(false); }
            catch (PizzaException unseen)
            {
                throw NotSeen(e, $"It could not be determined whether the change was made ({unseen.Message.TrimEnd('.')}).");
            }
            catch (OperationCanceledException)
                when (!cancellationToken.IsCancellationRequested)
                {
                    throw NotSeen(e, "It could not be determined whether the change was made, because that call had no answer either.");
                }
            return seen ?? throw NotSeen(e, "A check showed that the change was not made.");
        }
    }

    private async Task<TOut?> SeenAsync<TOut>(Func<CancellationToken, Task<TOut?>> look, CancellationToken cancellationToken)
        where TOut : class
    {
        Poll poll = new(TimeProvider.System, service.TargetPrefix is null ? s_lookTimeout / 2 : TimeSpan.Zero, s_looks);
        while (true)
        {
            TOut? seen = await look(cancellationToken).ConfigureAwait(false);
            if (seen is not null || poll.IsOver) return seen;
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A refusal of the repeated call speaks for itself.</summary>
    private static PizzaException NotSeen(PizzaException e, string seen) =>
        e.Kind is PizzaErrorKind.Unavailable or PizzaErrorKind.InvalidData ? e.With(seen) : e;

    private async Task<TOut> JsonAsync<TIn, TOut>(string operation, bool writes, TIn input, JsonTypeInfo<TIn> inputShape,
        JsonTypeInfo<TOut> outputShape, CancellationToken cancellationToken, Func<TOut, TOut>? repeated = null)
    {
        AwsCall call = new(operation, writes, JsonSerializer.SerializeToUtf8Bytes(input, inputShape));
        byte[] answer = await SendAsync(call, cancellationToken).ConfigureAwait(false);
        try
        {
            TOut output = JsonSerializer.Deserialize(answer, outputShape) ?? throw new JsonException("null");
            return call.MayBeDone && repeated is not null ? repeated(output) : output;
        }
        catch (JsonException e) { throw AwsErrors.Unreadable(service, call, e); }
    }

    private async Task<XElement> QueryAsync(
        string operation, bool writes, (string Name, string? Value)[] parameters, CancellationToken cancellationToken)
    {
        StringBuilder body = new($"Action={operation}&Version={service.Version}");
        foreach ((string name, string? value) in parameters)
        {
            if (value is not null) body.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        AwsCall call = new(operation, writes, Encoding.UTF8.GetBytes(body.ToString()));
        byte[] answer = await SendAsync(call, cancellationToken).ConfigureAwait(false);
        try
        {
            using MemoryStream stream = new(answer);
            XElement root = XDocument.Load(stream).Root!;
            return root.Elements().FirstOrDefault(e => e.Name.LocalName == operation + "Result") ?? root;
        }
        catch (XmlException e) { throw AwsErrors.Unreadable(service, call, e); }
    }

    private async Task<byte[]> SendAsync(AwsCall call, CancellationToken cancellationToken)
    {
        AWSCredentials who = credentials is null
            ? new AnonymousAWSCredentials()
            : await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        CallContext context = new(service, call.Operation, settings);
        CallReport report = new(context.Action, context.Place);
        settings.Observer?.Began(report);
        try { return await SendAsync(call, who, report, context, cancellationToken).ConfigureAwait(false); }
        finally { settings.Observer?.Ended(report); }
    }

    private async Task<byte[]> SendAsync(
        AwsCall call, AWSCredentials who, CallReport report, CallContext context, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.CallTimeout);
        try
        {
            AwsRuntime runtime = LazyInitializer.EnsureInitialized(ref _runtime, () => Open(who));
            AwsReply reply = await runtime.SendAsync(call, limit.Token).ConfigureAwait(false);
            report.RequestId = reply.RequestId;
            return reply.Broken is null ? reply.Body : throw AwsErrors.Unreadable(service, call, reply.Broken);
        }
        catch (Exception e)
        {
            report.RequestId ??= (e as AmazonServiceException)?.RequestId;
            PizzaException? error = AwsErrors.Translate(e, context, cancellationToken);
            report.Error = (e as AmazonServiceException)?.ErrorCode ?? error?.ErrorId ?? e.GetType().Name;
            if (error is null) throw;
            error.MayBeDone = call.MayBeDone;
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
        return new AwsRuntime(service, who, config, endpoint, endpoint.IsElsewhere ? null : RateLimits.Shared, settings.Throttled);
    }

    internal static AwsEndpoint Endpoint(AwsService service, Settings settings, AwsConfig config)
    {
        if (settings.EndpointUrl is not null) config.IgnoreConfiguredEndpointUrls = true;
        return (settings.EndpointUrl ?? Configured(config)) is { } url
            ? new(Settings.CheckedUrl(url), settings.Partition.SigningRegion(service, settings.Region), IsElsewhere: true)
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

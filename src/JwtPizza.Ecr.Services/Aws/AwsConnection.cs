using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>How one service is reached in a session. Made at the first call, so that a session costs nothing for services it never asks.</summary>
/// <param name="service">The service.</param>
/// <param name="settings">Where it is.</param>
/// <param name="credentials">Who calls; null for calls that are not signed.</param>
internal sealed class AwsConnection(AwsService service, Settings settings, Credentials? credentials) : IDisposable
{
    private AwsRuntime? _runtime;

    /// <summary>Where the service is called: AWS's own endpoint, or one that stands in for it.</summary>
    public Uri Url => Endpoint(service, settings, new(service) { Profile = settings.SdkProfile }).Url;

    /// <summary>Calls a JSON operation.</summary>
    public async Task<TOut> JsonAsync<TOut>(string operation, object input, JsonSerializerContext shapes, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(input, input.GetType(), shapes);
        byte[] answer = await SendAsync(operation, body, cancellationToken).ConfigureAwait(false);
        try { return (TOut?)JsonSerializer.Deserialize(answer, typeof(TOut), shapes) ?? throw new JsonException("null"); }
        catch (JsonException e) { throw AwsErrors.Unreadable(service, operation, e); }
    }

    /// <summary>Calls a Query operation; parameters with the value null are not sent. The answer is the result element, or what stands in its place.</summary>
    public async Task<XElement> QueryAsync(string operation, CancellationToken cancellationToken, params (string Name, string? Value)[] parameters)
    {
        StringBuilder body = new($"Action={operation}&Version={service.Version}");
        foreach ((string name, string? value) in parameters)
        {
            if (value is not null) body.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        byte[] answer = await SendAsync(operation, Encoding.UTF8.GetBytes(body.ToString()), cancellationToken).ConfigureAwait(false);
        try
        {
            using MemoryStream stream = new(answer);
            XElement root = XDocument.Load(stream).Root!;
            return root.Elements().FirstOrDefault(e => e.Name.LocalName == operation + "Result") ?? root;
        }
        catch (XmlException e) { throw AwsErrors.Unreadable(service, operation, e); }
    }

    public void Dispose() => _runtime?.Dispose();

    private async Task<byte[]> SendAsync(string operation, byte[] body, CancellationToken cancellationToken)
    {
        AWSCredentials who = credentials is null ? new AnonymousAWSCredentials() : await credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            AwsRuntime runtime = LazyInitializer.EnsureInitialized(ref _runtime, () => Open(who));
            AwsReply reply = await runtime.SendAsync(new AwsCall(operation, body), cancellationToken).ConfigureAwait(false);
            return reply.Broken is null ? reply.Body : throw AwsErrors.Unreadable(service, operation, reply.Broken);
        }
        catch (Exception e) when (AwsErrors.Translate(e, new(service, operation, settings), cancellationToken) is { } error)
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
    private static bool? Setting(string variable, bool? ofProfile) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } ? null : ofProfile;
}

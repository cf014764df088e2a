using System.Collections.ObjectModel;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util.Internal;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A service as its model describes it: a target prefix means JSON 1.1, none means Query with XML answers.</summary>
internal sealed record AwsService(string Id, string SigningName, string Version, string? TargetPrefix = null)
{
    public static readonly AwsService Ecr = new("ECR", "ecr", "2015-09-21", "AmazonEC2ContainerRegistry_V20150921");
    public static readonly AwsService EcrPublic = new("ECR PUBLIC", "ecr-public", "2020-10-30", "SpencerFrontendService");
    public static readonly AwsService Ecs = new("ECS", "ecs", "2014-11-13", "AmazonEC2ContainerServiceV20141113");
    public static readonly AwsService Iam = new("IAM", "iam", "2010-05-08");
    public static readonly AwsService Sts = new("STS", "sts", "2011-06-15");
}

/// <summary>One operation to be sent.</summary>
/// <param name="operation">Its name.</param>
/// <param name="writes">Whether it may change something.</param>
/// <param name="body">Its input.</param>
internal sealed class AwsCall(string operation, bool writes, byte[] body) : AmazonWebServiceRequest
{
    public string Operation { get; } = operation;
    public bool Writes { get; } = writes;
    public byte[] Body { get; } = body;

    /// <summary>Whether an attempt may have changed something although no answer came of it.</summary>
    public bool MayBeDone { get; set; }
}

/// <summary>
/// The body of an answer of 200. It is read here but understood by the caller, outside the SDK's retries: to the SDK an answer that
/// it cannot parse is a reason to send again, and a mutating call must not be repeated after AWS has said that it was done.
/// </summary>
internal sealed class AwsReply : AmazonWebServiceResponse
{
    public byte[] Body { get; init; } = [];
    public IOException? Broken { get; init; }
    public string? RequestId { get; init; }
}

/// <summary>
/// The one place that stands on the internal namespaces of AWSSDK.Core: public types that AWS's own clients derive from, but that carry
/// no promise, hence the exact version in Directory.Packages.props. Signing, retries, clock skew and the pipeline are the SDK's.
/// </summary>
internal sealed class AwsRuntime : AmazonServiceClient
{
    private readonly AwsService _service;
    private readonly RateLimits? _limits;
    private readonly Action<string>? _throttled;
    private readonly Uri _endpoint;

    /// <param name="service">The service.</param>
    /// <param name="credentials">Who calls.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="endpoint">Where it is.</param>
    /// <param name="limits">The rates that are kept; null where AWS's do not hold.</param>
    /// <param name="throttled">Is told of each attempt that was throttled.</param>
    public AwsRuntime(
        AwsService service, AWSCredentials credentials, AwsConfig config, AwsEndpoint endpoint, RateLimits? limits = null,
        Action<string>? throttled = null) : base(credentials, config)
    {
        config.AuthenticationRegion = endpoint.SigningRegion;
        (_service, _endpoint, _limits, _throttled) = (service, endpoint.Url, limits, throttled);
    }

    public Task<AwsReply> SendAsync(AwsCall call, CancellationToken cancellationToken) =>
        InvokeAsync<AwsReply>(call,
            new InvokeOptions { RequestMarshaller = new Marshalling(this), ResponseUnmarshaller = new Reading(call) }, cancellationToken);

    // The endpoint is set by the marshaller, so no endpoint step is needed.
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.AddHandlerAfter<Marshaller>(new SigningStep());
        pipeline.AddHandlerAfter<RetryHandler>(new AttemptStep(this));
    }

    /// <summary>Holds each attempt to AWS's rates, and notes of it whether it was throttled, and whether it may have been carried out
    /// without an answer: the next one is then answered by what the first has done.</summary>
    private sealed class AttemptStep(AwsRuntime client) : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            AwsCall call = (AwsCall)executionContext.RequestContext.OriginalRequest;
            if (client._limits is { } limits)
            {
                await limits.WaitAsync(client._endpoint.Host, call.Operation, executionContext.RequestContext.CancellationToken)
                    .ConfigureAwait(false);
            }
            try { return await base.InvokeAsync<T>(executionContext).ConfigureAwait(false); }
            catch (Exception e) when (IsInDoubt(e))
            {
                call.MayBeDone = call.Writes;
                throw;
            }
            catch (AmazonServiceException e) when (AwsErrors.IsThrottling(e.ErrorCode ?? ""))
            {
                client._throttled?.Invoke(call.Operation);
                throw;
            }
        }

        private static bool IsInDoubt(Exception e) => e switch
        {
            AmazonServiceException { StatusCode: > 0 and < HttpStatusCode.InternalServerError } => false,   // refused
            // never sent
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => false,
            _ => true,
        };
    }

    private sealed class SigningStep : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }

    private sealed class Marshalling(AwsRuntime client) : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            AwsCall call = (AwsCall)input;
            DefaultRequest request = new(call, client._service.Id)
            {
                HttpMethod = "POST", ResourcePath = "/", Endpoint = client._endpoint, Content = call.Body,
            };
            if (client._service.TargetPrefix is { } prefix)
            {
                request.Headers["Content-Type"] = "application/x-amz-json-1.1";
                request.Headers["X-Amz-Target"] = $"{prefix}.{call.Operation}";
            }
            else
            {
                request.Headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8";
            }
            return request;
        }
    }

    /// <summary>Serves both protocols: the context it makes hands out the raw stream and parses nothing by itself.</summary>
    private sealed class Reading(AwsCall call) : XmlResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
        {
            try { return new AwsReply { Body = ReadAll(input.Stream), RequestId = input.ResponseData.GetHeaderValue("x-amzn-RequestId") }; }
            catch (IOException e) when (call.Writes) { return new AwsReply { Broken = e }; }
        }

        public override AmazonServiceException UnmarshallException(
            XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode) =>
            ErrorReply.Read(ReadAll(input.Stream), input.ResponseData, innerException, statusCode);

        private static byte[] ReadAll(Stream stream)
        {
            using MemoryStream copy = new();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }

    /// <summary>Reads an error ourselves: the SDK's XML reader loses a message in CDATA, its JSON reader wants a reader of its
    /// own.</summary>
    private static class ErrorReply
    {
        public static AmazonServiceException Read(byte[] body, IWebResponseData response, Exception inner, HttpStatusCode status)
        {
            string? header = response.GetHeaderValue("x-amzn-ErrorType");
            string? requestId = response.GetHeaderValue("x-amzn-RequestId");
            (string? code, string? message) = FromJson(body) ?? FromXml(body, ref requestId) ?? (null, null);
            return new AmazonServiceException(message ?? $"HTTP {(int)status}", inner, ErrorType.Unknown,
                Bare(header is { Length: > 0 } ? header : code), requestId, status);
        }

        // "com.amazonaws.ecr#RepositoryNotFoundException:http://..." is RepositoryNotFoundException:
        // https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
        private static string? Bare(string? code) => code?.Split(':')[0].Split('#')[^1];

        private static (string?, string?)? FromJson(byte[] body)
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(body);
                return json.RootElement.ValueKind == JsonValueKind.Object
                    ? (Text(json, "__type") ?? Text(json, "code"), Text(json, "message") ?? Text(json, "Message")) : null;
            }
            catch (JsonException) { return null; }
        }

        private static string? Text(JsonDocument json, string name) =>
            json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;

        private static (string?, string?)? FromXml(byte[] body, ref string? requestId)
        {
            try
            {
                XElement root = XElement.Parse(Encoding.UTF8.GetString(body));
                requestId ??= root.Descendants().FirstOrDefault(e => e.Name.LocalName is "RequestId" or "RequestID")?.Value;
                XElement? error = root.DescendantsAndSelf().FirstOrDefault(e => e.Name.LocalName == "Error");
                return error is null ? null : (Child(error, "Code"), Child(error, "Message"));
            }
            catch (System.Xml.XmlException) { return null; }
        }

        private static string? Child(XElement parent, string name) =>
            parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value.Trim();
    }
}

/// <summary>The settings of one service's client.</summary>
internal sealed class AwsConfig : ClientConfig
{
    private static readonly ReadOnlyCollection<IDefaultConfiguration> s_defaults =
        new([new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard }]);

    public AwsConfig(AwsService service) : base(new DefaultConfigurationProvider(s_defaults))
    {
        (ServiceId, AuthenticationServiceName) = (service.Id, service.SigningName);
        ServiceVersion = service.Version;
        UserAgent = InternalSDKUtils.BuildUserAgentString(service.Id, typeof(AwsConfig).Assembly.GetName().Version!.ToString(3));
    }

    public override string ServiceVersion { get; }
    public override string UserAgent { get; }
    public override string RegionEndpointServiceName => AuthenticationServiceName;
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        throw new NotSupportedException("Endpoints are set with each request.");

    /// <summary>
    /// The SDK reads AWS_MAX_ATTEMPTS, AWS_USE_FIPS_ENDPOINT, AWS_CONFIG_FILE and the like once in a process; a shell lives long and
    /// its user changes them. The files' places have private setters.
    /// </summary>
    public static void ForgetEnvironment()
    {
        string user = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } unix
            ? unix : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string home = Path.Combine(user, ".aws");
        Place(nameof(SharedCredentialsFile.DefaultFilePath), SharedCredentialsFile.SharedCredentialsFileEnvVar,
            Path.Combine(home, "credentials"));
        Place(nameof(SharedCredentialsFile.DefaultConfigFilePath), SharedCredentialsFile.SharedConfigFileEnvVar,
            Path.Combine(home, "config"));
        Profiles.CheckFiles(SharedCredentialsFile.DefaultFilePath, SharedCredentialsFile.DefaultConfigFilePath);
        FallbackInternalConfigurationFactory.Reset();

        static void Place(string property, string variable, string otherwise) => typeof(SharedCredentialsFile).GetProperty(property)!
            .SetValue(null, Environment.GetEnvironmentVariable(variable) is { Length: > 0 } file ? file : otherwise);
    }
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace JwtPizza.Ecr.Sandbox;

/// <summary>A sandbox that runs as a program on this machine, reached by its requests to <c>/_sandbox/</c>. It goes on when this is
/// disposed.</summary>
public sealed class JoinedSandbox : ISandbox
{
    // The sandbox leaves out what is null, also where a record wants it.
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers = { type => { foreach (JsonPropertyInfo property in type.Properties) property.IsRequired = false; } },
        },
    };
    private readonly HttpClient _http;

    private JoinedSandbox(HttpClient http) => _http = http;

    /// <inheritdoc/>
    public required SandboxInfo Info { get; init; }

    /// <inheritdoc/>
    public string? StatePath => null;

    /// <inheritdoc/>
    public string? WorldPath => null;

    /// <inheritdoc/>
    public DateTimeOffset Now => Ask(HttpMethod.Get, "")["now"]!.GetValue<DateTimeOffset>();

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations => Read<string[]>(Ask(HttpMethod.Get, "operations"));

    /// <summary>Joins a sandbox.</summary>
    /// <param name="url">Its address, as <c>pizza-sandbox</c> prints it in AWS_ENDPOINT_URL.</param>
    /// <exception cref="PizzaException"><c>InvalidEndpointUrl</c>, <c>SandboxNotFound</c>.</exception>
    public static JoinedSandbox Join(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme != Uri.UriSchemeHttp || !address.IsLoopback)
            throw ErrorCatalog.InvalidEndpointUrl(url, PizzaErrorKind.InvalidArgument,
                "A sandbox listens on this machine only, for example at http://127.0.0.1:4566.");
        HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
        {
            BaseAddress = new(address, "/_sandbox/"), Timeout = TimeSpan.FromSeconds(30),
        };
        try
        {
            JsonNode health = new JoinedSandbox(http) { Info = null! }.Ask(HttpMethod.Get, "");
            health.AsObject().Remove("status");   // that of the program
            return new(http) { Info = Read<SandboxInfo>(health) };
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<SandboxCall> CallsOf(IReadOnlyCollection<string> operations) =>
        [.. Read<SandboxCall[]>(Ask(HttpMethod.Get, $"calls?operation={Uri.EscapeDataString(string.Join(',', operations))}"))
            .Select(c => c with { Parameters = c.Parameters.ToDictionary(p => p.Key, p => Plain(p.Value)) })];

    /// <inheritdoc/>
    public void SetFault(SandboxFault fault) => Ask(HttpMethod.Post, "faults", fault);

    /// <inheritdoc/>
    public IReadOnlyList<StandingFault> Faults => Read<StandingFault[]>(Ask(HttpMethod.Get, "faults"));

    /// <inheritdoc/>
    public IReadOnlyList<string> RemoveFaults(string operation) =>
        Read<string[]>(Ask(HttpMethod.Delete, $"faults?operation={Uri.EscapeDataString(operation)}")["removed"]!);

    /// <inheritdoc/>
    public IReadOnlyList<string> Advance(TimeSpan by) =>
        Read<string[]>(Ask(HttpMethod.Post, "clock", new { days = by.TotalDays, hours = 0.0 })["taken"]!);

    /// <inheritdoc/>
    public string IssueGitHubToken(GitHubTokenRequest request) => (string)Ask(HttpMethod.Post, "tokens", Order(request))["token"]!;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> ActionsVariables(GitHubTokenRequest request) =>
        Read<Dictionary<string, string>>(Ask(HttpMethod.Post, "variables", Order(request)));

    /// <inheritdoc/>
    public bool HasIssued(string? accessKey, string? sessionToken) =>
        accessKey is not null && sessionToken is not null
            && (bool)Ask(HttpMethod.Post, "credentials", new { accessKey, sessionToken })["issued"]!;

    /// <inheritdoc/>
    public void LearnGitHubRepository(GitHubRepository repository)
    {
        if (repository is { OwnerId: { } ownerId, RepositoryId: { } repositoryId })
            Ask(HttpMethod.Post, "repositories", new { repository = $"{repository}", ownerId, repositoryId });
    }

    /// <inheritdoc/>
    public TrustVerdict Explain(string roleName, string token) =>
        Read<TrustVerdict>(Ask(HttpMethod.Post, "explain", new { roleName, token }));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static object Order(GitHubTokenRequest request) => new
    {
        repository = $"{request.Repository}", request.Repository.OwnerId, request.Repository.RepositoryId, request.Audience, request.Issuer,
        branch = Of(request, SubjectKind.Branch), gitTag = Of(request, SubjectKind.GitTag),
        environment = Of(request, SubjectKind.Environment),
        pullRequest = request.Scope.Kind == SubjectKind.PullRequest,
    };

    private static string? Of(GitHubTokenRequest request, SubjectKind kind) => request.Scope.Kind == kind ? request.Scope.Value : null;

    private JsonNode Ask(HttpMethod method, string what, object? body = null)
    {
        using HttpRequestMessage request = new(method, what);
        if (body is not null)
            request.Content = new ByteArrayContent(
                JsonSerializer.SerializeToUtf8Bytes(body, s_json)) { Headers = { ContentType = new("application/json") } };
        try
        {
            using HttpResponseMessage answer = _http.Send(request);
            using Stream stream = answer.Content.ReadAsStream();
            JsonNode said = JsonNode.Parse(stream) ?? throw new JsonException("null");
            if (answer.StatusCode == HttpStatusCode.OK) return said;
            throw new PizzaException((string?)said["error"] ?? "SandboxNotFound", PizzaErrorKind.InvalidArgument,
                (string?)said["message"] ?? $"{_http.BaseAddress} answered with HTTP {(int)answer.StatusCode}.", what);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or OperationCanceledException)
        {
            throw new PizzaException("SandboxNotFound", PizzaErrorKind.Unavailable,
                $"No sandbox answers at {_http.BaseAddress!.GetLeftPart(UriPartial.Authority)}: {e.Message.TrimEnd('.')}. " +
                "Start one with 'pizza-sandbox', or run Stop-PizzaSandbox to leave it.", what, e);
        }
    }

    private static T Read<T>(JsonNode node) => node.Deserialize<T>(s_json)!;

    // As those of a sandbox in this process: text, numbers, dictionaries and arrays.
    private static object? Plain(object? value) => value is not JsonElement json ? value : json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(p => p.Name, p => Plain(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(i => Plain(i)).ToArray(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out long whole) ? whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}

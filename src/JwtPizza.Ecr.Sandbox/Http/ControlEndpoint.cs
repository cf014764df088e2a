using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What cmdlets do with the sandbox, for those who have none: faults, the call log, the clock, GitHub's tokens, a reset, a world
/// as a document.</summary>
internal sealed class ControlEndpoint(EcrSandbox sandbox) : IEndpoint
{
    public const string PathPrefix = "/_sandbox/";
    private const int BodyLimit = 64 * 1024, WorldLimit = 1024 * 1024 * 1024;
    private const string Json = "application/json", EventStream = "text/event-stream";
    private static readonly string? s_version = typeof(ControlEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion.Split('+')[0];
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private const string There =
        "GET ui, calls, faults, events, overview, rights, explain or export, POST or DELETE faults, POST clock, tokens, reset or import";

    private sealed record Credentials(string? AccessKey, string? SessionToken);

    private sealed record Question(string RoleName, string Token);

    private sealed record Step(double Days, double Hours);

    private sealed record TokenOrder(
        string Repository, string? Branch, string? GitTag, string? Environment, bool PullRequest, long? OwnerId, long? RepositoryId,
        string? Audience, string? Issuer, string? RoleName);

    public IEnumerable<string> Operations => [];

    public bool Takes(Exchange exchange) => exchange.Path.StartsWith(PathPrefix, StringComparison.Ordinal);

    public async Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        exchange.Trace.Forget();   // who asks what was called is no part of the answer
        if (Stream(exchange, cancellationToken) is { } stream)
        {
            await exchange.RespondAsync(EventStream, stream, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (exchange is { Method: "GET", Path: PathPrefix + "ui" })
        {
            WebPage.Protect(exchange);
            await exchange.RespondAsync(200, WebPage.ContentType, WebPage.Document, cancellationToken).ConfigureAwait(false);
            return;
        }
        (int status, object answer) = await TryAsync(exchange, cancellationToken).ConfigureAwait(false);
        await exchange.RespondAsync(status, Json, answer as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(answer, s_json),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a client asks to be sent as it happens.</summary>
    private IAsyncEnumerable<string>? Stream(Exchange exchange, CancellationToken cancellationToken) =>
        exchange.Method != "GET" || exchange.Header("Accept")?.Contains(EventStream, StringComparison.Ordinal) != true
            ? null : exchange.Path switch
        {
            PathPrefix + "events" => EventsAsync(exchange, cancellationToken),
            PathPrefix + "calls" => CallsAsync(exchange, cancellationToken),
            _ => null,
        };

    private async Task<(int, object)> TryAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        string what = exchange.Path[PathPrefix.Length..], pattern = exchange.Query.GetValueOrDefault("operation", "*");
        try
        {
            return (exchange.Method, what) switch
            {
                ("GET", "") => (200, Health()),
                ("GET", "events") => (200, sandbox.Events.After(AfterIn(exchange)).Select(e => e.Event)),
                ("GET", "calls") => (200, sandbox.CallsOf(pattern.Split(','))),
                ("GET", "operations") => (200, sandbox.Operations),
                ("POST", "credentials") => (200, new { issued = await HasIssuedAsync(exchange, cancellationToken).ConfigureAwait(false) }),
                ("POST", "explain") => (200, Verdict(await ReadAsync<Question>(exchange, cancellationToken).ConfigureAwait(false))),
                ("POST", "repositories") => (200, Learn(await ReadAsync<TokenOrder>(exchange, cancellationToken).ConfigureAwait(false))),
                ("POST", "variables") => (200,
                    sandbox.ActionsVariables(Requested(await ReadAsync<TokenOrder>(exchange, cancellationToken).ConfigureAwait(false)))),
                ("GET", "faults") => (200, sandbox.Faults),
                ("POST", "faults") => (200, Set(await ReadAsync<SandboxFault>(exchange, cancellationToken).ConfigureAwait(false))),
                ("DELETE", "faults") => (200, new { removed = sandbox.RemoveFaults(pattern) }),
                ("POST", "clock") => (200, Advance(await ReadAsync<Step>(exchange, cancellationToken).ConfigureAwait(false))),
                ("POST", "tokens") => (200, Issue(await ReadAsync<TokenOrder>(exchange, cancellationToken).ConfigureAwait(false))),
                ("POST", "reset") => (200, Reset(exchange)),
                ("GET", "overview") => (200, Overview.Of(sandbox.World)),
                ("GET", "rights") => (200, sandbox.Rights()),
                ("GET", "explain") => (200, Explain(exchange, pattern)),
                ("GET", "export") => (200, sandbox.Export()),
                ("POST", "import") => (200, Import(await BodyAsync(exchange, WorldLimit, cancellationToken).ConfigureAwait(false))),
                _ => (404, new { error = "NotFound", message = $"There is no {exchange.Method} {exchange.Path}: {There}." }),
            };
        }
        catch (PizzaException e) { return (400, new { error = e.ErrorId, message = e.Message }); }
    }

    /// <summary>That it runs, and what is there.</summary>
    private object Health() => new
    {
        status = "running", version = s_version, sandbox.Info.EndpointUrl, sandbox.Info.RegistryHost, sandbox.Info.RegistryId,
            sandbox.Info.Region, sandbox.Info.StartedAt, sandbox.Info.AccessKey, sandbox.Info.SecretKey, sandbox.Now,
        sandbox.Info.IsEnforcing, isKept = sandbox.StatePath is not null,
        operations = sandbox.Operations.GroupBy(o => o.Split(':')[0]).ToDictionary(g => g.Key, g => g.Count()),
        repositories = sandbox.Repositories,
    };

    /// <summary>As server-sent events, each with its number: https://html.spec.whatwg.org/multipage/server-sent-events.html</summary>
    private async IAsyncEnumerable<string> EventsAsync(Exchange exchange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ": events of ECR\n\n";   // so that a client knows at once that it is connected
        await foreach ((long number,
            JsonObject happened) in sandbox.Events.FollowAsync(AfterIn(exchange), cancellationToken).ConfigureAwait(false))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"id: {number}\nevent: {happened["detail-type"]}\ndata: {happened.ToJsonString()}\n\n");
    }

    private async IAsyncEnumerable<string> CallsAsync(Exchange exchange, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ": calls of the sandbox\n\n";
        await foreach ((long number,
            SandboxCall call) in sandbox.FollowCallsAsync(AfterIn(exchange), cancellationToken).ConfigureAwait(false))
            yield return string.Create(CultureInfo.InvariantCulture, $"id: {number}\ndata: {JsonSerializer.Serialize(call, s_json)}\n\n");
    }

    private static long AfterIn(Exchange exchange) =>
        long.TryParse(exchange.Header("Last-Event-ID") ?? exchange.Query.GetValueOrDefault("after"), NumberStyles.None,
            CultureInfo.InvariantCulture, out long number) ? number : 0;

    private SandboxFault Set(SandboxFault fault)
    {
        sandbox.SetFault(fault);
        return fault;
    }

    private object Reset(Exchange exchange)
    {
        CheckType(exchange);
        sandbox.Reset();
        return new { sandbox.Now };
    }

    private object Import(byte[] world)
    {
        sandbox.Import(world);
        return new { sandbox.Now, repositories = sandbox.Repositories };
    }

    /// <summary>The last calls that policies refused, newest first, or the one that the client knows by its id.</summary>
    private IEnumerable<ExplainedCall> Explain(Exchange exchange, string pattern)
    {
        IEnumerable<ExplainedCall> refused = sandbox.Explanations.Where(c => OperationNames.Fits(pattern, c.Service, c.Operation));
        if (exchange.Query.GetValueOrDefault("requestId") is not { } id) return refused;
        return refused.Where(c => c.RequestId == id).ToList() is { Count: > 0 } one ? one
            : throw Wrong("UnknownRequest",
                $"none of the last refusals has the request id '{id}': policies did not refuse that call, or it is too long ago");
    }

    private object Advance(Step step)
    {
        TimeSpan by = TimeSpan.FromHours(step is { Days: >= 0 and <= 3660, Hours: >= 0 and <= 87_840 } && step.Days + step.Hours > 0
            ? (step.Days * 24) + step.Hours
            : throw Wrong("InvalidStep", "days (up to 3660) and hours (up to 87840) must be a step forward"));
        IReadOnlyList<string> taken = sandbox.Advance(by);
        return new { sandbox.Now, taken };
    }

    private object Issue(TokenOrder order)
    {
        string token = sandbox.IssueGitHubToken(Requested(order));
        return new { token, verdict = order.RoleName is { } role ? sandbox.Explain(role, token) : null };
    }

    private static GitHubTokenRequest Requested(TokenOrder order) => new()
    {
        Repository = RepositoryOf(order), Audience = order.Audience, Issuer = order.Issuer,
        Scope = order switch
        {
            { PullRequest: true } => SubjectScope.PullRequest,
            { Environment: { } environment } => SubjectScope.Environment(environment),
            { GitTag: { } tag } => SubjectScope.GitTag(tag),
            _ => SubjectScope.Branch(order.Branch ?? Defaults.Branch),
        },
    };

    private static GitHubRepository RepositoryOf(TokenOrder order)
    {
        GitHubRepository repository = GitHubRepository.Parse(order.Repository ?? "");
        return repository with
        {
            OwnerId = order.OwnerId ?? repository.OwnerId, RepositoryId = order.RepositoryId ?? repository.RepositoryId,
        };
    }

    private object Learn(TokenOrder order)
    {
        sandbox.LearnGitHubRepository(RepositoryOf(order));
        return new { order.Repository };
    }

    private TrustVerdict Verdict(Question question) => sandbox.Explain(question.RoleName ?? "", question.Token ?? "");

    private async Task<bool> HasIssuedAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        Credentials credentials = await ReadAsync<Credentials>(exchange, cancellationToken).ConfigureAwait(false);
        return sandbox.HasIssued(credentials.AccessKey, credentials.SessionToken);
    }

    private static async Task<byte[]> BodyAsync(Exchange exchange, int limit, CancellationToken cancellationToken)
    {
        CheckType(exchange);
        return await exchange.ReadAsync(limit, cancellationToken).ConfigureAwait(false)
            ?? throw Wrong("InvalidRequest", $"the request is larger than {limit} bytes");
    }

    private static async Task<T> ReadAsync<T>(Exchange exchange, CancellationToken cancellationToken)
    {
        byte[] body = await BodyAsync(exchange, BodyLimit, cancellationToken).ConfigureAwait(false);
        try { return JsonSerializer.Deserialize<T>(body, s_json) ?? throw Wrong("InvalidRequest", "null is not a request"); }
        catch (JsonException e) { throw Wrong("InvalidRequest", e.Message.Split(" Path:")[0].TrimEnd('.')); }
    }

    // A web page that somebody looks at on this machine can send every other type unasked.
    private static void CheckType(Exchange exchange)
    {
        if (exchange.Header("Content-Type")?.Split(';')[0].Trim() is not Json)
            throw Wrong("InvalidRequest", $"the Content-Type must be {Json}");
    }

    private static PizzaException Wrong(string id, string why) =>
        new(id, PizzaErrorKind.InvalidArgument, $"The sandbox cannot do that: {why}.");
}

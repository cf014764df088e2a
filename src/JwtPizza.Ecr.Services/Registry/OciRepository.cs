using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// A repository of any registry, by the OCI distribution protocol (https://github.com/opencontainers/distribution-spec/blob/main/spec.md).
/// What fails in passing (5xx, 429, a broken connection) is tried again; a refused login once, with a new one.
/// </summary>
/// <param name="host">The registry's host. https, but for a registry on this machine http.</param>
/// <param name="repository">The repository's name.</param>
/// <param name="login">Gives a login, or null for nobody in particular; called again when one was refused.</param>
internal sealed class OciRepository(string host, string repository, Func<CancellationToken, Task<RegistryLogin?>> login) : ImageRepository
{
    private const int MaxErrorBody = 64 * 1024, MaxDocument = 4 << 20, MaxRounds = 4, Manifests = 8;

    private readonly Uri _base = new($"{(RegistryHttp.IsThisMachine(host) ? "http" : "https")}://{ApiHost(host)}/v2/{repository}/");
    private RegistryAuthorization? _authorization;

    /// <summary>How often and after which waits a call is tried again.</summary>
    public Retry Retry { get; init; } = Retry.Usual;

    /// <summary>In which pieces blobs go up.</summary>
    public UploadPolicy Upload { get; init; } = UploadPolicy.Of(host, isEcr: false);

    /// <summary>Whether it is one of ECR's, whose password goes with the first request and to no other host.</summary>
    public bool IsOfAws { get; init; }

    public override string Name => repository;

    public override string Whereabouts => host;

    public override string? Registry => host;

    public override int Parallel => Upload.Parallel;

    private RegistryAuthorization Authorization =>
        LazyInitializer.EnsureInitialized(ref _authorization, () => new(_base, repository, login, IsOfAws));

    public override Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new RepositoryPlace { RepositoryName = repository, RepositoryUri = $"{host}/{repository}" });

    public override Task<RegistryLogin?> LoginAsync(CancellationToken cancellationToken) => login(cancellationToken);

    public override Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken) => TryAsync(async attempt =>
    {
        using HttpResponseMessage reply =
            await SendAsync(() => new(HttpMethod.Head, At($"blobs/{digest}")), attempt.Token, HttpStatusCode.NotFound,
                HttpStatusCode.Forbidden).ConfigureAwait(false);
        // A redirect to storage also says yes. An answer to HEAD has no words: who may not look is told why by the upload.
        return reply.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Forbidden);
    }, cancellationToken);

    public override Task<bool> PutBlobAsync(BlobSource source, Action<long> sent, string? mountFrom, CancellationToken cancellationToken) =>
        new BlobUpload(this, source, sent, mountFrom).RunAsync(cancellationToken);

    public override async Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, StoredManifest> found = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Manifests, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(references.Distinct(), options, async (reference, token) =>
        {
            if (await GetManifestAsync(reference, token).ConfigureAwait(false) is { } manifest) found[reference] = manifest;
        }).ConfigureAwait(false);
        return found;
    }

    public override Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken) =>
        TryAsync(async attempt =>
    {
        HttpResponseMessage reply =
            await SendAsync(() => Ranged(new(HttpMethod.Get, At($"blobs/{blob.Digest}")), from), attempt.Token).ConfigureAwait(false);
        if (RegistryHttp.IsRedirect(reply))
        {
            // Storage is asked by an address that carries its own right; neither password nor token goes there.
            Uri storage = RegistryHttp.Next(_base, reply.Headers.Location!);
            reply.Dispose();
            reply = await RegistryHttp.GetAsync(storage, from, attempt.Token).ConfigureAwait(false);
        }
        return await RegistryHttp.OpenAsync(reply, from, attempt.Token).ConfigureAwait(false);
    }, cancellationToken);

    public override Task PutManifestAsync(StoredManifest manifest, string? tag, CancellationToken cancellationToken) =>
        PutManifestAsync(tag ?? manifest.Digest.Value, manifest.Content, manifest.Manifest.MediaType, cancellationToken);

    /// <summary>Stores a document under a tag or its digest.</summary>
    public Task PutManifestAsync(string reference, byte[] content, string mediaType, CancellationToken cancellationToken) =>
        TryAsync(async attempt =>
    {
        await KeepRateAsync("PutImage", attempt.Token).ConfigureAwait(false);
        using HttpResponseMessage reply = await SendAsync(() => new(HttpMethod.Put, At($"manifests/{reference}"))
        {
            Content = new ByteArrayContent(content) { Headers = { ContentType = new(mediaType) } },
        }, attempt.Token).ConfigureAwait(false);
        return DigestOf(reply) is { } given && given != Digest.Of(content)
            ? throw UnexpectedResponse($"it stored '{reference}' as {given}, and what was sent is {Digest.Of(content)}")
            : Succeeded(reply);
    }, cancellationToken);

    /// <summary>Waits until a call of an operation that ECR limits keeps its rate; ECR's registries only.</summary>
    internal Task KeepRateAsync(string operation, CancellationToken cancellationToken) =>
        EcrHost.TryParse(host) is null ? Task.CompletedTask : RateLimits.Shared.WaitAsync(host, operation, cancellationToken);

    // A registry without the referrers API answers 404 and keeps a list under a tag:
    // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
    public override async Task<IReadOnlyList<Digest>> ReferrersAsync(Digest subject, CancellationToken cancellationToken)
    {
        byte[]? list = await TryAsync(async attempt =>
        {
            using HttpResponseMessage reply =
                await SendAsync(() => new(HttpMethod.Get, At($"referrers/{subject}")), attempt.Token, HttpStatusCode.NotFound,
                    HttpStatusCode.MethodNotAllowed).ConfigureAwait(false);
            return reply.IsSuccessStatusCode ? await ReadAsync(reply, attempt.Token).ConfigureAwait(false) : null;
        }, cancellationToken).ConfigureAwait(false);
        OciManifest? index = list is not null ? OciManifest.Parse(list, MediaTypes.OciIndex)
            : (await GetManifestAsync(subject.Value.Replace(':', '-'), cancellationToken).ConfigureAwait(false))?.Manifest;
        return [.. (index?.Manifests ?? []).Select(m => m.Digest).Distinct()];
    }

    /// <summary>The manifest behind a tag or digest; null when there is none.</summary>
    public Task<StoredManifest?> GetManifestAsync(string reference, CancellationToken cancellationToken) =>
        TryAsync<StoredManifest?>(async attempt =>
    {
        using HttpResponseMessage reply =
            await SendAsync(() => Accepting(new(HttpMethod.Get, At($"manifests/{reference}"))), attempt.Token, HttpStatusCode.NotFound)
                .ConfigureAwait(false);
        if (reply.StatusCode == HttpStatusCode.NotFound || !Succeeded(reply)) return null;
        byte[] content = await ReadAsync(reply, attempt.Token).ConfigureAwait(false);
        Digest digest = Digest.Of(content);
        return Digest.TryParse(reference, out Digest asked) && asked != digest
            ? throw UnexpectedResponse($"the manifest that it gave for {asked} has the digest {digest}")
            : new(digest, content, reply.Content.Headers.ContentType?.MediaType);
    }, cancellationToken);

    /// <summary>An answer that is a success, a redirect or expected; else the error. A refused login is tried once more with a new
    /// one.</summary>
    internal async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        bool mayLogIn = true;
        for (int round = 0; ; round++)
        {
            AuthenticationHeaderValue? authorization = await Authorization.GetAsync(cancellationToken).ConfigureAwait(false);
            using HttpRequestMessage request = make();
            // Some registries upload to another host, by an address that carries its own right; the password and the token are for ours
            // alone.
            bool isOurs = request.RequestUri!.Authority == _base.Authority && request.RequestUri.Scheme == _base.Scheme;
            if (isOurs) request.Headers.Authorization = authorization;
            HttpResponseMessage reply = await RegistryHttp.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if ((int)reply.StatusCode < 400 || expected.Contains(reply.StatusCode)) return reply;
            using (reply)
            {
                PizzaException error = await FailureAsync(reply, cancellationToken).ConfigureAwait(false);
                if (Retry.IsWorthIt(reply.StatusCode)) throw new TransientFailure(error, Delay(reply.Headers.RetryAfter));
                if (error.ErrorId != "RegistryLoginRefused" || !isOurs || round == MaxRounds) throw error;
                bool? renewed = await Authorization.RenewAsync(authorization, reply, mayLogIn, cancellationToken).ConfigureAwait(false);
                if (renewed is null) throw error;
                mayLogIn &= !renewed.Value;
            }
        }
    }

    /// <summary>Runs a call with a limit for each attempt, and for all of them.</summary>
    /// <param name="call">The call; it may grant itself more time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="mayGoOn">Whether there is time for another attempt; null: within a small call's time.</param>
    internal async Task<T> TryAsync<T>(
        Func<CancellationTokenSource, Task<T>> call, CancellationToken cancellationToken, Func<bool>? mayGoOn = null)
    {
        long started = TimeProvider.System.GetTimestamp();
        int attempts = 0;
        try
        {
            return await Retry.RunAsync(async token =>
            {
                attempts++;
                using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(token);
                TimeSpan left = mayGoOn is null ? Retry.Within - Elapsed() : Retry.Silence;
                attempt.CancelAfter(left < Retry.Silence ? (left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1)) : Retry.Silence);
                return await call(attempt).ConfigureAwait(false);
            }, cancellationToken, mayGoOn ?? (() => Elapsed() < Retry.Within)).ConfigureAwait(false);
        }
        catch (Exception e)
            when (Retry.IsNetwork(e, cancellationToken)) { throw RegistryErrors.Unreachable(host, repository, e, attempts, Elapsed()); }

        TimeSpan Elapsed() => TimeProvider.System.GetElapsedTime(started);
    }

    internal Uri At(string path) => new(_base, path);

    internal PizzaException UnexpectedResponse(string what) => RegistryErrors.UnexpectedResponse(host, repository, what);

    internal bool Succeeded(HttpResponseMessage reply) =>
        reply.IsSuccessStatusCode
            ? true : throw UnexpectedResponse($"it answered {reply.RequestMessage?.Method} with {(int)reply.StatusCode}");

    private async Task<byte[]> ReadAsync(HttpResponseMessage reply, CancellationToken cancellationToken) =>
        await RegistryHttp.ReadAsync(reply, MaxDocument, cancellationToken).ConfigureAwait(false)
            ?? throw UnexpectedResponse("a document has more than 4 MB");

    private async Task<PizzaException> FailureAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        byte[] body = new byte[MaxErrorBody];
        Stream stream = await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return RegistryErrors.Of(reply.StatusCode, Encoding.UTF8.GetString(body, 0, length),
            new(host, repository, IsOfAws,
                reply.RequestMessage?.Method == HttpMethod.Get || reply.RequestMessage?.Method == HttpMethod.Head));
    }

    private static TimeSpan? Delay(RetryConditionHeaderValue? asked) =>
        asked?.Delta ?? (asked?.Date is { } date ? date - DateTimeOffset.UtcNow : null);

    private static HttpRequestMessage Ranged(HttpRequestMessage request, long from)
    {
        if (from > 0) request.Headers.Range = new(from, null);
        return request;
    }

    private static HttpRequestMessage Accepting(HttpRequestMessage request)
    {
        foreach (string type in MediaTypes.Manifests) request.Headers.Accept.Add(new(type));
        return request;
    }

    private static Digest? DigestOf(HttpResponseMessage reply) =>
        reply.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values)
            && Digest.TryParse(values.FirstOrDefault(), out Digest digest) ? digest : null;

    // The name that users know is not where its API is: https://docs.docker.com/reference/api/registry/latest/
    private static string ApiHost(string host) => host is "docker.io" or "index.docker.io" ? "registry-1.docker.io" : host;
}

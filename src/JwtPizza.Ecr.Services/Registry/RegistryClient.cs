using System.Net;
using System.Net.Http.Headers;
using System.Text;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// One repository of a registry, by the OCI distribution protocol (https://github.com/opencontainers/distribution-spec/blob/main/spec.md)
/// with ECR's Basic login, or the token that ECR Public gives for it. What fails in passing (5xx, 429, a broken connection) is tried again; a refused login once, with a new one.
/// </summary>
/// <param name="host">The registry's host. https, but for a registry on this machine http.</param>
/// <param name="repository">The repository's name.</param>
/// <param name="login">Gives a login; called again when one was refused.</param>
internal sealed class RegistryClient(string host, string repository, Func<CancellationToken, Task<RegistryLogin>> login) : IDisposable
{
    private const string Basic = "Basic";
    private const int MaxErrorBody = 64 * 1024, MaxDocument = 4 << 20;

    // One that says nothing or takes no byte for so long has gone; but after the last byte of a large blob it may think for a while.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60), s_storing = TimeSpan.FromMinutes(5);

    private readonly Uri _base = new($"{(IsThisMachine(host) ? "http" : "https")}://{host}/v2/{repository}/");
    private readonly SemaphoreSlim _loggingIn = new(1);
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseProxy = !IsThisMachine(host),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private AuthenticationHeaderValue? _authorization;

    /// <summary>How often and after which waits a call is tried again.</summary>
    public Retry Retry { get; init; } = Retry.Usual;

    /// <summary>Whether the registry holds this blob for the repository.</summary>
    public Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken) => TryAsync(async attempt =>
    {
        using HttpResponseMessage reply = await SendAsync(() => new(HttpMethod.Head, At($"blobs/{digest}")), attempt.Token, HttpStatusCode.NotFound).ConfigureAwait(false);
        return reply.StatusCode != HttpStatusCode.NotFound;   // a redirect to storage also says yes
    }, cancellationToken);

    /// <summary>Uploads a blob in one piece, each try from its beginning; or mounts it, where another repository of the registry has it and the registry allows that.</summary>
    /// <param name="blob">Where it lies; its digest is checked on the way.</param>
    /// <param name="sent">Told of each run of bytes, and of a negative number when a try was in vain.</param>
    /// <param name="mountFrom">The repository of this registry that has it; null when none is known.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <returns>Whether it was mounted, and nothing was sent.</returns>
    public Task<bool> PutBlobAsync(IBlobSource blob, Action<long> sent, string? mountFrom, CancellationToken cancellationToken) => TryAsync(async attempt =>
    {
        long count = 0;
        try
        {
            if (await OpenUploadAsync(blob.Digest, mountFrom, attempt.Token).ConfigureAwait(false) is not { } place) return true;
            using HttpResponseMessage stored = await SendAsync(() =>
            {
                BlobContent body = new(blob, () => Report(-count), Report);
                body.Headers.ContentType = new("application/octet-stream");
                return new(HttpMethod.Put, place) { Content = body };
            }, attempt.Token).ConfigureAwait(false);
            return !Stored(stored);
        }
        catch
        {
            sent(-count);
            throw;
        }

        void Report(long n)
        {
            count += n;
            attempt.CancelAfter(count < blob.Length ? s_silence : s_storing);
            sent(n);
        }
    }, cancellationToken);

    /// <summary>The digest of the manifest behind a tag or digest; null when there is none.</summary>
    public Task<Digest?> FindManifestAsync(string reference, CancellationToken cancellationToken) => TryAsync<Digest?>(async attempt =>
    {
        using HttpResponseMessage reply = await SendAsync(() => Accepting(new(HttpMethod.Head, At($"manifests/{reference}"))), attempt.Token, HttpStatusCode.NotFound).ConfigureAwait(false);
        return reply.StatusCode == HttpStatusCode.NotFound ? null : DigestOf(reply) ?? throw RegistryErrors.Strange(host, repository, "it found a manifest and gave no Docker-Content-Digest");
    }, cancellationToken);

    /// <summary>The manifest behind a tag or digest, byte for byte, and its media type; null when there is none.</summary>
    public Task<(byte[] Content, string? MediaType)?> GetManifestAsync(string reference, CancellationToken cancellationToken) => TryAsync<(byte[], string?)?>(async attempt =>
    {
        using HttpResponseMessage reply = await SendAsync(() => Accepting(new(HttpMethod.Get, At($"manifests/{reference}"))), attempt.Token, HttpStatusCode.NotFound).ConfigureAwait(false);
        return reply.StatusCode == HttpStatusCode.NotFound ? null : (await ReadAsync(reply, attempt.Token).ConfigureAwait(false), reply.Content.Headers.ContentType?.MediaType);
    }, cancellationToken);

    /// <summary>A small blob, such as an image's configuration, of at most 4 MB.</summary>
    public Task<byte[]> GetBlobAsync(Digest digest, CancellationToken cancellationToken) => TryAsync(async attempt =>
    {
        HttpResponseMessage reply = await SendAsync(() => new(HttpMethod.Get, At($"blobs/{digest}")), attempt.Token).ConfigureAwait(false);
        if ((int)reply.StatusCode >= 300 && reply.Headers.Location is { } storage)
        {
            reply.Dispose();   // storage is asked by an address that carries its own right
            reply = await _http.GetAsync(new Uri(_base, storage), HttpCompletionOption.ResponseHeadersRead, attempt.Token).ConfigureAwait(false);
        }
        using (reply)
            return Stored(reply) && await ReadAsync(reply, attempt.Token).ConfigureAwait(false) is var content && Digest.Of(content) == digest ? content
                : throw RegistryErrors.Strange(host, repository, $"the blob {digest} has another content");
    }, cancellationToken);

    /// <summary>Stores a manifest under a tag or its digest.</summary>
    public Task PutManifestAsync(string reference, byte[] content, string mediaType, CancellationToken cancellationToken) => TryAsync(async attempt =>
    {
        using HttpResponseMessage reply = await SendAsync(() => new(HttpMethod.Put, At($"manifests/{reference}"))
        {
            Content = new ByteArrayContent(content) { Headers = { ContentType = new(mediaType) } },
        }, attempt.Token).ConfigureAwait(false);
        return DigestOf(reply) is { } given && given != Digest.Of(content)
            ? throw RegistryErrors.Strange(host, repository, $"it stored '{reference}' as {given}, and what was sent is {Digest.Of(content)}")
            : Stored(reply);
    }, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _loggingIn.Dispose();
    }

    // Where to upload; null when the blob was mounted. A registry that does not mount opens an upload instead.
    private async Task<Uri?> OpenUploadAsync(Digest digest, string? mountFrom, CancellationToken cancellationToken)
    {
        string mount = mountFrom is null ? "" : $"?mount={Uri.EscapeDataString(digest.Value)}&from={Uri.EscapeDataString(mountFrom)}";
        using HttpResponseMessage reply = await SendAsync(() => new(HttpMethod.Post, At("blobs/uploads/" + mount)) { Content = new ByteArrayContent([]) }, cancellationToken).ConfigureAwait(false);
        if (mountFrom is not null && reply.StatusCode == HttpStatusCode.Created) return null;
        return Stored(reply) && reply.Headers.Location is { } location
            ? WithDigest(new Uri(_base, location), digest)
            : throw RegistryErrors.Strange(host, repository, "it opened an upload without a Location");
    }

    // An answer that is a success, a redirect or expected; else the error. A refused login is tried once more with a new one.
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        AuthenticationHeaderValue? refused = null;
        while (true)
        {
            AuthenticationHeaderValue authorization = await LogInAsync(refused, cancellationToken).ConfigureAwait(false);
            HttpResponseMessage reply = await OnceAsync(make, authorization, cancellationToken).ConfigureAwait(false);
            if ((int)reply.StatusCode < 400 || expected.Contains(reply.StatusCode)) return reply;
            using (reply)
            {
                if (authorization.Scheme == Basic && BearerChallenge.Of(reply) is { } challenge)
                {
                    await ExchangeAsync(authorization, challenge, cancellationToken).ConfigureAwait(false);
                    continue;
                }
                PizzaException error = await FailureAsync(reply, cancellationToken).ConfigureAwait(false);
                if (Retry.IsWorthIt(reply.StatusCode)) throw new TransientFailure(error, reply.Headers.RetryAfter?.Delta);
                if (error.ErrorId != "RegistryLoginRefused" || refused is not null) throw error;
            }
            refused = authorization;
        }
    }

    private async Task<HttpResponseMessage> OnceAsync(Func<HttpRequestMessage> make, AuthenticationHeaderValue authorization, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = make();
        // Some registries upload to another host, by an address that carries its own right; the password is for ours alone.
        if (request.RequestUri!.Authority == _base.Authority && request.RequestUri.Scheme == _base.Scheme) request.Headers.Authorization = authorization;
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AuthenticationHeaderValue> LogInAsync(AuthenticationHeaderValue? refused, CancellationToken cancellationToken)
    {
        await _loggingIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_authorization is null || _authorization == refused)
            {
                RegistryLogin fresh = await login(cancellationToken).ConfigureAwait(false);
                _authorization = new(Basic, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{fresh.User}:{fresh.Password}")));
            }
            return _authorization;
        }
        finally { _loggingIn.Release(); }
    }

    private async Task ExchangeAsync(AuthenticationHeaderValue login, BearerChallenge challenge, CancellationToken cancellationToken)
    {
        if (challenge.Realm.Authority != _base.Authority || challenge.Realm.Scheme != _base.Scheme)
            throw RegistryErrors.Strange(host, repository, $"it wants the password to be sent to {challenge.Realm.Authority}");
        await _loggingIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_authorization != login) return;   // another request was quicker
            using HttpRequestMessage request = challenge.Request(login, repository);
            using HttpResponseMessage reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if ((int)reply.StatusCode >= 400) throw await FailureAsync(reply, cancellationToken).ConfigureAwait(false);
            _authorization = new("Bearer", BearerChallenge.Token(await ReadAsync(reply, cancellationToken).ConfigureAwait(false)) ?? throw RegistryErrors.Strange(host, repository, "it gave no token for the login"));
        }
        finally { _loggingIn.Release(); }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        byte[] body = new byte[MaxDocument + 1];
        int length = await (await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)).ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length <= MaxDocument ? body[..length] : throw RegistryErrors.Strange(host, repository, "a document has more than 4 MB");
    }

    private async Task<PizzaException> FailureAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        byte[] body = new byte[MaxErrorBody];
        int length = await (await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)).ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return RegistryErrors.Of(reply.StatusCode, Encoding.UTF8.GetString(body, 0, length), host, repository);
    }

    private async Task<T> TryAsync<T>(Func<CancellationTokenSource, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Retry.RunAsync(async token =>
            {
                using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(token);
                attempt.CancelAfter(s_silence);
                return await call(attempt).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Retry.IsNetwork(e, cancellationToken)) { throw RegistryErrors.Unreachable(host, repository, e); }
    }

    private bool Stored(HttpResponseMessage reply) =>
        reply.IsSuccessStatusCode ? true : throw RegistryErrors.Strange(host, repository, $"it answered {reply.RequestMessage?.Method} with {(int)reply.StatusCode}");

    private Uri At(string path) => new(_base, path);

    private static HttpRequestMessage Accepting(HttpRequestMessage request)
    {
        foreach (string type in MediaTypes.Manifests) request.Headers.Accept.Add(new(type));
        return request;
    }

    private static Digest? DigestOf(HttpResponseMessage reply) =>
        reply.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) && Digest.TryParse(values.FirstOrDefault(), out Digest digest) ? digest : null;

    private static Uri WithDigest(Uri place, Digest digest) => new($"{place.AbsoluteUri}{(place.Query.Length > 0 ? '&' : '?')}digest={Uri.EscapeDataString(digest.Value)}");

    private static bool IsThisMachine(string host) => Uri.TryCreate("http://" + host, UriKind.Absolute, out Uri? uri) && uri.IsLoopback;
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>A manifest of an upstream registry.</summary>
internal sealed record UpstreamManifest(byte[] Content, string MediaType);

/// <summary>
/// Where the pull-through cache fetches from: another registry of the sandbox, a registry on this machine, or a folder in the OCI layout.
/// Of the world outside it reaches nothing; what stands for it is named when the sandbox starts.
/// </summary>
internal abstract partial class Upstream
{
    protected const int ManifestLimit = 4 * 1024 * 1024;

    /// <summary>Why it cannot be used; null when it can.</summary>
    public abstract Task<string?> FailureAsync(CancellationToken cancellationToken);

    /// <summary>A manifest by tag or digest; null when there is none.</summary>
    /// <exception cref="UpstreamException">The upstream does not answer as a registry does.</exception>
    public abstract Task<UpstreamManifest?> ManifestAsync(string repository, string reference, CancellationToken cancellationToken);

    /// <summary>The content of a blob.</summary>
    /// <exception cref="UpstreamException">There is none.</exception>
    public abstract Task<Stream> BlobAsync(string repository, Digest digest, CancellationToken cancellationToken);

    public static Upstream Of(PullThroughRule rule, EcrWorld world)
    {
        string host = Host().Replace(rule.UpstreamUrl, "");
        if (world.Upstreams.TryGetValue(host, out string? stand))
            return Directory.Exists(stand) ? new LayoutUpstream(stand) : new RemoteUpstream(stand);
        if (rule.Upstream == "ecr" && EcrHost.TryParse(host) is { IsPublic: false } ecr)
            return new SandboxUpstream(world.Registry(ecr.RegistryId!, ecr.Region!), "");
        if (rule.Upstream == "ecr-public")
            return new SandboxUpstream(world.Registry(world.Info.RegistryId, EcrRegistry.PublicRegion),
                world.Registry(world.Info.RegistryId, EcrRegistry.PublicRegion).Alias + "/");
        return rule.Upstream is null ? new RemoteUpstream(host) : new AbsentUpstream(host);
    }

    [GeneratedRegex(@"\Ahttps?://|/\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}

/// <summary>An upstream failed.</summary>
internal sealed class UpstreamException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A registry outside, for which nothing stands in.</summary>
internal sealed class AbsentUpstream(string host) : Upstream
{
    private string Why =>
        $"The sandbox reaches nothing outside this machine. Start it with --upstream {host}=PLACE, where PLACE is a folder in the OCI " +
        "layout or the address of a registry on this machine";

    public override Task<string?> FailureAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(Why);

    public override Task<UpstreamManifest?> ManifestAsync(
        string repository, string reference, CancellationToken cancellationToken) => throw new UpstreamException(Why);

    public override Task<Stream> BlobAsync(
        string repository, Digest digest, CancellationToken cancellationToken) => throw new UpstreamException(Why);
}

/// <summary>Another registry of this sandbox.</summary>
internal sealed class SandboxUpstream(EcrRegistry registry, string place) : Upstream
{
    public override Task<string?> FailureAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public override Task<UpstreamManifest?> ManifestAsync(string repository, string reference, CancellationToken cancellationToken) =>
        Task.FromResult(registry.Run(() =>
    {
        StoredRepository? found = Find(repository);
        StoredImage? image = Digest.TryParse(reference, out Digest digest) ? found?.Images.Find(digest) : found?.Images.Find(reference);
        if (image?.StatusAt(registry.World.Clock.GetUtcNow()) != "ACTIVE") return null;
        found!.Pulled(image, null);
        return new UpstreamManifest(image.Content, image.Manifest.MediaType);
    }, writes: false));

    public override Task<Stream> BlobAsync(string repository, Digest digest, CancellationToken cancellationToken) =>
        Task.FromResult<Stream>(registry.Run(() =>
        Find(repository) is { } found && found.Layers.SizeOf(digest) is not null ? found.Layers.Open(digest)
            : throw new UpstreamException($"the layer {digest} is not in the repository '{repository}'"), writes: false));

    private StoredRepository? Find(string repository) =>
        repository.StartsWith(place, StringComparison.Ordinal) ? registry.Repositories.GetValueOrDefault(repository[place.Length..]) : null;
}

/// <summary>A folder in the OCI layout, or one with a layout for each repository in it.</summary>
internal sealed class LayoutUpstream(string folder) : Upstream
{
    private const string RefName = "org.opencontainers.image.ref.name";

    public override Task<string?> FailureAsync(CancellationToken cancellationToken) => Task.FromResult(
        Directory.EnumerateFiles(folder, "index.json", SearchOption.AllDirectories).Any()
            ? null : $"'{folder}' holds no OCI layout: there is no index.json in it");

    public override async Task<UpstreamManifest?> ManifestAsync(string repository, string reference, CancellationToken cancellationToken)
    {
        string layout = LayoutOf(repository), index = Path.Combine(layout, "index.json");
        if (!File.Exists(index)) return null;
        if (Digest.TryParse(reference, out Digest digest))
            return File.Exists(FileOf(layout, digest))
                ? await ReadAsync(layout, digest, null, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            OciManifest all =
                OciManifest.Parse(await File.ReadAllBytesAsync(index, cancellationToken).ConfigureAwait(false), MediaTypes.OciIndex);
            OciDescriptor? found =
                all.Manifests.FirstOrDefault(m => m.Annotations.TryGetValue(RefName, out string? name)
                    && (name == reference || name.EndsWith(":" + reference, StringComparison.Ordinal)));
            return found is null ? null : await ReadAsync(layout, found.Digest, found.MediaType, cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e) { throw new UpstreamException(e.Message, e); }
    }

    public override Task<Stream> BlobAsync(string repository, Digest digest, CancellationToken cancellationToken)
    {
        try { return Task.FromResult<Stream>(File.OpenRead(FileOf(LayoutOf(repository), digest))); }
        catch (IOException e) { throw new UpstreamException($"the blob {digest} cannot be read from '{folder}'", e); }
    }

    private static async Task<UpstreamManifest> ReadAsync(
        string layout, Digest digest, string? mediaType, CancellationToken cancellationToken)
    {
        byte[] content = await File.ReadAllBytesAsync(FileOf(layout, digest), cancellationToken).ConfigureAwait(false);
        if (Digest.Of(content) != digest) throw new UpstreamException($"the manifest {digest} in '{layout}' is another");
        return new(content, mediaType ?? OciManifest.Parse(content).MediaType);
    }

    private string LayoutOf(string repository) =>
        Path.Combine(folder, repository) is var own && File.Exists(Path.Combine(own, "index.json")) ? own : folder;

    private static string FileOf(string layout, Digest digest) => Path.Combine(layout, "blobs", "sha256", digest.Hex);
}

/// <summary>A registry that speaks the distribution protocol, without a login or with a token for everybody.</summary>
internal sealed partial class RemoteUpstream(string place) : Upstream
{
    private static readonly HttpClient s_http =
        new(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = true, ConnectTimeout = TimeSpan.FromSeconds(5),
        }) { Timeout = TimeSpan.FromMinutes(5) };
    private readonly string _address =
        place.Contains("://", StringComparison.Ordinal) ? place.TrimEnd('/') : "http://" + place.TrimEnd('/');
    private string? _token;

    public override async Task<string?> FailureAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await SendAsync("/v2/", [], cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Unauthorized
                ? null : $"{_address} answers {(int)answer.StatusCode}";
        }
        catch (UpstreamException e) { return e.Message; }
    }

    public override async Task<UpstreamManifest?> ManifestAsync(string repository, string reference, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer =
            await SendAsync($"/v2/{repository}/manifests/{reference}", MediaTypes.Manifests, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        Check(answer);
        byte[] content = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (content.Length > ManifestLimit) throw new UpstreamException($"{_address} answers with a manifest of {content.Length} bytes");
        return new(content, answer.Content.Headers.ContentType?.MediaType ?? MediaTypes.OciManifest);
    }

    public override async Task<Stream> BlobAsync(string repository, Digest digest, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await SendAsync($"/v2/{repository}/blobs/{digest}", [], cancellationToken).ConfigureAwait(false);
        Check(answer);
        return await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Check(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
            throw new UpstreamException(
                $"{_address} answers {(int)answer.StatusCode} to {answer.RequestMessage?.RequestUri?.AbsolutePath}");
    }

    private async Task<HttpResponseMessage> SendAsync(string path, IEnumerable<string> accept, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage answer = await OnceAsync(path, accept, cancellationToken).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.Unauthorized
                || await TokenAsync(answer, cancellationToken).ConfigureAwait(false) is not { } token)
                return answer;
            answer.Dispose();
            _token = token;
            return await OnceAsync(path, accept, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
            {
                throw new UpstreamException($"{_address} does not answer: {e.Message.TrimEnd('.')}", e);
            }
    }

    private async Task<HttpResponseMessage> OnceAsync(string path, IEnumerable<string> accept, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, _address + path);
        foreach (string type in accept) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        if (_token is not null) request.Headers.Authorization = new("Bearer", _token);
        return await s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The token that the registry gives to everybody: https://distribution.github.io/distribution/spec/auth/token/</summary>
    private static async Task<string?> TokenAsync(HttpResponseMessage refusal, CancellationToken cancellationToken)
    {
        if (refusal.Headers.WwwAuthenticate.FirstOrDefault(w => w.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            ?.Parameter is not { } challenge)
            return null;
        Dictionary<string, string> fields = Field().Matches(challenge)
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
        if (!fields.Remove("realm", out string? realm)) return null;
        using HttpResponseMessage answer =
            await s_http.GetAsync($"{realm}?{string.Join('&', fields.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"))}",
                cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) return null;
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        return json.RootElement.TryGetProperty("token", out JsonElement token) || json.RootElement.TryGetProperty("access_token", out token)
            ? token.GetString() : null;
    }

    [GeneratedRegex("""(?<name>\w+)="(?<value>[^"]*)"(?:,\s*)?""", RegexOptions.CultureInvariant)]
    private static partial Regex Field();
}

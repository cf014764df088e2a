using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The plainest client of the sandbox's registry: one repository, one login.</summary>
public sealed class RegistryClient(TestSandbox sandbox, string repository, AuthenticationHeaderValue login)
{
    public const string Layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Logs in with a fresh token; makes the repository unless it is there.</summary>
    public static async Task<RegistryClient> Open(
        TestSandbox sandbox, string repository, object? settings = null, string region = "us-east-1")
    {
        JsonObject input = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(settings ?? new { }))!.AsObject();
        input["repositoryName"] = repository;
        await sandbox.Ecr("CreateRepository", input, region);
        return new(sandbox, repository, await Login(sandbox, region));
    }

    public static async Task<AuthenticationHeaderValue> Login(TestSandbox sandbox, string region = "us-east-1") =>
        new("Basic",
            (string)(await sandbox.Ecr("GetAuthorizationToken", new { }, region))["authorizationData"]![0]!["authorizationToken"]!);

    /// <summary>A client of a public repository: its login, or none, is changed for a token first.</summary>
    public static async Task<RegistryClient> OpenPublic(TestSandbox sandbox, string repository, string? login)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/token/?service=public.ecr.aws&scope=aws");
        if (login is not null) request.Headers.Authorization = new("Basic", login);
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return new(sandbox, $"p{sandbox.Info.RegistryId[^7..]}/{repository}",
            new("Bearer",
                (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["token"]!));
    }

    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? more = null)
    {
        using HttpRequestMessage request =
            new(method, sandbox.Info.EndpointUrl + (path.StartsWith('/') ? path : $"/v2/{repository}/{path}")) { Content = content };
        request.Headers.Authorization = login;
        more?.Invoke(request);
        return await sandbox.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    /// <summary>The status and first error code of an answer.</summary>
    public async Task<(int Status, string? Code, string? Message)> Outcome(HttpMethod method, string path, HttpContent? content = null)
    {
        using HttpResponseMessage answer = await Send(method, path, content);
        string body = await answer.Content.ReadAsStringAsync(Stop);
        JsonNode? error = body.StartsWith('{') ? JsonNode.Parse(body)!["errors"]?[0] : null;
        return ((int)answer.StatusCode, (string?)error?["code"], (string?)error?["message"]);
    }

    public async Task<Digest> PushBlob(byte[] content)
    {
        Digest digest = Digest.Of(content);
        Assert.Equal(201, (await Outcome(HttpMethod.Post, $"blobs/uploads/?digest={digest}", new ByteArrayContent(content))).Status);
        return digest;
    }

    /// <summary>Pushes an image of one layer; the text makes it another image.</summary>
    public async Task<Digest> PushImage(string text, string reference = "latest", string architecture = "arm64", object? subject = null)
    {
        byte[] manifest = await Image(text, architecture, subject);
        (int status, _, string? message) = await PutManifest(reference == "@" ? Digest.Of(manifest).Value : reference, manifest);
        Assert.True(status == 201, message);
        return Digest.Of(manifest);
    }

    /// <summary>Pushes what an image needs, and gives its manifest.</summary>
    public async Task<byte[]> Image(string text, string architecture = "arm64", object? subject = null)
    {
        byte[] config = Encoding.UTF8.GetBytes($$"""{"os":"linux","architecture":"{{architecture}}","note":"{{text}}"}"""),
            layer = Encoding.UTF8.GetBytes("layer of " + text);
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Descriptor(MediaTypes.OciConfig, await PushBlob(config), config.Length),
            ["layers"] = new JsonArray(Descriptor(Layer, await PushBlob(layer), layer.Length)),
        };
        if (subject is Digest about) manifest["subject"] = Descriptor(MediaTypes.OciManifest, about, 1);
        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    public async Task<Digest> PushIndex(string tag, params Digest[] children)
    {
        JsonArray manifests = [];
        foreach (Digest child in children)
        {
            using HttpResponseMessage head = await Send(HttpMethod.Head, $"manifests/{child}");
            manifests.Add((JsonNode)Descriptor(MediaTypes.OciManifest, child, head.Content.Headers.ContentLength!.Value));
        }
        JsonObject index = new() { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = manifests };
        byte[] content = Encoding.UTF8.GetBytes(index.ToJsonString());
        (int status, _, string? message) = await PutManifest(tag, content, MediaTypes.OciIndex);
        Assert.True(status == 201, message);
        return Digest.Of(content);
    }

    public Task<(int Status, string? Code, string? Message)> PutManifest(
        string reference, byte[] manifest, string mediaType = MediaTypes.OciManifest)
    {
        ByteArrayContent content = new(manifest);
        content.Headers.ContentType = new(mediaType);
        return Outcome(HttpMethod.Put, $"manifests/{reference}", content);
    }

    public static JsonObject Descriptor(string mediaType, Digest digest, long size) =>
        new() { ["mediaType"] = mediaType, ["digest"] = digest.Value, ["size"] = size };
}

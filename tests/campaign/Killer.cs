// Kills a sandbox that keeps its state, at any moment of its work, and looks whether anything acknowledged is lost:
// dotnet run tests/campaign/Killer.cs [-- --rounds N] [--clients N] [--seed N]
// Each round starts the sandbox on the same folder, looks for all that earlier rounds were told to be done, lets clients make and delete
// repositories, images, tags and roles, and ends the process as kill -9 does. What was under way may be there or not, whole or not at all.
#:project ../../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

int rounds = Option("--rounds", 100), clients = Option("--clients", 4), seed = Option("--seed", 1), acknowledged = 0;
string folder = Directory.CreateTempSubdirectory("pizza-campaign-").FullName;
ConcurrentDictionary<string, string?> expected = [];   // a thing, and its digest; null: deleted
ConcurrentDictionary<string, bool> open = [];          // a change of it is under way, or was when the process died
List<string> wrong = [];
Process? running = null;
try
{
    for (int round = 0; round < rounds && wrong.Count == 0; round++)
    {
        (Process server, Uri url, string key) = await StartAsync();
        using HttpClient http = new() { BaseAddress = url };
        await CheckAsync(http, key, round);
        Random random = new(seed + round);
        using CancellationTokenSource stop = new();
        Task[] work = [.. Enumerable.Range(0, clients)
            .Select(c => Task.Run(() => WorkAsync(http, key, new Random((seed * 1000) + (round * 100) + c), $"{round}-{c}", stop.Token)))];
        int until = acknowledged + random.Next(1, 80);
        for (long start = Environment.TickCount64; acknowledged < until && Environment.TickCount64 - start < 20_000;)
            await Task.Delay(random.Next(1, 20));
        server.Kill();
        await server.WaitForExitAsync();
        running = null;
        await stop.CancelAsync();
        await Task.WhenAll(work);
        server.Dispose();
    }
    (Process last, Uri at, string with) = await StartAsync();
    using HttpClient end = new() { BaseAddress = at };
    await CheckAsync(end, with, rounds);
    last.Kill();
    await last.WaitForExitAsync();
    running = null;
    last.Dispose();
}
finally
{
    if (running is { HasExited: false }) running.Kill();
    Directory.Delete(folder, recursive: true);
}
foreach (string line in wrong.Take(20)) Console.WriteLine(line);
Console.WriteLine($"{rounds} kills, {acknowledged} changes acknowledged, {wrong.Count} lost or halved");
return wrong.Count == 0 && acknowledged > 0 ? 0 : 1;

async Task WorkAsync(HttpClient http, string key, Random random, string name, CancellationToken stop)
{
    try
    {
        string repository = $"r{name}";
        await ChangeAsync($"repository {repository}", "there",
            () => EcrAsync(http, key, "CreateRepository", new { repositoryName = repository }));
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            byte[] config =
                Encoding.UTF8.GetBytes(
                    $$"""{"architecture":"arm64","os":"linux","comment":"{{name}}-{{i}}-{{new string('x', random.Next(2000))}}"}"""),
                    layer = new byte[random.Next(1, 20000)];
            random.NextBytes(layer);
            string manifest =
                $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Of(config)}}","size":{{config.Length}}},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{Of(layer)}}","size":{{layer.Length}}}]}""";
            foreach (byte[] blob in (byte[][])[config, layer]) await UploadAsync(http, key, repository, blob);
            string digest = Of(Encoding.UTF8.GetBytes(manifest)), tag = $"t{random.Next(3)}";
            string[] things = [$"image {repository} {digest}", $"tag {repository} {tag}"];
            foreach (string thing in things) open[thing] = true;
            await EcrAsync(http, key, "PutImage", new { repositoryName = repository, imageManifest = manifest, imageTag = tag });
            foreach (string thing in things) Acknowledge(thing, digest);
            if (random.Next(4) == 0 && i > 0)
            {
                foreach (string thing in things) open[thing] = true;
                await EcrAsync(http, key, "BatchDeleteImage", new { repositoryName = repository,
                    imageIds = new[] { new { imageDigest = digest } } });
                foreach (string thing in things) Acknowledge(thing, null);
            }
        }
    }
    catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException) { }   // the sandbox was killed
}

async Task ChangeAsync(string thing, string? now, Func<Task> change)
{
    open[thing] = true;
    await change();
    Acknowledge(thing, now);
}

void Acknowledge(string thing, string? now)
{
    expected[thing] = now;
    open.TryRemove(thing, out _);
    Interlocked.Increment(ref acknowledged);
}

async Task CheckAsync(HttpClient http, string key, int round)
{
    foreach ((string thing, string? digest) in expected)
    {
        if (open.ContainsKey(thing)) continue;
        string? found = thing.Split(' ') switch
        {
            ["repository", var name] =>
                await TryAsync(http, key, "DescribeRepositories", new { repositoryNames = new[] { name } }) is null ? null : "there",
            ["image", var name, var id] => await ImageAsync(http, key, name, new { imageDigest = id }),
            [_, var name, var tag] => await ImageAsync(http, key, name, new { imageTag = tag }),
            _ => null,
        };
        if (found != digest) wrong.Add($"after kill {round}: {thing} is {found ?? "gone"}, and was acknowledged as {digest ?? "deleted"}");
    }
    open.Clear();
    // the next round has repositories of its own
    foreach (string thing in expected.Keys.Where(t => !t.StartsWith("repository", StringComparison.Ordinal)))
        expected.TryRemove(thing, out _);
}

// The digest of an image whose manifest, layers and all, can be fetched.
async Task<string?> ImageAsync(HttpClient http, string key, string repository, object id)
{
    JsonNode? found = await TryAsync(http, key, "BatchGetImage", new { repositoryName = repository, imageIds = new[] { id } });
    JsonNode? image = found?["images"]?.AsArray().FirstOrDefault();
    if (image is null) return null;
    string manifest = (string)image["imageManifest"]!;
    foreach (JsonNode? blob in JsonNode.Parse(manifest)!["layers"]!.AsArray().Append(JsonNode.Parse(manifest)!["config"]))
    {
        JsonNode? where = await TryAsync(http, key, "GetDownloadUrlForLayer", new { repositoryName = repository,
            layerDigest = (string)blob!["digest"]! });
        if (where is null || Of(await http.GetByteArrayAsync((string)where["downloadUrl"]!)) != (string)blob["digest"]!)
            return "an image with a layer that is missing or damaged";
    }
    return Of(Encoding.UTF8.GetBytes(manifest));
}

static async Task UploadAsync(HttpClient http, string key, string repository, byte[] blob)
{
    string upload = (string)(await EcrAsync(http, key, "InitiateLayerUpload", new { repositoryName = repository }))["uploadId"]!;
    await EcrAsync(http, key, "UploadLayerPart", new { repositoryName = repository, uploadId = upload, partFirstByte = 0,
        partLastByte = blob.Length - 1, layerPartBlob = Convert.ToBase64String(blob) });
    await EcrAsync(http, key, "CompleteLayerUpload", new { repositoryName = repository, uploadId = upload,
        layerDigests = new[] { Of(blob) } });
}

static string Of(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

static async Task<JsonNode?> TryAsync(HttpClient http, string key, string operation, object input)
{
    try { return await EcrAsync(http, key, operation, input); }
    catch (InvalidDataException) { return null; }
}

static async Task<JsonNode> EcrAsync(HttpClient http, string key, string operation, object input)
{
    using HttpRequestMessage request = new(HttpMethod.Post, "/");
    request.Headers.TryAddWithoutValidation("Authorization",
        $"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0");
    request.Headers.Add("X-Amz-Target", $"AmazonEC2ContainerRegistry_V20150921.{operation}");
    request.Content =
        new StringContent(JsonSerializer.Serialize(input), Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1"));
    using HttpResponseMessage answer = await http.SendAsync(request);
    string body = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? JsonNode.Parse(body)! : throw new InvalidDataException($"{operation}: {body}");
}

async Task<(Process Server, Uri Url, string Key)> StartAsync()
{
    Process server = Process.Start(
        new ProcessStartInfo("dotnet", [typeof(EcrSandbox).Assembly.Location, "--state", folder]) { RedirectStandardOutput = true })!;
    running = server;
    Dictionary<string, string> said = [];
    while (said.Count < 5 && await server.StandardOutput.ReadLineAsync() is { } line)
        if (line.Split(['=', ' ', ':'], 3) is ["export" or "$env", var name, var value]) said[name] = value.Trim('\'', '=', ' ');
    if (said.Count < 5) throw new InvalidOperationException("the sandbox did not start on what the one before it had left");
    return (server, new Uri(said["AWS_ENDPOINT_URL"]), said["AWS_ACCESS_KEY_ID"]);
}

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], null) : otherwise;

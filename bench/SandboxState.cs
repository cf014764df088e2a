// What a folder for the state costs: dotnet run bench/SandboxState.cs [-- PUSHES]
// Bytes written per PutImage and per BatchGetImage at 1,000 and 10,000 images; the time of a push of ten layers into 1,000 images
// against that into none; and the disk after pushes and deletes of which at most twenty images live at once (default 10,000).
#:project ../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

const int Living = 20;
int pushes = args.Length > 0 ? int.Parse(args[0], null) : 10_000;
DirectoryInfo folder = Directory.CreateTempSubdirectory("pizza-state-bench-");
EcrSandbox sandbox = EcrSandbox.Start(new() { StatePath = folder.FullName });
using HttpClient http = new() { BaseAddress = new(sandbox.Info.EndpointUrl) };
string login = (string)(await CallAsync("GetAuthorizationToken", []))["authorizationData"]![0]!["authorizationToken"]!;
Random random = new(7);

try
{
    await CallAsync("CreateRepository", new() { ["repositoryName"] = "big" });
    int there = 0;
    foreach (int count in new[] { 1000, 10_000 })
    {
        for (; there < count; there++) await PutAsync("big", $"image {there}", $"t{there}", []);
        long before = Written();
        for (int i = 0; i < 100; i++) await PutAsync("big", $"extra {count} {i}", $"x{count}-{i}", []);
        long put = (Written() - before) / 100;
        before = Written();
        for (int i = 0; i < 100; i++)
            await CallAsync("BatchGetImage",
                new() { ["repositoryName"] = "big", ["imageIds"] = new JsonArray(new JsonObject { ["imageTag"] = $"t{i}" }) });
        Console.WriteLine($"{count} images: {put} bytes written per PutImage, {(Written() - before) / 100} per BatchGetImage");
        if (count != 1000) continue;
        await CallAsync("CreateRepository", new() { ["repositoryName"] = "empty" });
        List<double> empty = [], full = [];
        for (int i = 0; i < 41; i++)   // in turns, so that both meet the same machine
        {
            empty.Add(await TenAsync("empty"));
            full.Add(await TenAsync("big"));
            await DeleteAsync("empty", "ten");
        }
        Console.WriteLine(
            $"a push of ten layers: {Median(empty):0.0} ms into an empty repository, {Median(full):0.0} ms into one of 1,000 images " +
            $"({Median(full) / Median(empty):0.00} times)");
    }
    await CallAsync("CreateRepository", new() { ["repositoryName"] = "churn" });
    long most = 0;
    Stopwatch time = Stopwatch.StartNew();
    for (int i = 0; i < pushes; i++)
    {
        await PutAsync("churn", $"churn {i}", $"c{i}", [Encoding.UTF8.GetBytes($"layer {i}".PadRight(4096, '.'))]);
        if (i >= Living) await DeleteAsync("churn", $"c{i - Living}");
        if (i % 100 == 0) most = Math.Max(most, ChurnSize());
    }
    Console.WriteLine(
        $"{pushes} pushes and deletes, {Living} images at once, in {time.Elapsed.TotalSeconds:0} s: " +
        $"{ChurnSize() / 1024} KiB at the end, {most / 1024} KiB at most (journal and layers)");
}
finally
{
    await sandbox.DisposeAsync();
    folder.Delete(recursive: true);
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

// Journals and documents; a compaction in between would count, as it is written as well.
long Written() =>
    Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories)
        .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}blobs{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Sum(f => new FileInfo(f).Length);

long ChurnSize()
{
    long layers = Directory.EnumerateFiles(Path.Combine(folder.FullName, "blobs")).Sum(f => new FileInfo(f).Length);
    string journal = Directory.EnumerateFiles(Path.Combine(folder.FullName, "repositories"), "*.journal")
        .First(f => File.ReadLines(f).First().Contains("\"churn\"", StringComparison.Ordinal));
    return layers + new FileInfo(journal).Length;
}

async Task<double> TenAsync(string repository)
{
    byte[][] layers =
        [.. Enumerable.Range(0, 10).Select(_ => { byte[] layer = new byte[16 * 1024]; random.NextBytes(layer); return layer; })];
    long start = Stopwatch.GetTimestamp();
    await PutAsync(repository, "ten", "ten", layers);
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

async Task PutAsync(string repository, string text, string tag, byte[][] layers)
{
    byte[] config = "{}"u8.ToArray();
    foreach (byte[] blob in layers.Prepend(config)) await PushBlobAsync(repository, blob);
    JsonObject manifest = new()
    {
        ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
        ["annotations"] = new JsonObject { ["text"] = text },
        ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
        ["layers"] = new JsonArray([.. layers.Select(l => Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", l))]),
    };
    await CallAsync("PutImage", new() { ["repositoryName"] = repository, ["imageManifest"] = manifest.ToJsonString(), ["imageTag"] = tag });
}

static JsonNode Descriptor(string type, byte[] content) =>
    new JsonObject { ["mediaType"] = type, ["digest"] = DigestOf(content), ["size"] = content.Length };

static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();

async Task PushBlobAsync(string repository, byte[] content)
{
    using HttpRequestMessage head = new(HttpMethod.Head, $"/v2/{repository}/blobs/{DigestOf(content)}");
    head.Headers.Authorization = new("Basic", login);
    using HttpResponseMessage there = await http.SendAsync(head);
    if (there.IsSuccessStatusCode) return;
    using HttpRequestMessage request =
        new(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/?digest={DigestOf(content)}") { Content = new ByteArrayContent(content) };
    request.Headers.Authorization = new("Basic", login);
    using HttpResponseMessage answer = await http.SendAsync(request);
    answer.EnsureSuccessStatusCode();
}

Task DeleteAsync(string repository, string tag) =>
    CallAsync("BatchDeleteImage",
        new() { ["repositoryName"] = repository, ["imageIds"] = new JsonArray(new JsonObject { ["imageTag"] = tag }) });

async Task<JsonNode> CallAsync(string operation, JsonObject input)
{
    using HttpRequestMessage request =
        new(HttpMethod.Post, "/") { Content = new StringContent(input.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.1") };
    request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921." + operation);
    request.Headers.Authorization = new AuthenticationHeaderValue("AWS4-HMAC-SHA256",
        $"Credential={sandbox.Info.AccessKey}/20261127/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0");
    using HttpResponseMessage answer = await http.SendAsync(request);
    string body = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? JsonNode.Parse(body)! : throw new InvalidOperationException($"{operation}: {body}");
}

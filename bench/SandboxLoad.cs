// 64 clients that push and list for a minute: no error, and no growth. dotnet run bench/SandboxLoad.cs [-- SECONDS CLIENTS]
// Each pushes a few images of its own again and again, so that what the sandbox holds stays the same; the call log is on, as ever.
#:project ../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

const int Images = 4;
int seconds = args.Length > 0 ? int.Parse(args[0], null) : 60, clients = args.Length > 1 ? int.Parse(args[1], null) : 64;

using Process server =
    Process.Start(
        new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "JwtPizza.Ecr.Sandbox.dll")]) { RedirectStandardOutput = true })!;
Dictionary<string, string> variables = [];
while (variables.Count < 5 && await server.StandardOutput.ReadLineAsync() is { } line)
    if (line.StartsWith("export ", StringComparison.Ordinal)) variables[line[7..line.IndexOf('=')]] = line[(line.IndexOf('=') + 1)..];

using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = clients })
{
    BaseAddress = new(variables["AWS_ENDPOINT_URL"]), Timeout = TimeSpan.FromSeconds(30),
};
string token = (string)(await CallAsync("GetAuthorizationToken", []))["authorizationData"]![0]!["authorizationToken"]!;
await CallAsync("CreateRepository", new() { ["repositoryName"] = "load" });

long pushes = 0, lists = 0, errors = 0;
string? error = null;
using CancellationTokenSource time = new(TimeSpan.FromSeconds(seconds));
Task[] work = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => WorkAsync(i)))];
List<long> memory = [];
while (!time.IsCancellationRequested)
{
    await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, seconds / 12)));
    server.Refresh();
    memory.Add(server.WorkingSet64 >> 20);
}
await Task.WhenAll(work);
Console.WriteLine(
    $"{clients} clients, {seconds} s: {pushes} pushes, {lists} lists, {errors} errors{(error is null ? "" : $" (first: {error})")}");
// The first third fills the call log and warms the heap up.
long[] warm = [.. memory.Skip(memory.Count / 3)];
long early = Median(warm[..(warm.Length / 2)]), late = Median(warm[(warm.Length / 2)..]);
Console.WriteLine(
    $"resident memory of the server, MB: {string.Join(' ', memory)}; after the first third {early}, then {late}: " +
    $"{100.0 * (late - early) / early:+0;-0;0} %");
server.Kill();
return errors == 0 ? 0 : 1;

async Task WorkAsync(int client)
{
    for (int n = 0; !time.IsCancellationRequested; n++)
    {
        try
        {
            // A tag of each client's own goes from image to image; the one before loses it.
            string digest = await PushAsync($"client-{client}", new Random((client * Images) + (n % Images)));
            Interlocked.Increment(ref pushes);
            JsonNode page = await CallAsync("DescribeImages",
                new() { ["repositoryName"] = "load", ["imageIds"] = new JsonArray(new JsonObject { ["imageTag"] = $"client-{client}" }) });
            if ((string?)page["imageDetails"]?[0]?["imageDigest"] != digest)
                throw new InvalidOperationException("another image has the tag");
            Interlocked.Increment(ref lists);
        }
        catch (Exception e) { error ??= e.Message; Interlocked.Increment(ref errors); }
    }
}

async Task<string> PushAsync(string tag, Random content)
{
    byte[] layer = new byte[16 << 10],
        config = Encoding.UTF8.GetBytes("""{"architecture":"arm64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{}}""");
    content.NextBytes(layer);
    foreach (byte[] blob in new[] { layer, config })
    {
        Uri upload = (await SendAsync(HttpMethod.Post, "/v2/load/blobs/uploads/", null, null)).Headers.Location!;
        await SendAsync(HttpMethod.Put, $"{upload}{(upload.ToString().Contains('?') ? '&' : '?')}digest={Digest(blob)}", blob,
            "application/octet-stream");
    }
    string manifest = $$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}}},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{Digest(layer)}}","size":{{layer.Length}}}]}
        """;
    await SendAsync(HttpMethod.Put, $"/v2/load/manifests/{tag}", Encoding.UTF8.GetBytes(manifest),
        "application/vnd.oci.image.manifest.v1+json");
    return Digest(Encoding.UTF8.GetBytes(manifest));
}

async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body, string? type)
{
    using HttpRequestMessage request = new(method, path) { Content = new ByteArrayContent(body ?? []) };
    request.Headers.Authorization = new("Basic", token);
    if (type is not null) request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
    HttpResponseMessage answer = await http.SendAsync(request);
    return answer.IsSuccessStatusCode
        ? answer : throw new HttpRequestException($"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
}

async Task<JsonNode> CallAsync(string operation, JsonObject input)
{
    using HttpRequestMessage request =
        new(HttpMethod.Post, "/") { Content = new StringContent(input.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.1") };
    request.Headers.Add("X-Amz-Target", $"AmazonEC2ContainerRegistry_V20150921.{operation}");
    // Who calls, and where; the sandbox does not verify signatures.
    request.Headers.TryAddWithoutValidation("Authorization",
        $"AWS4-HMAC-SHA256 Credential={variables["AWS_ACCESS_KEY_ID"]}/20260101/{variables["AWS_REGION"]}/ecr/aws4_request, " +
        "SignedHeaders=host, Signature=0");
    using HttpResponseMessage answer = await http.SendAsync(request);
    string text = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode
        ? JsonNode.Parse(text)! : throw new HttpRequestException($"{operation}: {(int)answer.StatusCode} {text}");
}

static long Median(long[] values) => values.Order().ElementAt(values.Length / 2);

static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

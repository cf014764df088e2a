// PUT and GET of a blob: the sandbox and Debian's docker-registry, by the same client, in turn. dotnet run bench/SandboxBlobs.cs [--
// MEGABYTES COUNT]
#:project ../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

int megabytes = args.Length > 0 ? int.Parse(args[0], null) : 64, count = args.Length > 1 ? int.Parse(args[1], null) : 10;
DirectoryInfo work = Directory.CreateTempSubdirectory("pizza-bench-");
using Process sandbox =
    Process.Start(
        new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "JwtPizza.Ecr.Sandbox.dll")]) { RedirectStandardOutput = true })!;
Dictionary<string, string> variables = [];
while (variables.Count < 5 && await sandbox.StandardOutput.ReadLineAsync() is { } line)
    if (line.StartsWith("export ", StringComparison.Ordinal)) variables[line[7..line.IndexOf('=')]] = line[(line.IndexOf('=') + 1)..];
int port = FreePort();
string config = Path.Combine(work.FullName, "registry.yml");
File.WriteAllText(config,
    $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {work.FullName}/data\nhttp:\n  addr: " +
    $"127.0.0.1:{port}\n");
using Process registry = Process.Start(
    new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
try
{
    using HttpClient http = new() { Timeout = TimeSpan.FromMinutes(5) };
    (string Name, string Address, string? Login)[] targets =
    [
        ("sandbox", variables["AWS_ENDPOINT_URL"],
            (string)(await CallAsync(http, "GetAuthorizationToken", []))["authorizationData"]![0]!["authorizationToken"]!),
        ("docker-registry", $"http://127.0.0.1:{port}", null),
    ];
    await CallAsync(http, "CreateRepository", new() { ["repositoryName"] = "bench" });
    for (int i = 0; i < 100 && !await AnswersAsync(http, targets[1].Address); i++) await Task.Delay(50);

    Dictionary<string, List<double>> times =
        targets.SelectMany(t => new[] { $"PUT {t.Name}", $"GET {t.Name}" }).ToDictionary(n => n, _ => new List<double>());
    for (int round = 0; round <= count; round++)
    {
        byte[] blob = RandomNumberGenerator.GetBytes(megabytes << 20);
        foreach ((string name, string address, string? login) in targets)
        {
            long start = Stopwatch.GetTimestamp();
            string location = await PutAsync(http, address, login, blob);
            double put = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            long read = await GetAsync(http, location, login);
            double get = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (read != blob.Length) throw new InvalidOperationException($"{name} gave {read} bytes");
            if (round == 0) continue;   // warms both up
            times[$"PUT {name}"].Add(put);
            times[$"GET {name}"].Add(get);
        }
    }
    Console.WriteLine($"{megabytes} MB, {count} times, median (least .. most) ms");
    foreach ((string name, List<double> all) in times)
        Console.WriteLine($"{name,-20} {all.Order().ElementAt(all.Count / 2),6:0} ({all.Min():0} .. {all.Max():0})");
}
finally
{
    sandbox.Kill();
    registry.Kill();
    registry.WaitForExit();
    work.Delete(recursive: true);
}

async Task<JsonNode> CallAsync(HttpClient http, string operation, JsonObject input)
{
    using HttpRequestMessage request = new(HttpMethod.Post,
        variables["AWS_ENDPOINT_URL"]) { Content = new StringContent(input.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.1") };
    request.Headers.Add("X-Amz-Target", $"AmazonEC2ContainerRegistry_V20150921.{operation}");
    request.Headers.TryAddWithoutValidation("Authorization",
        $"AWS4-HMAC-SHA256 Credential={variables["AWS_ACCESS_KEY_ID"]}/20260101/{variables["AWS_REGION"]}/ecr/aws4_request");
    using HttpResponseMessage answer = await http.SendAsync(request);
    return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
}

static async Task<string> PutAsync(HttpClient http, string address, string? login, byte[] blob)
{
    string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(blob));
    using HttpResponseMessage upload = await SendAsync(http, HttpMethod.Post, new Uri($"{address}/v2/bench/blobs/uploads/"), login, []);
    Uri place = new(new Uri(address), upload.Headers.Location!);
    using HttpResponseMessage done =
        await SendAsync(http, HttpMethod.Put, new Uri($"{place}{(place.Query.Length > 0 ? '&' : '?')}digest={digest}"), login, blob);
    return new Uri(new Uri(address), done.Headers.Location!).ToString();
}

static async Task<long> GetAsync(HttpClient http, string location, string? login)
{
    using HttpRequestMessage request = new(HttpMethod.Get, location);
    if (login is not null) request.Headers.Authorization = new("Basic", login);
    using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    await using Stream content = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
    byte[] buffer = new byte[128 << 10];
    long all = 0;
    for (int read; (read = await content.ReadAsync(buffer)) > 0;) all += read;
    return all;
}

static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, Uri place, string? login, byte[] body)
{
    using HttpRequestMessage request = new(method, place) { Content = new ByteArrayContent(body) };
    if (login is not null) request.Headers.Authorization = new("Basic", login);
    request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    return (await http.SendAsync(request)).EnsureSuccessStatusCode();
}

static async Task<bool> AnswersAsync(HttpClient http, string address)
{
    try { return (await http.GetAsync($"{address}/v2/")).IsSuccessStatusCode; }
    catch (HttpRequestException) { return false; }
}

static int FreePort()
{
    using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    return ((IPEndPoint)probe.LocalEndPoint!).Port;
}

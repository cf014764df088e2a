// Puts a hostile network between the module and AWS, and looks what the cmdlets make of it: dotnet run tests/campaign/Proxy.cs [-- --rounds
// N] [--seed N] Each round runs one cmdlet while a proxy spoils some calls in one of its ways. It must come to an end; an error must be one
// of the module's own, without a word of a secret; and what is said to be done must be done.
#:project ../../src/JwtPizza.Ecr.Cmdlets/JwtPizza.Ecr.Cmdlets.csproj
#:project ../../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:package Microsoft.PowerShell.SDK
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using System.Net.Sockets;
using System.Text;
using JwtPizza.Ecr;
using JwtPizza.Ecr.Cmdlets.Trust;
using JwtPizza.Ecr.Sandbox;

int rounds = Option("--rounds", 300), seed = Option("--seed", 1), failed = 0, done = 0, struck = 0;
TimeSpan limit = TimeSpan.FromMinutes(3);   // a cmdlet of several calls, each of which may take 30 seconds
string layout = Path.Combine(Root(), "examples", "oci-layout");

// A cmdlet, and what is true when it was carried out.
(string Script, string Truth)[] table =
[
    ("New-PizzaRepository new", "(Get-PizzaRepository new).RepositoryName -eq 'new'"),
    ("Set-PizzaRepository one -ImageTagMutability IMMUTABLE", "(Get-PizzaRepository one).ImageTagMutability -eq 'IMMUTABLE'"),
    ("Remove-PizzaRepository one -IncludeImages -Force", "-not (Get-PizzaRepository o*)"),
    ("Set-PizzaLifecycle one -KeepLast 3", "(Get-PizzaLifecycle one).Rules.Count -eq 1"),
    ($"Push-PizzaImage '{layout}' one -LayoutTag v2 -Tag v2", "(Get-PizzaImage one).ImageTags -contains 'v2'"),
    ("Copy-PizzaImage one:v1 -Destination two -Tag copy", "(Get-PizzaImage two).ImageTags -contains 'copy'"),
    ("Remove-PizzaImage one -Tag v1 -Force", "-not (Get-PizzaImage one)"),
    ("Get-PizzaImage one", "$true"),
    ("'o/r' | Add-PizzaTrustSubject -Form Name", "(Get-PizzaTrustSubject).Subject -contains 'repo:o/r:ref:refs/heads/main'"),
    ("Grant-PizzaCiPolicy one", "(Grant-PizzaCiPolicy one -WhatIf).Status -eq 'Unchanged' -or $true"),
    ("Grant-PizzaRepositoryAccess one -Account 210987654321 -Pull",
        "(Get-PizzaRepository one -IncludePolicy).PolicyText -match '210987654321'"),
    ("New-PizzaCiRole o/new -RoleName fresh -Form Name", "(Get-PizzaTrustSubject fresh).RoleName -contains 'fresh'"),
    ("Remove-PizzaCiRole github-ci -Force", "-not (Get-PizzaTrustSubject github-ci -ErrorAction Ignore)"),
    ("Set-PizzaReplication us-west-2 -Force", "(Get-PizzaReplication).DestinationRegion -contains 'us-west-2'"),
    ("Set-PizzaScanning -ScanOnPush 'x*'", "[bool](Get-PizzaScanning)"),
];
string[] ways = ["reset before", "reset after", "cut off", "page", "empty page", "error page", "redirect", "garbage", "wrong json",
    "too long", "drip", "slow", "status 500", "status 503", "status 429", "no answer headers"];
List<string> wrong = [];
for (int round = 0; round < rounds; round++)
{
    Random random = new(seed + round);
    (string script, string truth) = table[random.Next(table.Length)];
    string way = ways[random.Next(ways.Length)];
    await RoundAsync(round, script, truth, new Spoiling(way, random.Next(1, 6), random.Next(1, 4)));
}
foreach (string line in wrong.Take(20)) Console.WriteLine(line);
Console.WriteLine(
    $"{rounds} rounds, {struck} calls spoilt, {done} cmdlets came through, {failed} ended with an error, {wrong.Count} wrong");
return wrong.Count == 0 && struck > 0 ? 0 : 1;

async Task RoundAsync(int round, string script, string truth, Spoiling spoiling)
{
    await using EcrSandbox sandbox = EcrSandbox.Start(new());
    using HostileProxy proxy = new(new Uri(sandbox.Info.EndpointUrl), spoiling);
    using Runspace direct = Open(sandbox, sandbox.Info.EndpointUrl), spoilt = Open(sandbox, proxy.Url);
    Run(direct, $"'one', 'two' | New-PizzaRepository; Push-PizzaImage '{layout}' one -LayoutTag v1 -Tag v1");
    proxy.IsHostile = true;
    Task<(string[] Errors, bool IsOwn)> run =
        Task.Factory.StartNew(() => Run(spoilt, script), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    if (await Task.WhenAny(run, Task.Delay(limit)) != run) { Wrong("it did not end"); return; }
    (string[] errors, bool own) = await run;
    struck += proxy.Struck;
    if (errors is []) done++; else failed++;
    if (!own) Wrong($"a raw error: {string.Join("; ", errors)}");
    if (errors.Any(e => e.Contains(sandbox.Info.SecretKey, StringComparison.Ordinal))) Wrong("a secret is in the error");
    using PowerShell ask = PowerShell.Create(direct);
    if (errors is [] && !LanguagePrimitives.IsTrue(ask.AddScript(truth).Invoke().LastOrDefault()))
        Wrong("it was said to be done, and is not");

    void Wrong(string problem) => wrong.Add($"seed {seed + round}, {script}, {spoiling}: {problem}");
}

// The errors of a script, and whether all are the module's own.
static (string[] Errors, bool IsOwn) Run(Runspace runspace, string script)
{
    using PowerShell shell = PowerShell.Create(runspace);
    List<ErrorRecord> errors = [];
    try { shell.AddScript(script).Invoke(); }
    catch (RuntimeException e) { errors.Add(e.ErrorRecord); }
    errors.AddRange(shell.Streams.Error);
    return ([.. errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}")], errors.TrueForAll(e => e.Exception is PizzaException));
}

static Runspace Open(EcrSandbox sandbox, string url)
{
    InitialSessionState state = InitialSessionState.CreateDefault2();
    foreach (Type type in typeof(AddPizzaTrustSubjectCommand).Assembly.GetExportedTypes())
        if (type.GetCustomAttributes(typeof(CmdletAttribute), false) is [CmdletAttribute name])
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
    Runspace runspace = RunspaceFactory.CreateRunspace(state);
    runspace.Open();
    runspace.SessionStateProxy.SetVariable("ConfirmPreference", ConfirmImpact.None);
    runspace.SessionStateProxy.SetVariable("PSDefaultParameterValues", new DefaultParameterDictionary
    {
        ["*-Pizza*:EndpointUrl"] = url, ["*-Pizza*:AccessKey"] = sandbox.Info.AccessKey, ["*-Pizza*:SecretKey"] = sandbox.Info.SecretKey,
        ["*-Pizza*:Region"] = sandbox.Info.Region,
    });
    return runspace;
}

static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
    Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], null) : otherwise;

/// <summary>How calls are spoilt.</summary>
/// <param name="Way">What is done to them.</param>
/// <param name="First">The first call that is, counted from 1.</param>
/// <param name="Count">How many.</param>
internal sealed record Spoiling(string Way, int First, int Count);

/// <summary>Passes requests on, and spoils some of the answers. It knows as much of HTTP as the two ends need.</summary>
internal sealed class HostileProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly Uri _target;
    private readonly Spoiling _spoiling;
    private int _calls, _struck;

    public HostileProxy(Uri target, Spoiling spoiling)
    {
        (_target, _spoiling) = (target, spoiling);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
    public bool IsHostile { get; set; }
    public int Struck => _struck;

    public void Dispose()
    {
        _listener.Stop();
        _http.Dispose();
    }

    private async Task AcceptAsync()
    {
        try { while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync()); }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }   // stopped
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try { await AnswerAsync(client); }
            // the client had enough
            catch (Exception e)
                when (e is IOException or SocketException or HttpRequestException or ObjectDisposedException
                    or InvalidOperationException) { }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        NetworkStream stream = client.GetStream();
        (string[] head, byte[] body) = await ReadAsync(stream);
        if (head is []) return;
        bool strikes = IsHostile && Interlocked.Increment(ref _calls) is var call && call >= _spoiling.First
            && call < _spoiling.First + _spoiling.Count;
        if (strikes) Interlocked.Increment(ref _struck);
        string way = strikes ? _spoiling.Way : "";
        if (way == "reset before") { client.LingerState = new(true, 0); return; }
        if (Invented(way) is { } invented)
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(invented));
            return;
        }
        (string answer, byte[] content) = await ForwardAsync(head, body);
        if (way == "reset after") { client.LingerState = new(true, 0); return; }
        if (way == "slow") await Task.Delay(1500);
        if (way == "drip")
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
            for (int i = 0; i < content.Length && i < 40; i++)
            {
                await stream.WriteAsync(content.AsMemory(i, 1));
                await Task.Delay(50);
            }
            return;   // and hangs up in the middle
        }
        byte[] whole = [.. Encoding.Latin1.GetBytes(answer), .. content];
        await stream.WriteAsync(way == "cut off" ? whole.AsMemory(0, whole.Length - Math.Max(1, content.Length / 2)) : whole);
    }

    private static string? Invented(string way) => way switch
    {
        "page" => Http("200 OK", "text/html", "<html><body>Welcome! Please sign in.</body></html>"),
        "empty page" => Http("200 OK", "text/html", ""),
        "error page" => Http("502 Bad Gateway", "text/html", "<html>502</html>"),
        "redirect" => Http("302 Found\r\nLocation: http://127.0.0.1:9/login", "text/html", ""),
        "garbage" => "\x01\x02\x03 not http at all\r\n\r\n",
        "wrong json" => Http("200 OK", "application/x-amz-json-1.1", "{\"repositories\":{\"a\":[1]},\"images\":7}"),
        "too long" =>
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000000000000000000\r\nConnection: close\r\n\r\n{",
        "status 500" =>
            Http("500 Internal Server Error", "application/x-amz-json-1.1", "{\"__type\":\"ServerException\",\"message\":\"no\"}"),
        "status 503" => Http("503 Service Unavailable", "text/plain", "no"),
        "status 429" =>
            Http("429 Too Many Requests\r\nRetry-After: 1", "application/x-amz-json-1.1",
                "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}"),
        "no answer headers" => "HTTP/1.1 200 OK\r\n",
        _ => null,
    };

    private static string Http(string status, string type, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    private async Task<(string Head, byte[] Body)> ForwardAsync(string[] head, byte[] body)
    {
        string[] first = head[0].Split(' ');
        using HttpRequestMessage request =
            new(new HttpMethod(first[0]), new Uri(_target, first[1])) { Content = new ByteArrayContent(body) };
        foreach (string line in head.Skip(1))
        {
            (string name, string value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "CONNECTION" or "TRANSFER-ENCODING" or "EXPECT") continue;
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        using HttpResponseMessage answer = await _http.SendAsync(request);
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        // Addresses in the answers lead here again, so that layers come this way too.
        string here = new Uri(Url).Authority;
        if (answer.Content.Headers.ContentType?.MediaType is { } type
            && (type.Contains("json", StringComparison.Ordinal) || type.Contains("xml", StringComparison.Ordinal))
            && !first[1].Contains("/manifests/", StringComparison.Ordinal))
            content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace(_target.Authority, here, StringComparison.Ordinal));
        StringBuilder text = new($"HTTP/1.1 {(int)answer.StatusCode} {answer.ReasonPhrase}\r\n");
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is "Content-Length" or "Transfer-Encoding" or "Connection" or "Keep-Alive") continue;
            foreach (string value in values)
                text.Append(name).Append(": ").Append(value.Replace(_target.Authority, here, StringComparison.Ordinal)).Append("\r\n");
        }
        long length = first[0] == "HEAD" ? answer.Content.Headers.ContentLength ?? 0 : content.Length;
        return ($"{text}Content-Length: {length}\r\nConnection: close\r\n\r\n", content);
    }

    private static async Task<(string[] Head, byte[] Body)> ReadAsync(NetworkStream stream)
    {
        List<byte> read = [];
        byte[] piece = new byte[1 << 16];
        int end;
        while ((end = EndOfHead(read)) < 0)
        {
            int n = await stream.ReadAsync(piece);
            if (n == 0) return ([], []);
            read.AddRange(piece.AsSpan(0, n));
        }
        string[] head = Encoding.Latin1.GetString([.. read[..end]]).Split("\r\n");
        string? Value(string name) =>
            head.Skip(1).FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
        if (Value("Expect") is not null) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        read.RemoveRange(0, end + 4);
        if (Value("Transfer-Encoding") is { } coding && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return (head, await ChunksAsync(stream, read));
        long length = long.TryParse(Value("Content-Length"), out long said) ? said : 0;
        while (read.Count < length)
        {
            int n = await stream.ReadAsync(piece);
            if (n == 0) break;
            read.AddRange(piece.AsSpan(0, n));
        }
        return (head, [.. read]);
    }

    private static async Task<byte[]> ChunksAsync(NetworkStream stream, List<byte> read)
    {
        byte[] piece = new byte[1 << 16];
        List<byte> body = [];
        for (int at = 0; ;)
        {
            int line = IndexOf(read, "\r\n"u8.ToArray(), at);
            if (line >= 0
                && int.TryParse(Encoding.Latin1.GetString([.. read[at..line]]).Split(';')[0], System.Globalization.NumberStyles.HexNumber,
                    null, out int size) && read.Count >= line + 2 + size + 2)
            {
                if (size == 0) return [.. body];
                body.AddRange(read.GetRange(line + 2, size));
                at = line + 2 + size + 2;
                continue;
            }
            int n = await stream.ReadAsync(piece);
            if (n == 0) return [.. body];
            read.AddRange(piece.AsSpan(0, n));
        }
    }

    private static int EndOfHead(List<byte> read) => IndexOf(read, "\r\n\r\n"u8.ToArray(), 0);

    private static int IndexOf(List<byte> all, byte[] wanted, int from) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all)[from..].IndexOf(wanted) is >= 0 and var at ? from + at : -1;
}

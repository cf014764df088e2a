using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>A headless Chromium with one page, driven by its own protocol: https://chromedevtools.github.io/devtools-protocol/</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] s_names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];
    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private string? _session;
    private int _number;

    private Browser(Process process, DirectoryInfo profile)
    {
        (_process, _profile) = (process, profile);
        _limit.CancelAfter(TimeSpan.FromSeconds(120));
    }

    /// <summary>What the page wrote to its console, and the errors of its scripts.</summary>
    public List<string> Console { get; } = [];

    /// <summary>Opens a page and waits until it says that it is ready.</summary>
    public static async Task<Browser> Open(string url)
    {
        string? program =
            s_names.SelectMany(n =>
                Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
                    .Select(f => Path.Combine(f, n + (OperatingSystem.IsWindows() ? ".exe" : "")))).FirstOrDefault(File.Exists);
        Assert.SkipUnless(program is not null, "No Chromium is on this machine's PATH.");
        DirectoryInfo profile = Directory.CreateTempSubdirectory("pizza-browser-");
        Process process = Process.Start(new ProcessStartInfo(program,
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
                $"--user-data-dir={profile.FullName}", "about:blank"]) { RedirectStandardError = true })!;
        Browser browser = new(process, profile);
        try
        {
            await browser.Connect();
            await browser.Send("Page.navigate", new JsonObject { ["url"] = url });
            await browser.Until("document.documentElement?.dataset.ready === 'yes'");
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        JsonNode answer = await Send("Runtime.evaluate",
            new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer}");
        return answer["result"]!["value"];
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task Until(string expression)
    {
        while ((bool?)await Evaluate($"!!({expression})") != true)
        {
            Assert.False(_limit.IsCancellationRequested, $"It did not become true: {expression}\n{string.Join('\n', Console)}");
            await Task.Delay(50, _limit.Token);
        }
    }

    /// <summary>Presses a key, as a person does.</summary>
    public async Task Press(string key, int code, string? text = null)
    {
        JsonObject Of(string type)
        {
            JsonObject stroke = new() { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
            if (type == "keyDown") stroke["text"] = text;
            return stroke;
        }
        await Send("Input.dispatchKeyEvent", Of(text is null ? "rawKeyDown" : "keyDown"));
        await Send("Input.dispatchKeyEvent", Of("keyUp"));
    }

    /// <summary>Goes on by Tab until the element that has the focus fits.</summary>
    public async Task TabTo(string condition)
    {
        for (int i = 0; i < 60; i++)
        {
            await Press("Tab", 9);
            if ((bool?)await Evaluate($"(e => !!({condition}))(document.activeElement)") == true) return;
        }
        Assert.Fail($"No key leads to the element where {condition}.");
    }

    public async Task<JsonNode> Send(string method, JsonObject? parameters = null)
    {
        JsonObject message = new() { ["id"] = ++_number, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null) message["sessionId"] = _session;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, _limit.Token);
        while (true)
        {
            JsonNode answer = await Receive();
            if ((int?)answer["id"] == message["id"]!.GetValue<int>())
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
            if ((string?)answer["method"] is "Runtime.exceptionThrown" or "Log.entryAdded") Console.Add(answer["params"]!.ToJsonString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _limit.Dispose();
        for (int i = 0; i < 20 && _profile.Exists; i++)
        {
            try { _profile.Delete(recursive: true); }
            catch (IOException) { await Task.Delay(100); }   // a part of it is still ending
            _profile.Refresh();
        }
    }

    private async Task Connect()
    {
        const string Said = "DevTools listening on ";
        string address = "";
        while (address.Length == 0)
        {
            string line = await _process.StandardError.ReadLineAsync(_limit.Token)
                ?? throw new InvalidOperationException("The browser ended at once.");
            if (line.StartsWith(Said, StringComparison.Ordinal)) address = line[Said.Length..];
        }
        _ = _process.StandardError.ReadToEndAsync(_limit.Token);
        await _socket.ConnectAsync(new(address), _limit.Token);
        JsonNode pages = await Send("Target.getTargets");
        string page = (string)pages["targetInfos"]!.AsArray().First(t => (string)t!["type"]! == "page")!["targetId"]!;
        _session = (string)(await Send("Target.attachToTarget", new JsonObject { ["targetId"] = page, ["flatten"] = true }))["sessionId"]!;
        foreach (string domain in new[] { "Page", "Runtime", "Log", "Accessibility" }) await Send(domain + ".enable");
    }

    private async Task<JsonNode> Receive()
    {
        using MemoryStream text = new();
        byte[] buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, _limit.Token);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(Encoding.UTF8.GetString(text.ToArray()))!;
    }
}

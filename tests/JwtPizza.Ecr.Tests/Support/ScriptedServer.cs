using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>What a scripted server got.</summary>
internal sealed record ScriptedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
    public string Operation =>
        Headers.TryGetValue("X-Amz-Target", out string? target)
            ? target.Split('.')[^1] : QueryForm.Parse(Text).GetValueOrDefault("Action", "");
}

/// <summary>What a scripted server does with a request; a null body means that it hangs up without a word, no status that it never
/// answers.</summary>
internal sealed record Answer(int? Status, string? Body, string ContentType = "application/x-amz-json-1.1")
{
    /// <summary>Extra headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Promises this many bytes more than it sends, then hangs up.</summary>
    public int Missing { get; init; }

    /// <summary>Waits before it answers.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Does not answer before this has ended.</summary>
    public Task After { get; init; } = Task.CompletedTask;

    /// <summary>Says nothing more after the answer, and does not hang up either.</summary>
    public bool ThenHang { get; init; }

    /// <summary>Hangs up after the answer without having announced it.</summary>
    public bool ThenDrop { get; init; }

    public static readonly Answer Drop = new(200, null);
    public static readonly Answer Hang = new(null, null);
    public static Answer Json(string body, int status = 200) => new(status, body);
    public static Answer Error(string code, string message = "no", int status = 400) =>
        new(status, $$"""{"__type":"{{code}}","message":"{{message}}"}""");
    public static Answer Xml(string body, int status = 200) => new(status, body, "text/xml");
    public static Answer Html(int status) => new(status, $"<html><body><h1>{status}</h1><br>not closed</body></html>", "text/html");
}

/// <summary>A server on the loopback that answers as told, also as no decent server would. Plain sockets, for the sake of the
/// indecent.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ScriptedRequest> _requests = [];
    private readonly List<Task> _work = [];
    private readonly Func<ScriptedRequest, int, Answer> _script;
    private int _connections;

    /// <summary>Answers by request and by its number, counted from 0.</summary>
    public ScriptedServer(Func<ScriptedRequest, int, Answer> script)
    {
        _script = script;
        _listener.Start();
        _work.Add(AcceptAsync());
    }

    /// <summary>Answers in turn; the last one again and again.</summary>
    public ScriptedServer(params Answer[] answers) : this((_, i) => answers[Math.Min(i, answers.Length - 1)]) { }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyList<ScriptedRequest> Requests { get { lock (_requests) return [.. _requests]; } }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Task[] work;
        lock (_work) work = [.. _work];
        await Task.WhenAll(work);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                lock (_work) _work.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException) { }   // stopped
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            NetworkStream stream = client.GetStream();
            try
            {
                while (await ReadAsync(stream) is { } request)
                {
                    int number;
                    lock (_requests) { number = _requests.Count; _requests.Add(request); }
                    if (!await AnswerAsync(stream, _script(request, number))) return;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException) { }
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, Answer answer)
    {
        await Task.Delay(answer.Status is null ? Timeout.InfiniteTimeSpan : answer.Delay, _stop.Token);
        await answer.After.WaitAsync(_stop.Token);
        if (answer.Body is null) return false;
        byte[] body = Encoding.UTF8.GetBytes(answer.Body);
        StringBuilder head =
            new($"HTTP/1.1 {answer.Status} Said\r\nContent-Type: {answer.ContentType}\r\nContent-Length: " +
                $"{body.Length + answer.Missing}\r\nx-amzn-RequestId: scripted\r\n");
        foreach ((string name, string value) in answer.Headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        await stream.WriteAsync(body, _stop.Token);
        if (answer.ThenHang) await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
        return answer.Missing == 0 && !answer.ThenDrop;
    }

    private async Task<ScriptedRequest?> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head is not [.., 13, 10, 13, 10])
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0) return null;
            head.Add(one[0]);
        }
        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers =
            lines[1..].Select(l => l.Split(':', 2)).ToDictionary(h => h[0], h => h[1].Trim(), StringComparer.OrdinalIgnoreCase);
        byte[] body = new byte[headers.TryGetValue("Content-Length", out string? length)
            ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        string[] first = lines[0].Split(' ');
        return new(first[0], first[1], headers, body);
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>The web server: 127.0.0.1 and localhost, one port, nobody else. Gives each request to the first endpoint that takes
/// it.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private const int Attempts = 20;
    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _stop = new(), _closed = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly ConditionalWeakTable<Socket, object> _connections = new();
    private readonly IReadOnlyCollection<string> _hosts;
    private IReadOnlyList<IEndpoint> _endpoints = [];
    private Task _accepting = Task.CompletedTask;

    private HttpFront(HttpListener listener, int port, IReadOnlyCollection<string> hosts) =>
        (_listener, Port, _hosts) = (listener, port, hosts);

    public int Port { get; }

    /// <summary>How long a client may be silent in the middle of a request.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The faults that are set, and the calls that came.</summary>
    public Watch Watch { get; private set; } = new(TimeProvider.System, new([]));

    /// <summary>Binds the port; requests wait until <see cref="Open"/>. It takes 32 KiB of headers, closes connections on which nothing
    /// comes, and leaves bodies to the endpoints.</summary>
    /// <param name="port">0 for a free one.</param>
    /// <param name="idleLimit">See <see cref="IdleLimit"/>.</param>
    /// <param name="hosts">Names of this machine to answer to, besides 127.0.0.1 and localhost.</param>
    public static HttpFront Bind(int port, TimeSpan idleLimit, IReadOnlyCollection<string> hosts)
    {
        for (int attempt = 1; ; attempt++)
        {
            int candidate = port == 0 ? FreePort() : port;   // HttpListener refuses port 0, so another may be quicker to take it
            HttpListener listener = new();
            listener.Prefixes.Add($"http://127.0.0.1:{candidate}/");
            listener.Prefixes.Add($"http://localhost:{candidate}/");
            foreach (string host in hosts) listener.Prefixes.Add($"http://{host}:{candidate}/");
            try
            {
                listener.Start();
                return new(listener, candidate, hosts) { IdleLimit = idleLimit };
            }
            catch (Exception e) when (e is HttpListenerException or SocketException)
            {
                listener.Close();
                if (port == 0 && attempt < Attempts) continue;
                throw new PizzaException("PortInUse", PizzaErrorKind.Unavailable,
                    $"The sandbox cannot listen on port {candidate} of 127.0.0.1: {e.Message.TrimEnd('.')}. " +
                    "Name another port with -Port, or leave -Port out to use a free one.", candidate, e);
            }
        }
    }

    /// <summary>Gives the requests that come from now on to these.</summary>
    public void Serve(IReadOnlyList<IEndpoint> endpoints, Watch watch) => (_endpoints, Watch) = (endpoints, watch);

    public void Open() => _accepting = Task.Run(AcceptAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Prefixes.Clear();   // nobody can connect any more
        HangUp();
        try { _listener.Close(); }
        // it stumbles over the closed connections
        catch (Exception e) when (e is HttpListenerException or IOException or SocketException or ObjectDisposedException) { }
        await _closed.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        HangUp();   // those whose request was just being taken
        await Task.WhenAll(_running.Keys).ConfigureAwait(false);
        HangUp();   // those that were just being answered
        _stop.Dispose();
        _closed.Dispose();
    }

    /// <summary>
    /// Closes all connections, so that clients see at once that nobody is there any more. Outside Windows HttpListener itself waits a
    /// second for the rest of each unfinished request, and forgets connections that are between two requests.
    /// </summary>
    private void HangUp()
    {
        foreach ((Socket connection, _) in _connections) Connection.Close(connection);
    }

    private static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            // it does not end by itself when Close has stumbled
            try { context = await _listener.GetContextAsync().WaitAsync(_closed.Token).ConfigureAwait(false); }
            // stopped, or a client was gone already
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException) { continue; }
            if (Connection.Of(context) is { } connection) _connections.AddOrUpdate(connection, connection);
            Task answer = Task.Run(() => AnswerAsync(context));
            _running[answer] = true;
            _ = answer.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            Exchange exchange = new(context, Watch, IdleLimit);
            try { await RouteAsync(exchange).ConfigureAwait(false); }
            catch (Exception e) when (!IsFarewell(e))
            {
                await exchange.RespondErrorAsync(new("ServerException", $"The sandbox failed: {e.GetType().Name}: {e.Message}", 500),
                    _stop.Token).ConfigureAwait(false);
            }
            finally { exchange.Trace.End(null); }
        }
        // nobody is there to tell, or half an answer is sent
        catch (Exception e) when (IsFarewell(e) || e is InvalidOperationException) { Connection.Drop(context); }
    }

    private Task RouteAsync(Exchange exchange)
    {
        if (Visitors.Refusal(exchange, Port, _hosts) is { } why)
            return exchange.RespondErrorAsync(new("AccessDeniedException", why, 403), _stop.Token);
        return _endpoints.FirstOrDefault(e => e.Takes(exchange)) is { } endpoint
            ? endpoint.AnswerAsync(exchange, _stop.Token)
            : exchange.RespondErrorAsync(
                new("UnknownOperationException", $"The sandbox has nothing at {exchange.Method} {exchange.Path}.", 404), _stop.Token);
    }

    /// <summary>
    /// The client went away, or the sandbox stops. ObjectDisposedException: HttpListener itself has answered (411 to a POST without
    /// a length) and delivers the request all the same.
    /// </summary>
    private static bool IsFarewell(Exception e) =>
        e is HttpListenerException or IOException or OperationCanceledException or ObjectDisposedException;
}

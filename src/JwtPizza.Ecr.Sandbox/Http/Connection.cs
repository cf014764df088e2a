using System.Net.Sockets;
using System.Net;
using System.Reflection;
using System.Text;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>The connections below HttpListener, which has no way to end one without an answer.</summary>
internal static class Connection
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic;
    private static readonly PropertyInfo? s_connection = typeof(HttpListenerContext).GetProperty("Connection", Inside);

    /// <summary>The connection that a request came by; null on Windows, where the system has it.</summary>
    public static Socket? Of(HttpListenerContext context) =>
        s_connection?.GetValue(context) is { } connection
            ? connection.GetType().GetField("_socket", Inside)?.GetValue(connection) as Socket : null;

    /// <summary>
    /// All values of a request's header. Outside Windows HttpListener keeps the last line of a header alone, and clients send an Accept in
    /// several; until the body is asked for, the lines are still in the connection's buffer.
    /// https://github.com/dotnet/runtime/blob/v8.0.0/src/libraries/System.Net.HttpListener/src/System/Net/Managed/HttpListenerRequest.Managed.cs
    /// </summary>
    public static IEnumerable<string> HeaderLines(HttpListenerContext context, string name)
    {
        object? connection = s_connection?.GetValue(context);
        if (connection?.GetType().GetField("_memoryStream", Inside)?.GetValue(connection) is not MemoryStream { Length: > 0 } read)
            return context.Request.Headers.GetValues(name) ?? [];
        string lines = Encoding.Latin1.GetString(read.GetBuffer(), 0, (int)read.Length);
        int end = lines.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (end < 0 ? lines : lines[..end]).Split("\r\n").Skip(1).Select(l => l.Split(':', 2))
            .Where(l => l.Length == 2 && l[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)).Select(l => l[1].Trim());
    }

    /// <summary>Ends a connection after what was sent by it.</summary>
    public static void Close(Socket connection)
    {
        try
        {
            connection.Shutdown(SocketShutdown.Both);
            connection.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }   // gone already, which is what is wanted
    }

    /// <summary>Ends a request's connection without an answer.</summary>
    // Outside Windows, Abort sends a 200 without a body before it closes: HttpConnection.Close disposes the response's stream, which
    // sends the headers
    // (https://github.com/dotnet/runtime/blob/v8.0.0/src/libraries/System.Net.HttpListener/src/System/Net/Managed/HttpConnection.cs).
    public static void Drop(HttpListenerContext context)
    {
        if (Of(context) is { } connection)
        {
            try
            {
                connection.LingerState = new(true, 0);
                connection.Close();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
        }
        try { context.Response.Abort(); }
        // it stumbles over the closed socket
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or HttpListenerException) { }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>The connections below HttpListener, which has no way to end one without an answer.</summary>
internal static class Connection
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic;
    private static readonly PropertyInfo? s_connection = typeof(HttpListenerContext).GetProperty("Connection", Inside);

    /// <summary>The connection that a request came by; null on Windows, where the system has it.</summary>
    public static Socket? Of(HttpListenerContext context) =>
        s_connection?.GetValue(context) is { } connection ? connection.GetType().GetField("_socket", Inside)?.GetValue(connection) as Socket : null;

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
    // sends the headers (https://github.com/dotnet/runtime/blob/v8.0.0/src/libraries/System.Net.HttpListener/src/System/Net/Managed/HttpConnection.cs).
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
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or HttpListenerException) { }   // it stumbles over the closed socket
    }
}

using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>Ends a connection without an answer.</summary>
internal static class Drop
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic;
    private static readonly PropertyInfo? s_connection = typeof(HttpListenerContext).GetProperty("Connection", Inside);

    // Outside Windows, Abort sends a 200 without a body before it closes: HttpConnection.Close disposes the response's stream, which
    // sends the headers (https://github.com/dotnet/runtime/blob/v8.0.0/src/libraries/System.Net.HttpListener/src/System/Net/Managed/HttpConnection.cs).
    public static void Connection(HttpListenerContext context)
    {
        if (s_connection?.GetValue(context) is { } connection && connection.GetType().GetField("_socket", Inside)?.GetValue(connection) is Socket socket)
        {
            try
            {
                socket.LingerState = new(true, 0);
                socket.Close();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }   // gone already, which is what is wanted
        }
        try { context.Response.Abort(); }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or HttpListenerException) { }   // it stumbles over the closed socket
    }
}

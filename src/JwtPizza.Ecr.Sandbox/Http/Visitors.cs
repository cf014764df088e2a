namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>
/// Keeps web pages out. A page that somebody looks at on this machine can send requests to it, also with effect: by forms, images and
/// scripts, or by a name of its own that leads to 127.0.0.1. No program that is meant to call says where a page is from.
/// </summary>
internal static class Visitors
{
    /// <summary>Why a request is refused; null for one of a program, or of the sandbox's own pages.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="port">The port that the sandbox listens on.</param>
    /// <param name="hosts">Its names besides 127.0.0.1 and localhost.</param>
    public static string? Refusal(Exchange exchange, int port, IReadOnlyCollection<string> hosts)
    {
        if (exchange.Header("Host") is { } host && !IsOwn("http://" + host, port, hosts))
            return $"The sandbox answers to 127.0.0.1 and localhost, and not to '{host}'.";
        if (exchange.Header("Origin") is { } origin && !IsOwn(origin, port, []))
            return $"The sandbox accepts no requests from the web page '{origin}'.";
        if (exchange.Header("Referer") is { } referer && !IsOwn(referer, port, []))
            return $"The sandbox accepts no requests from the web page '{referer}'.";
        return exchange.Header("Sec-Fetch-Site") is { } site && site is not ("same-origin" or "none")
            ? "The sandbox accepts no requests from web pages." : null;
    }

    /// <summary>Whether a browser sends the request, whoever told it to.</summary>
    public static bool IsBrowser(Exchange exchange) =>
        exchange.Header("Sec-Fetch-Site") is not null || exchange.Header("Origin") is not null || exchange.Header("Referer") is not null;

    private static bool IsOwn(string address, int port, IReadOnlyCollection<string> hosts) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Port == port && uri.Scheme == Uri.UriSchemeHttp
            && (uri.Host is "127.0.0.1" or "localhost" || hosts.Contains(uri.Host));
}

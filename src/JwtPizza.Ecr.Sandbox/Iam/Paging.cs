using System.Text;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>
/// IAM's pages: MaxItems and Marker in, IsTruncated and Marker out. The marker holds the last key given out, so that what is made
/// or deleted between two pages neither repeats nor hides anything else.
/// </summary>
internal static class Paging
{
    private const int DefaultPage = 100;

    /// <summary>Cuts the page that the call asks for out of items sorted by key.</summary>
    /// <param name="call">The call.</param>
    /// <param name="items">All of them.</param>
    /// <param name="key">Unique.</param>
    /// <param name="content">Writes the page.</param>
    /// <param name="order">Of the keys; letters of either case are equal when it is not given.</param>
    public static XElement[] Page<T>(
        this IamCall call, IEnumerable<T> items, Func<T, string> key, Func<IReadOnlyList<T>, XElement[]> content,
        StringComparer? order = null)
    {
        StringComparer comparer = order ?? StringComparer.OrdinalIgnoreCase;
        int size = call.Number("MaxItems", DefaultPage);
        string? after = call["Marker"] is { } marker ? Decode(marker) : null;
        T[] rest = [.. items.OrderBy(key, comparer).Where(i => after is null || comparer.Compare(key(i), after) > 0).Take(size + 1)];
        T[] page = rest.Length > size ? rest[..size] : rest;
        bool more = rest.Length > size;
        return [.. content(page), El("IsTruncated", more), .. more ? new[] { El("Marker", Encode(key(page[^1]))) } : []];
    }

    private static string Encode(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes("after:" + key));

    private static string Decode(string marker)
    {
        byte[] bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out int length) && Encoding.UTF8.GetString(bytes, 0, length) is var text
            && text.StartsWith("after:", StringComparison.Ordinal)
            ? text["after:".Length..]
            : throw new ApiError("ValidationError", $"Invalid Marker: {marker}");
    }
}

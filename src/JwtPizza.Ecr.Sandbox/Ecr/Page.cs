using System.Text;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>One page of a listing. Its token names the last item given, so a change in between neither repeats nor loses an item.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal static class Page
{
    private const int DefaultSize = 100, Limit = 1000;

    /// <param name="items">The whole listing, in the ordinal order of its keys.</param>
    /// <param name="call">Holds maxResults and nextToken.</param>
    /// <param name="keyOf">What places an item.</param>
    /// <param name="limit">The most that maxResults may be.</param>
    /// <param name="size">How many come without maxResults.</param>
    public static Page<T> Of<T>(IEnumerable<T> items, EcrCall call, Func<T, string> keyOf, int limit = Limit, int size = DefaultSize)
    {
        string listing = $"{call.Operation}\n{call.Input.Text("repositoryName")}\n";
        int wanted = (int)(call.Input.Number("maxResults", 1, limit) ?? size);
        string? after = call.Input.Text("nextToken") is { } token ? KeyIn(token, listing) : null;
        List<T> all = [.. items];
        int start = after is null ? 0 : FirstBeyond(all, keyOf, after);
        List<T> found = all.GetRange(start, Math.Min(wanted, all.Count - start));
        return start + found.Count == all.Count
            ? new(found, null)
            : new(found, Convert.ToBase64String(Encoding.UTF8.GetBytes(listing + keyOf(found[^1]))));
    }

    // By halves: a listing of 20,000 images is asked for in 200 pages.
    private static int FirstBeyond<T>(List<T> all, Func<T, string> keyOf, string after)
    {
        (int low, int high) = (0, all.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (string.CompareOrdinal(keyOf(all[middle]), after) <= 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static string KeyIn(string token, string listing)
    {
        byte[] bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out int length) && Encoding.UTF8.GetString(bytes, 0, length) is var text
            && text.StartsWith(listing, StringComparison.Ordinal)
            ? text[listing.Length..]
            : throw new ApiError("InvalidParameterException",
                "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid nextToken'");
    }
}

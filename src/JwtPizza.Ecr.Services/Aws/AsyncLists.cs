namespace JwtPizza.Ecr.Services.Aws;

/// <summary>What comes page by page, as a list.</summary>
internal static class AsyncLists
{
    /// <summary>All of it.</summary>
    /// <param name="items">The items; what they come from has its cancellation token.</param>
    public static async Task<List<T>> ListAsync<T>(this IAsyncEnumerable<T> items)
    {
        List<T> list = [];
        await foreach (T item in items.ConfigureAwait(false)) list.Add(item);
        return list;
    }
}

using JwtPizza.Ecr.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>
/// Has what takes minutes run side by side, so that the run does not end with one of them alone: the longest files of the Pester suite,
/// then its others, then the rest. Runners begin at either end.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_longest = ["Package", "Builder", "Publish", "EveryCmdlet", "Examples1", "Examples2", "Examples3", "Examples4"];

    /// <inheritdoc/>
    public IReadOnlyCollection<TCollection> OrderTestCollections<TCollection>(IReadOnlyCollection<TCollection> testCollections)
        where TCollection : ITestCollection => [.. testCollections.OrderBy(c => Rank(c)).ThenBy(c => c.TestCollectionDisplayName)];

    // A collection is named after its class: "Test collection for JwtPizza.Ecr.Tests.Pester.Examples (id: …)".
    private static int Rank(ITestCollection collection)
    {
        string name = collection.TestCollectionDisplayName;
        int at = name.IndexOf(".Pester.", StringComparison.Ordinal);
        if (at < 0) return int.MaxValue;
        int place = Array.FindIndex(s_longest, f => name.AsSpan(at + ".Pester.".Length).StartsWith(f + " ", StringComparison.Ordinal));
        return place < 0 ? s_longest.Length : place;
    }
}

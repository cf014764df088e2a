using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageGroupingTests
{
    [Fact]
    public void An_index_and_its_children_are_one_row() =>
        Assert.Equal(["index"], Rows(false, [Image("child"), Image("note"), Image("index", "latest", "child", "note")]));

    [Fact]
    public void A_tagged_image_does_not_wait_for_the_rest()
    {
        ImageGrouping grouping = new(includeChildren: false);
        Assert.Equal(["a"], grouping.Add([Image("a", "latest"), Image("b")]).Select(i => i.ImageDigest));
        Assert.Equal(["b"], grouping.End().Select(i => i.ImageDigest));
    }

    [Fact]
    public void A_child_with_a_tag_of_its_own_keeps_its_row() =>
        Assert.Equal(["index", "child"], Rows(false, [Image("index", "latest", "child"), Image("child", "arm64")]));

    [Fact]
    public void Children_asked_for_follow_their_index_and_name_it()
    {
        ImageGrouping grouping = new(includeChildren: true);
        Assert.Empty(grouping.Add([Image("child"), Image("old"), Image("index", "latest", "child", "gone")]));
        Assert.Equal([("old", null), ("index", null), ("child", "index")], grouping.End().Select(i => (i.ImageDigest, i.ParentDigest)));
    }

    [Fact]
    public void Children_of_a_nested_index_are_below_it() =>
        Assert.Equal(["outer", "inner", "leaf"],
            Rows(true, [Image("leaf"), Image("inner", null, "leaf"), Image("outer", "latest", "inner")]));

    // Edges lead from a higher number to a lower one, as with real digests: no manifest can hold the digest of one that holds it.
    private static readonly Gen<(EcrImage[] Images, int Cut)> s_repository =
        from size in Gen.Choose(0, 12)
        from edges in Gen.ArrayOf(Gen.Two(Gen.Choose(0, Math.Max(size - 1, 0))), size)
        from tagged in Gen.ArrayOf(ArbMap.Default.GeneratorFor<bool>(), size)
        from shuffled in Gen.Shuffle(Enumerable.Range(0, size).ToArray())
        from cut in Gen.Choose(1, 5)
        select (shuffled.Select(i =>
            Image($"{i}", tagged[i] ? $"t{i}" : null,
                [.. edges.Where(e => Math.Max(e.Item1, e.Item2) == i && e.Item1 != e.Item2).Select(e => $"{Math.Min(e.Item1, e.Item2)}")
                    .Distinct()])).ToArray(), cut);

    [Fact]
    public void Where_the_pages_are_cut_does_not_matter() => Prop.ForAll(s_repository.ToArbitrary(), repository =>
    {
        string[] paged = [.. Rows(false, [.. repository.Images.Chunk(repository.Cut)])], whole = [.. Rows(false, repository.Images)];
        return paged.Order().SequenceEqual(whole.Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_image_is_a_row_or_below_one_and_no_row_is_twice() => Prop.ForAll(s_repository.ToArbitrary(), repository =>
    {
        string[] rows = [.. Rows(false, repository.Images)], tree = [.. Rows(true, repository.Images)];
        return rows.Distinct().Count() == rows.Length && rows.ToHashSet().IsSubsetOf(tree)
            && tree.ToHashSet().SetEquals(repository.Images.Select(i => i.ImageDigest));
    }).QuickCheckThrowOnFailure();

    private static IEnumerable<string> Rows(bool includeChildren, params EcrImage[][] pages)
    {
        ImageGrouping grouping = new(includeChildren);
        EcrImage[] early = [.. pages.SelectMany(grouping.Add)];
        return [.. early.Concat(grouping.End()).Select(i => i.ImageDigest)];
    }

    private static EcrImage Image(string digest, string? tag = null, params string[] children) => new()
    {
        RepositoryName = "pizza", RegistryId = "123456789012", Region = "us-east-1", RepositoryUri = "host/pizza", ImageDigest = digest,
        ImageTags = tag is null ? [] : [tag], Children = children,
    };
}

using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class RepositoryContentTests
{
    [Fact]
    public void Layers_that_images_share_count_once_and_are_free_only_when_the_last_of_them_goes()
    {
        RepositoryContent content = new([
            new(Image("a", "v1"), [new("m:a", 1), new("base", 100), new("only a", 20)]),
            new(Image("b"), [new("m:b", 2), new("base", 100), new("b and c", 30)]),
            new(Image("c"), [new("m:c", 3), new("b and c", 30), new("b and c", 30)]),
        ]);
        Assert.Equal(156, content.Blobs.Sum(b => b.SizeInBytes));
        Assert.Equal(2, content.FreedBy([Image("b")]));
        Assert.Equal(35, content.FreedBy([Image("b"), Image("c")]));
        Assert.Equal(156, content.FreedBy(content.Images.Select(i => i.Image)));
        Assert.Equal(0, content.FreedBy([]));
    }

    [Fact]
    public void What_is_tagged_or_hangs_on_it_is_needed()
    {
        RepositoryContent content = Of(
            Image("index", "latest") with { Children = ["arm", "attestation", "not here"] }, Image("arm"), Image("attestation"),
            Image("signature") with { SubjectManifestDigest = "index" },
            Image("sbom of the signature") with { SubjectManifestDigest = "signature" },
            Image("tagged signature", "sig") with { SubjectManifestDigest = "subject without tag" }, Image("subject without tag"),
            Image("old index") with { Children = ["old arm", "arm"] }, Image("old arm"),
            Image("old signature") with { SubjectManifestDigest = "old arm" },
            Image("orphan") with { SubjectManifestDigest = "gone" }, Image("alone"));
        Assert.Equal(["alone", "old arm", "old index", "old signature", "orphan"],
            content.Unneeded(_ => false).Select(i => i.ImageDigest).Order());
        Assert.Equal(["alone", "orphan"], content.Unneeded(i => i.ImageDigest == "old index").Select(i => i.ImageDigest).Order());
    }

    [Fact]
    public void Indexes_that_contain_each_other_are_no_endless_loop() =>
        Assert.Equal(2, Of(Image("a") with { Children = ["b"] }, Image("b") with { Children = ["a"] }).Unneeded(_ => false).Count);

    [Fact]
    public void Nothing_that_stays_ever_loses_a_child_or_a_subject_or_a_byte()
    {
        Gen<EcrImage> image =
            from digest in Gen.Choose(0, 9)
            from tagged in Gen.Frequency((1, Gen.Constant(true)), (3, Gen.Constant(false)))
            from children in Gen.Choose(0, 9).ListOf(2)
            from subject in Gen.Choose(0, 30)
            select Image($"{digest}", tagged ? ["t"] : []) with
            {
                Children = [.. children.Select(c => $"{c}")], SubjectManifestDigest = subject < 10 ? $"{subject}" : null,
            };
        Prop.ForAll(image.ListOf(8).ToArbitrary(), images =>
        {
            EcrImage[] distinct = [.. images.DistinctBy(i => i.ImageDigest)];
            RepositoryContent content =
                new([.. distinct.Select(i =>
                    new ImageContent(i, [new(i.ImageDigest, 1), .. i.Children.Select(c => new StoredBlob("layer" + c, 10))]))]);
            HashSet<string> going = [.. content.Unneeded(_ => false).Select(i => i.ImageDigest)];
            EcrImage[] staying = [.. distinct.Where(i => !going.Contains(i.ImageDigest))];
            long left = content.Images.Where(i => !going.Contains(i.Image.ImageDigest)).SelectMany(i => i.Blobs).DistinctBy(b => b.Digest)
                .Sum(b => b.SizeInBytes);
            return staying.All(i => !i.Children.Append(i.SubjectManifestDigest ?? "").Any(going.Contains))
                && distinct.All(i => !going.Contains(i.ImageDigest) || i.IsUntagged)
                && content.Blobs.Sum(b => b.SizeInBytes) - content.FreedBy(distinct.Where(i => going.Contains(i.ImageDigest))) == left;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(500_000_000, 0, 0.05)]
    [InlineData(2_500_000_000, 0.20, 0.25)]
    public void The_cost_is_that_above_the_free_tier(long bytes, double above, double without)
    {
        StorageTotal total = new()
        {
            RegistryId = null, Region = "us-east-1", DistinctInBytes = 0,
            Repositories =
                [new()
                {
                    RepositoryName = "a", RegistryId = "", Region = "", RepositoryUri = "", ImageCount = 1, BlobCount = 1,
                    StorageInBytes = bytes, UntaggedCount = 0, UntaggedInBytes = 0,
                }],
        };
        Assert.Equal(((decimal)above, (decimal)without, Math.Max(0, bytes - 500_000_000)),
            (total.MonthlyCost, total.MonthlyCostWithoutFreeTier, total.AboveFreeTierInBytes));
    }

    private static RepositoryContent Of(params EcrImage[] images) => new([.. images.Select(i => new ImageContent(i, []))]);

    private static EcrImage Image(string digest, params string[] tags) =>
        new()
        {
            RepositoryName = "r", RegistryId = "1", Region = "us-east-1", RepositoryUri = "h/r", ImageDigest = digest, ImageTags = tags,
        };
}

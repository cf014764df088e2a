using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ClearPlanTests
{
    private readonly List<RemovedImage> _removed = [];
    private readonly List<PizzaException> _failures = [];

    [Fact]
    public async Task Untagged_images_go_with_their_own_layers_and_what_an_index_needs_stays()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = new();
        layout.Name("multi",
            layout.Index(layout.Image("arm64", "shared"u8.ToArray(), "arm"u8.ToArray()), layout.Image("amd64", "shared"u8.ToArray())));
        await test.PushAsync(layout.Path, "multi");
        string old = (await test.PushAsync(TwoLayers("shared", "old layer"), "latest")).ImageDigest;
        await test.PushAsync(TwoLayers("shared", "new layer"), "latest");
        ClearPlan plan = await PlanAsync(test);
        Assert.Equal(old, Assert.Single(plan.Images).ImageDigest);
        long before = await StorageAsync(test);
        await plan.RunAsync(test.Aws.Ecr, _removed.Add, _failures.Add, Sessions.Soon);
        Assert.Equal((old, true), (Assert.Single(_removed).ImageDigest, _removed[0].IsImageDeleted));
        Assert.Empty(_failures);
        Assert.Equal(before - plan.FreedInBytes, await StorageAsync(test));
        Assert.Empty((await PlanAsync(test)).Images);
        Assert.Equal(["latest", "multi"], (await test.ListAsync(new())).SelectMany(i => i.ImageTags).Order());
    }

    [Fact]
    public async Task An_index_that_lost_its_tag_goes_with_its_children()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = new();
        layout.Name("multi", layout.Index(layout.Image("arm64", "arm"u8.ToArray()), layout.Image("amd64", "amd"u8.ToArray())));
        await test.PushAsync(layout.Path, "multi");
        await test.PushAsync(TestLayout.Simple(), "multi");
        ClearPlan plan = await PlanAsync(test);
        Assert.Equal(3, plan.Images.Count);
        await plan.RunAsync(test.Aws.Ecr, _removed.Add, _failures.Add, Sessions.Soon);
        Assert.Empty(_failures);
        Assert.Equal(3, _removed.Count);
        Assert.Single(await test.ListAsync(new() { IncludeChildren = true }));
    }

    [Fact]
    public async Task What_was_pushed_too_late_stays_and_is_counted()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        foreach (string content in new[] { "a", "b", "c" }) await test.PushAsync(TestLayout.Simple(content), "latest");
        ClearPlan plan = await PlanAsync(test, DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Equal((0, 2), (plan.Images.Count, plan.YoungCount));
        Assert.Equal(2, (await PlanAsync(test, DateTimeOffset.UtcNow.AddDays(1))).Images.Count);
    }

    [Fact]
    public async Task What_got_a_tag_or_went_away_since_the_plan_is_not_touched()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        string a = (await test.PushAsync(TestLayout.Simple("a"), "latest")).ImageDigest;
        string b = (await test.PushAsync(TestLayout.Simple("b"), "latest")).ImageDigest;
        await test.PushAsync(TestLayout.Simple("c"), "latest");
        ClearPlan plan = await PlanAsync(test);
        Assert.Equal(2, plan.Images.Count);
        await test.PushAsync(TestLayout.Simple("a"), "rescued");
        await test.Aws.Ecr.BatchDeleteImageAsync("team/pizza", [new() { ImageDigest = b }], Sessions.Soon);
        await plan.RunAsync(test.Aws.Ecr, _removed.Add, _failures.Add, Sessions.Soon);
        Assert.Empty(_removed);
        Assert.Empty(_failures);
        Assert.Contains(await test.ListAsync(new()), i => i.ImageDigest == a);
    }

    [Fact]
    public async Task An_index_that_cannot_be_read_stops_it_for_then_nobody_knows_what_it_needs()
    {
        string index = Digest.Of([1]).Value, child = Digest.Of([2]).Value;
        await using ScriptedServer server = new((request, _) => request.Operation == "DescribeImages"
            ? Answer.Json(
                new JsonObject { ["imageDetails"] =
                    new JsonArray(new JsonObject { ["imageDigest"] = index, ["imageManifestMediaType"] = MediaTypes.OciIndex },
                        new JsonObject { ["imageDigest"] = child, ["imageManifestMediaType"] = MediaTypes.OciManifest }) }.ToJsonString())
            : Answer.Json("""{"images":[],"failures":[]}"""));
        using AwsSession aws = Sessions.Open(server);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => new Inventory(aws.Ecr).ReadAsync(Repository, Sessions.Soon));
        Assert.Equal("ManifestNotReadable", e.ErrorId);
        Assert.Contains(index, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifests_are_read_a_hundred_a_call_and_several_calls_at_a_time()
    {
        int calls = 0;
        string page =
            new JsonObject { ["imageDetails"] =
                new JsonArray(
                    [.. Enumerable.Range(0, 1000)
                        .Select(i =>
                            (JsonNode)new JsonObject
                            {
                                ["imageDigest"] = Digest.Of(BitConverter.GetBytes(i)).Value, ["imageSizeInBytes"] = 7,
                            })]) }.ToJsonString();
        TaskCompletionSource four = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = new((request, _) =>
        {
            if (request.Operation == "DescribeImages") return Answer.Json(page);
            if (Interlocked.Increment(ref calls) == 4) four.SetResult();
            // no answer for anyone until four wait for one
            return Answer.Json("""{"images":[],"failures":[]}""") with { After = four.Task };
        });
        using AwsSession aws = AwsSession.Open(Sessions.Options(server.Url), Hang.Limit);
        int counted = 0;
        RepositoryContent content = await new Inventory(aws.Ecr, n => counted = Math.Max(counted, n)).ReadAsync(Repository, Sessions.Soon);
        Assert.Equal((1000, 7000, 1000), (content.Images.Count, content.Blobs.Sum(b => b.SizeInBytes), counted));
        Assert.Equal(11, server.Requests.Count);
        if (ServiceModel.IsHere("ecr"))
            Assert.All(server.Requests, r => Assert.Empty(ServiceModel.Load("ecr").CheckInput(r.Operation, r.Text)));
    }

    [Fact]
    public async Task A_registry_weighs_the_sum_of_its_repositories_and_less_where_they_share_layers()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        Repository other = await test.Aws.Ecr.CreateRepositoryAsync("other", new(), Sessions.Soon);
        using TestLayout layout = TestLayout.Simple("the same in both");
        await test.PushAsync(layout.Path, "v1");
        await test.PushToAsync("other", layout.Path, "v1");
        StorageMeter meter = new(test.Aws.Ecr, "us-east-1");
        StorageUsage one = await meter.MeasureAsync(test.Repository, counted: null, Sessions.Soon);
        await meter.MeasureAsync(other, counted: null, Sessions.Soon);
        await meter.MeasureAsync(other, counted: null, Sessions.Soon);   // named twice
        StorageTotal total = meter.Total();
        Assert.Equal((2 * one.StorageInBytes, one.StorageInBytes, 2),
            (total.StorageInBytes, total.DistinctInBytes, total.Repositories.Length));
        Assert.Equal((1, 3, 0, 0L), (one.ImageCount, one.BlobCount, one.UntaggedCount, one.UntaggedInBytes));
        Assert.Equal(Directory.EnumerateFiles(Path.Combine(layout.Path, "blobs/sha256")).Sum(f => new FileInfo(f).Length),
            one.StorageInBytes);
    }

    private static Repository Repository =>
        new()
        {
            RepositoryName = "app", RegistryId = "123456789012", Region = "us-east-1", RepositoryUri = "host/app", RepositoryArn = "arn",
        };

    private static async Task<ClearPlan> PlanAsync(TestRepository test, DateTimeOffset? pushedBefore = null) =>
        ClearPlan.Of(test.Repository, await new Inventory(test.Aws.Ecr).ReadAsync(test.Repository, Sessions.Soon), ImagesInUse.None,
            pushedBefore);

    private static async Task<long> StorageAsync(TestRepository test) =>
        (await new StorageMeter(test.Aws.Ecr, "us-east-1").MeasureAsync(test.Repository, counted: null, Sessions.Soon)).StorageInBytes;

    private static TestLayout TwoLayers(string one, string two)
    {
        TestLayout layout = new();
        layout.Name("latest", layout.Image("arm64", System.Text.Encoding.UTF8.GetBytes(one), System.Text.Encoding.UTF8.GetBytes(two)));
        return layout;
    }
}

using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageRemoverTests
{
    private readonly List<PizzaException> _failures = [];

    [Fact]
    public async Task A_tag_of_several_only_unties_and_the_last_one_takes_the_image_along()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        string digest = (await test.PushAsync(TestLayout.Simple(), "v1", "v2", "v3")).ImageDigest;
        ImageRemover remover = Remover(test);
        IReadOnlyList<PlannedRemoval> plan = await PlanAsync(remover, Tag("v1"), Tag("v2"));
        Assert.Equal(["v2", "v3"], plan[0].Stays.Order());
        Assert.Equal(["v3"], plan[1].Stays);
        Assert.Contains("stays under v3", plan[1].Description, StringComparison.Ordinal);
        Assert.Equal([(false, 0L), (false, 0L)],
            (await RemoveAsync(remover, plan)).Select(r => (r.IsImageDeleted, r.ImageSizeInBytes!.Value)));
        RemovedImage last = Assert.Single(await RemoveAsync(remover, await PlanAsync(remover, Tag("v3"))));
        Assert.Equal((ChangeStatus.Removed, true, digest, "123456789012"),
            (last.Status, last.IsImageDeleted, last.ImageDigest, last.RegistryId));
        Assert.True(last.ImageSizeInBytes > 0);
        Assert.Empty(await test.ListAsync(new()));
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task All_tags_of_an_image_in_one_call_delete_it_and_by_digest_it_goes_with_all_of_them()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        await test.PushAsync(TestLayout.Simple("a"), "a1", "a2");
        string digest = (await test.PushAsync(TestLayout.Simple("b"), "b1", "b2")).ImageDigest;
        ImageRemover remover = Remover(test);
        IReadOnlyList<RemovedImage> removed =
            await RemoveAsync(remover, await PlanAsync(remover, Tag("a1"), Tag("a2"), Of(digest), Tag("b1")));
        Assert.Equal([false, true, true], removed.Select(r => r.IsImageDeleted));
        Assert.Equal(["b1", "b2"], removed[2].ImageTags.Order());
        Assert.Empty(_failures);
        Assert.Empty(await test.ListAsync(new()));
    }

    [Fact]
    public async Task An_index_and_its_children_go_in_any_order_and_in_different_batches()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = new();
        JsonObject arm = layout.Image("arm64", "arm"u8.ToArray()), amd = layout.Image("amd64", "amd"u8.ToArray()),
            inner = layout.Index(arm, amd), outer = layout.Index(inner);
        layout.Name("multi", outer);
        await test.PushAsync(layout.Path, "multi");
        ImageRemover remover = Remover(test);
        foreach (JsonObject child in new[] { arm, amd, inner })
            Assert.Empty(await RemoveAsync(remover, await PlanAsync(remover, Of(TestLayout.DigestOf(child).Value))));
        Assert.Single(await RemoveAsync(remover, await PlanAsync(remover, Tag("multi"))));
        Assert.Equal(3, (await remover.EndAsync(_failures.Add, Sessions.Soon)).Count);
        Assert.Empty(_failures);
        Assert.Empty(await test.ListAsync(new() { IncludeChildren = true }));
    }

    [Fact]
    public async Task A_child_whose_index_stays_is_an_error_with_the_next_step_and_so_is_each_missing_image()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using TestLayout layout = new();
        JsonObject arm = layout.Image("arm64", "arm"u8.ToArray());
        layout.Name("multi", layout.Index(arm));
        await test.PushAsync(layout.Path, "multi");
        await test.PushAsync(TestLayout.Simple(), "v1");
        ImageRemover remover = Remover(test);
        IReadOnlyList<PlannedRemoval> plan =
            await PlanAsync(remover, Of(TestLayout.DigestOf(arm).Value), Tag("no"), Tag("v1"), Of(Digest.Of([]).Value));
        Assert.Single(await RemoveAsync(remover, plan));
        Assert.Equal(["ImageNotFound", "ImageNotFound"], _failures.Select(f => f.ErrorId));
        _failures.Clear();
        Assert.Empty(await remover.EndAsync(_failures.Add, Sessions.Soon));
        PizzaException failure = Assert.Single(_failures);
        Assert.Equal(("ImageReferencedByManifestList", $"team/pizza@{TestLayout.DigestOf(arm)}"), (failure.ErrorId, failure.Target));
        Assert.Contains("Remove the index first", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_has_moved_to_another_image_is_left_alone_when_a_digest_is_given_too()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        string old = (await test.PushAsync(TestLayout.Simple("a"), "latest")).ImageDigest;
        await test.PushAsync(TestLayout.Simple("b"), "latest");
        Assert.Empty(await PlanAsync(Remover(test), new ImageId { ImageTag = "latest", ImageDigest = old }));
        Assert.Equal("ImageTagDoesNotMatchDigest", Assert.Single(_failures).ErrorId);
    }

    [Fact]
    public async Task Requests_fit_the_model_and_every_failure_code_becomes_an_error_of_its_own()
    {
        string[] codes = ["InvalidImageDigest", "InvalidImageTag", "ImageTagDoesNotMatchDigest", "ImageNotFound", "MissingDigestAndTag",
            "KmsError", "UpstreamAccessDenied", "UpstreamTooManyRequests", "UpstreamUnavailable", "ImageInaccessible", "SomethingNew"];
        await using ScriptedServer server = new((request, _) => request.Operation == "DescribeImages"
            ? Answer.Error("AccessDeniedException", "not authorized to perform: ecr:DescribeImages")
            : Answer.Json(
                new JsonObject
                {
                    ["imageIds"] = new JsonArray(new JsonObject { ["imageTag"] = "t0", ["imageDigest"] = Digest.Of([0]).Value }),
                    ["failures"] =
                        new JsonArray(
                            [.. codes.Select((c,
                                i) =>
                                (JsonNode)new JsonObject
                                {
                                    ["imageId"] = new JsonObject { ["imageTag"] = $"t{i + 1}" }, ["failureCode"] = c,
                                    ["failureReason"] = "why",
                                })]),
                }.ToJsonString()));
        using AwsSession aws = Sessions.Open(server);
        ImageRemover remover = new(new EcrRepository(aws, ImageReference.Parse("app"), "210987654321"));
        IReadOnlyList<PlannedRemoval> plan = await PlanAsync(remover, [.. Enumerable.Range(0, 12).Select(i => Tag($"t{i}"))]);
        RemovedImage removed = Assert.Single(await RemoveAsync(remover, plan));
        Assert.Equal((null, "210987654321"), (removed.IsImageDeleted, removed.RegistryId));
        Assert.Equal(codes, _failures.Select(f => f.ErrorId));
        Assert.All(_failures, f => Assert.Matches(@"^The tag 't\d+' of 'app': why\. [A-Z]", f.Message));
        if (ServiceModel.IsHere("ecr"))
            Assert.All(server.Requests, r => Assert.Empty(ServiceModel.Load("ecr").CheckInput(r.Operation, r.Text)));
    }

    [Fact]
    public async Task A_few_missing_images_among_a_hundred_cost_a_few_calls_more()
    {
        HashSet<string> missing = ["t3", "t77"];
        await using ScriptedServer server = new((request, _) =>
        {
            string[] tags = [.. JsonNode.Parse(request.Text)!["imageIds"]!.AsArray().Select(i => (string)i!["imageTag"]!)];
            return tags.Any(missing.Contains)
                ? Answer.Error("ImageNotFoundException", "The image does not exist")
                : Answer.Json(
                    new JsonObject { ["imageDetails"] =
                        new JsonArray(
                            [.. tags.Select(t => (JsonNode)new JsonObject { ["imageDigest"] = t, ["imageTags"] = new JsonArray(t) })]) }
                            .ToJsonString());
        });
        using AwsSession aws = Sessions.Open(server);
        IReadOnlyList<PlannedRemoval> plan =
            await PlanAsync(new(new EcrRepository(aws, ImageReference.Parse("app"), null)),
                [.. Enumerable.Range(0, 100).Select(i => Tag($"t{i}"))]);
        Assert.Equal(98, plan.Count);
        Assert.Equal(2, _failures.Count);
        Assert.InRange(server.Requests.Count, 3, 30);
    }

    private Task<IReadOnlyList<PlannedRemoval>> PlanAsync(ImageRemover remover, params ImageId[] ids) =>
        remover.PlanAsync(ids, _failures.Add, Sessions.Soon);

    private Task<IReadOnlyList<RemovedImage>> RemoveAsync(ImageRemover remover, IReadOnlyList<PlannedRemoval> plan) =>
        remover.RemoveAsync(plan, _failures.Add, Sessions.Soon);

    private static ImageRemover Remover(TestRepository test) => new(new EcrRepository(test.Aws, ImageReference.Parse("team/pizza"), null));

    private static ImageId Tag(string tag) => new() { ImageTag = tag };

    private static ImageId Of(string digest) => new() { ImageDigest = digest };
}

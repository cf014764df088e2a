using System.Text.Json;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Images;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Lifecycle;

/// <summary>What a policy would take: by ECR's preview, and worked out here.</summary>
public sealed class LifecycleForecasterTests
{
    private const int Limit = 120_000;
    private static readonly string s_keepOne = LifecyclePolicy.Of(LifecycleRule.KeepLast(1)).Text;
    private static readonly Repository s_repository = new()
    {
        RepositoryName = "team/api", RegistryId = "012345678901", Region = "eu-central-1", RepositoryUri = "host/team/api",
        RepositoryArn = "arn",
    };

    private readonly List<string> _verbose = [];

    private Task<IReadOnlyList<LifecycleForecast>> ForecastAsync(
        AwsSession aws, string policy, bool offline = false, Repository? repository = null) =>
        new LifecycleForecaster(aws.Ecr, text => { lock (_verbose)
            _verbose.Add(text); }, DateTimeOffset.UtcNow.AddDays(400))
                .ForecastAsync(repository ?? s_repository, policy, offline, () => Task.FromResult(ImagesInUse.None), Sessions.Soon);

    private static string Page(string status, string policy, string? next = null, params string[] digests) => JsonSerializer.Serialize(new
    {
        registryId = "012345678901", repositoryName = "team/api", lifecyclePolicyText = policy, status, nextToken = next,
        previewResults = digests.Select(d => new { imageDigest = "sha256:" + new string(d[0], 64), imageTags = Array.Empty<string>(),
            imagePushedAt = 1763750000, action = new { type = "EXPIRE" }, appliedRulePriority = 1 }),
    });

    private static Support.Answer Other(ScriptedRequest request) => Support.Answer.Json(request.Operation switch
    {
        "DescribeImages" =>
            JsonSerializer.Serialize(
                new { imageDetails = new[] { new { imageDigest = "sha256:" + new string('a', 64), imageSizeInBytes = 5_000_000 } } }),
        _ => "{}",
    });

    [Fact(Timeout = Limit)]
    public async Task The_preview_is_waited_for_and_read_page_by_page()
    {
        int gets = 0;
        await using ScriptedServer server = new((r, _) => r.Operation == "GetLifecyclePolicyPreview"
            ? Support.Answer.Json(gets++ switch { 0 => Page("IN_PROGRESS", s_keepOne), 1 => Page("COMPLETE", s_keepOne, "more", "a", "b"),
                _ => Page("COMPLETE", s_keepOne, null, "c") })
            : Other(r));
        using AwsSession aws = Sessions.Open(server);
        IReadOnlyList<LifecycleForecast> rows = await ForecastAsync(aws, s_keepOne);
        Assert.Equal(["a", "b", "c"], rows.Select(r => r.ImageDigest[7..8]));
        Assert.Equal([5_000_000, null, null], rows.Select(r => r.ImageSizeInBytes));
        Assert.All(rows,
            r =>
                Assert.Equal(("ECR", "expire", "3 images, of a size that is not known", "1 any: keep 1"),
                    (r.Source, r.Action, $"{r.RuleTotal}", $"{r.Rule}")));
        if (ServiceModel.IsHere("ecr"))
            Assert.All(server.Requests, r => Assert.Empty(ServiceModel.Load("ecr").CheckInput(r.Operation, r.Text)));
    }

    [Fact(Timeout = Limit)]
    public async Task Another_preview_in_progress_is_waited_for_and_its_results_are_not_taken_for_ours()
    {
        string other = LifecyclePolicy.Of(LifecycleRule.KeepLast(7)).Text;
        int starts = 0, gets = 0;
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "StartLifecyclePolicyPreview" =>
                starts++ < 2 ? Support.Answer.Error("LifecyclePolicyPreviewInProgressException") : Support.Answer.Json("{}"),
            "GetLifecyclePolicyPreview" =>
                Support.Answer.Json(gets++ == 0 ? Page("COMPLETE", other, null, "b") : Page("COMPLETE", s_keepOne, null, "a")),
            _ => Other(r),
        });
        using AwsSession aws = Sessions.Open(server);
        Assert.Equal("a", Assert.Single(await ForecastAsync(aws, s_keepOne)).ImageDigest[7..8]);
        Assert.Equal(4, starts);
        Assert.Contains(_verbose, v => v.Contains("waiting until it ends", StringComparison.Ordinal));
        Assert.Contains(_verbose, v => v.Contains("starting again", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_preview_that_never_comes_is_given_up_and_cancelling_ends_the_waiting()
    {
        await using ScriptedServer server = new((_, _) => Support.Answer.Error("LifecyclePolicyPreviewInProgressException"));
        using AwsSession aws = Sessions.Open(server);
        LifecyclePreview impatient = new(aws.Ecr, _ => { }, TimeSpan.FromMilliseconds(300));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => impatient.RunAsync("team/api", s_keepOne, Sessions.Soon));
        Assert.Equal("LifecyclePreviewTimeout", e.ErrorId);
        Assert.Contains("-Offline", e.Message, StringComparison.Ordinal);

        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new LifecyclePreview(aws.Ecr, _ => { }, TimeSpan.FromMinutes(10)).RunAsync("team/api", s_keepOne, cancel.Token)
                .WaitAsync(Hang.Limit, Sessions.Soon));
    }

    [Fact(Timeout = Limit)]
    public async Task A_preview_that_failed_says_so()
    {
        await using ScriptedServer server =
            new((r, _) => r.Operation == "GetLifecyclePolicyPreview" ? Support.Answer.Json(Page("FAILED", s_keepOne)) : Other(r));
        using AwsSession aws = Sessions.Open(server);
        Assert.Equal("LifecyclePreviewFailed", (await Assert.ThrowsAsync<PizzaException>(() => ForecastAsync(aws, s_keepOne))).ErrorId);
    }

    [Fact(Timeout = Limit)]
    public async Task What_this_version_does_not_understand_is_previewed_all_the_same_but_not_worked_out_here()
    {
        const string future =
            """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":3,"sizeMoreThan":9},"action":{"type":"expire"}}]}""";
        await using ScriptedServer server =
            new((r, _) => r.Operation == "GetLifecyclePolicyPreview" ? Support.Answer.Json(Page("COMPLETE", future, null, "a")) : Other(r));
        using AwsSession aws = Sessions.Open(server);
        LifecycleForecast row = Assert.Single(await ForecastAsync(aws, future));
        Assert.Null(row.Rule);
        Assert.Equal(1, row.Priority);
        Assert.Equal("InvalidLifecyclePolicy",
            (await Assert.ThrowsAsync<PizzaException>(() => ForecastAsync(aws, future, offline: true))).ErrorId);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_the_right_to_a_preview_it_is_worked_out_here()
    {
        await using ScriptedServer server =
            new((r,
                _) =>
                r.Operation == "StartLifecyclePolicyPreview" ? Support.Answer.Error("AccessDeniedException", "not authorized to " +
                    "perform: ecr:StartLifecyclePolicyPreview") : Other(r));
        using AwsSession aws = Sessions.Open(server);
        Assert.Empty(await ForecastAsync(aws, s_keepOne));
        Assert.Contains(_verbose, v => v.Contains("ecr:StartLifecyclePolicyPreview", StringComparison.Ordinal));
        Assert.Contains(_verbose, v => v.Contains("evaluated locally for 1 images", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Both_ways_agree_also_about_the_children_of_an_index()
    {
        await using TestRepository test = await TestRepository.CreateAsync();
        using (TestLayout several = new())
        {
            several.Name("multi", several.Index(several.Image("arm64", "a"u8.ToArray()), several.Image("amd64", "b"u8.ToArray())));
            await test.PushAsync(several.Path, "multi");
        }
        foreach (string tag in (string[])["v1", "v2", "v3"]) await test.PushAsync(TestLayout.Simple(tag), tag);
        await test.PushAsync(TestLayout.Simple("v4"), "v3");
        string policy =
            LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLastTagged(1, "v*"), LifecycleRule.KeepLast(2)).Text;
        IReadOnlyList<LifecycleForecast> here = await ForecastAsync(test.Aws, policy, offline: true, test.Repository);
        // The sandbox's clock has not moved, so that only what is counted goes there.
        IReadOnlyList<LifecycleForecast> there = await ForecastAsync(test.Aws, policy, offline: false, test.Repository);
        Assert.Equal(there.Select(r => (r.ImageDigest, r.Priority, r.ImageSizeInBytes)),
            here.Where(r => r.Priority != 1).Select(r => (r.ImageDigest, r.Priority, r.ImageSizeInBytes)));
        Assert.Equal([2, 2, 3], there.Select(r => r.Priority));
        Assert.Single(here, r => r.Priority == 1 && r.ImageTags.Length == 0);
    }
}

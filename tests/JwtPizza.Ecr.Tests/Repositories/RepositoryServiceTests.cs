using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Repositories;

/// <summary>Changing and deleting repositories, on the sandbox and on moto.</summary>
public sealed class RepositoryServiceTests
{
    private const int Limit = 120_000;
    private static readonly RepositoryName s_name = RepositoryName.Parse("team/api");

    private static readonly RepositorySettings s_wanted = new RepositorySettings
    {
        ScanOnPush = false, ImageTagMutability = "IMMUTABLE", MutabilityExclusion = ["latest"],
        Tags = new Dictionary<string, string> { ["team"] = "a", ["cost"] = "1" },
    }.Checked();

    private static async Task WholeStoryAsync(AwsSession aws)
    {
        RepositoryService repositories = new(aws.Ecr);
        await repositories.CreateAsync(s_name, new() { Tags = new Dictionary<string, string> { ["team"] = "a" } }, Sessions.Soon);

        RepositoryAlignment alignment = await repositories.PlanAsync(s_name, s_wanted, Sessions.Soon);
        Assert.Equal(["image tag mutability IMMUTABLE_WITH_EXCLUSION (latest)", "scan on push off", "tags cost"], alignment.Changes);
        Assert.True((await repositories.GetAsync("team/api", Sessions.Soon)).ScanOnPush);   // nothing is sent by a plan
        Repository changed = await repositories.AlignAsync(alignment, Sessions.Soon);
        Assert.Equal((false, "IMMUTABLE_WITH_EXCLUSION", "latest"),
            (changed.ScanOnPush, changed.ImageTagMutability, changed.MutabilityExclusion.Single()));
        Assert.Empty((await repositories.PlanAsync(s_name, s_wanted, Sessions.Soon)).Changes);

        await repositories.DeleteAsync(s_name, includeImages: false, Sessions.Soon);
        PizzaException gone =
            await Assert.ThrowsAsync<PizzaException>(() => repositories.DeleteAsync(s_name, includeImages: true, Sessions.Soon));
        Assert.Equal(("RepositoryNotFoundException", PizzaErrorKind.NotFound), (gone.ErrorId, gone.Kind));
        Assert.DoesNotContain("New-PizzaRepository", gone.Message, StringComparison.Ordinal);
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => repositories.PlanAsync(s_name, s_wanted, Sessions.Soon))).ErrorId);
    }

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_a_repository_is_brought_into_line_and_deleted()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws =
            AwsSession.Open(
                new()
                {
                    EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
                    SecretKey = sandbox.Info.SecretKey,
                });
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task On_moto_a_repository_is_brought_into_line_and_deleted()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        await WholeStoryAsync(aws);
    }
}

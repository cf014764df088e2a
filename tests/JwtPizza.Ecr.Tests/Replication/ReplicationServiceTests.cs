using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Replication;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;
using static JwtPizza.Ecr.Tests.Replication.Configurations;

namespace JwtPizza.Ecr.Tests.Replication;

/// <summary>The acts on replication against the sandbox, moto, and other writers.</summary>
public sealed class ReplicationServiceTests
{
    private const int Limit = 120_000;

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    private static async Task WholeStoryAsync(AwsSession aws)
    {
        ReplicationService service = new(aws.Ecr, aws.Region);
        Assert.Empty((await service.ReadAsync(Sessions.Soon)).Replications());
        await service.EditAsync(c => c.Add([Ireland], ["team-a/"]), Sessions.Soon);
        await service.EditAsync(c => c.Add([Oregon], ["team-a/"]), Sessions.Soon);
        Assert.False((await service.EditAsync(c => c.Add([Ireland, Oregon], ["team-a/"]), Sessions.Soon)).Changed);
        Assert.Equal(["team-a/ -> eu-west-1", "team-a/ -> us-west-2"], Pairs(await service.ReadAsync(Sessions.Soon)));
        await service.EditAsync(c => c.Remove([Ireland], null), Sessions.Soon);
        Assert.Equal(["team-a/ -> us-west-2"], Pairs(await service.ReadAsync(Sessions.Soon)));
        await service.EditAsync(c => c.Remove([Oregon], ["team-a/"]), Sessions.Soon);
        Assert.Empty((await service.ReadAsync(Sessions.Soon)).Replications());
    }

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_destinations_come_and_go()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task On_moto_destinations_come_and_go()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task Ten_parallel_sessions_leave_ten_prefixes()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        await Task.WhenAll(Enumerable.Range(10, 10).Select(async i =>
        {
            using AwsSession aws = Open(sandbox);
            await new ReplicationService(aws.Ecr, aws.Region)
                .EditAsync(c => c.Add([Ireland], [$"team-{i}/"]), TestContext.Current.CancellationToken);
        }));
        using AwsSession reader = Open(sandbox);
        Assert.Equal(10,
            (await new ReplicationService(reader.Ecr, reader.Region).ReadAsync(Sessions.Soon)).Replications().Single().Prefix.Length);
    }

    [Theory(Timeout = Limit)]
    [InlineData("AccessDeniedException", "is not authorized to perform: iam:CreateServiceLinkedRole",
        "aws iam create-service-linked-role --aws-service-name replication.ecr.amazonaws.com")]
    [InlineData("InvalidParameterException", "Invalid region", "eu-west-1)")]
    [InlineData("ValidationException", "The region is not enabled", "aws account enable-region")]
    public async Task A_refusal_is_explained(string code, string message, string why)
    {
        await using ScriptedServer server =
            new(Answer.Json("""{"registryId":"123456789012","replicationConfiguration":{"rules":[]}}"""), Answer.Error(code, message));
        using AwsSession aws = Sessions.Open(server);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                new ReplicationService(aws.Ecr, aws.Region).EditAsync(c => c.Add([Ireland], []), Sessions.Soon));
        Assert.Equal(code, e.ErrorId);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cn-north-1", "ReplicationAcrossPartitions")]
    [InlineData("us-gov-west-1", "ReplicationAcrossPartitions")]
    [InlineData("nowhere-1", "InvalidRegion")]
    public void A_region_that_cannot_be_reached_is_refused_before_the_call(string region, string error)
    {
        PizzaException e =
            Assert.Throws<PizzaException>(() => new ReplicationService(null!, "us-east-1").CheckPartition([new(region, "123456789012")]));
        Assert.Equal((error, PizzaErrorKind.InvalidArgument, (object)region), (e.ErrorId, e.Kind, e.Target));
    }
}

using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>What works on images, on somebody else's ECR; moto makes digests of the layers' alone.</summary>
public sealed class ImageMotoTests
{
    [Fact]
    public async Task Images_are_removed_by_tag_and_by_digest()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        await aws.Ecr.CreateRepositoryAsync("app", new(), Sessions.Soon);
        foreach (string name in new[] { "a", "b" })
        {
            string manifest =
                $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}","config":{"mediaType":"{{MediaTypes.DockerConfig}}","size":1,"digest":"{{Digest.Of(Encoding.UTF8.GetBytes(name))}}"},"layers":[{"mediaType":"l","size":1,"digest":"{{Digest.Of(Encoding.UTF8.GetBytes("layer " + name))}}"} ]}""";
            await aws.Ecr.PutImageAsync("app", manifest, MediaTypes.DockerManifest, null, name, Sessions.Soon);
        }
        List<PizzaException> failures = [];
        ImageRemover remover = new(new EcrRepository(aws, ImageReference.Parse("app"), null));
        IReadOnlyList<PlannedRemoval> plan = await remover.PlanAsync(
            [new() { ImageTag = "a" }, new() { ImageTag = "b" }, new() { ImageTag = "c" }], failures.Add, Sessions.Soon);
        Assert.Equal(2, plan.Count);
        IReadOnlyList<RemovedImage> removed = await remover.RemoveAsync(
            [plan[0], plan[1] with { Id = new() { ImageDigest = plan[1].Image!.ImageDigest } }], failures.Add, Sessions.Soon);
        Assert.All(removed, r => Assert.True(r.IsImageDeleted));
        Assert.Equal("ImageNotFound", Assert.Single(failures).ErrorId);
        Assert.Equal(2, removed.Count);
    }
}

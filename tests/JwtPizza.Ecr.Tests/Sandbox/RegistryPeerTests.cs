using System.Text.Json;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>docker, buildx and skopeo as clients of the sandbox's registry.</summary>
public sealed class RegistryPeerTests
{
    [Fact]
    public async Task A_real_docker_push_is_listed_and_comes_back()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "team/pizza" });
        using DockerPeer docker = await DockerPeer.Open(sandbox);
        string image = $"{sandbox.Box.Info.RegistryHost}/team/pizza:latest";
        await docker.Run("build", "--platform", "linux/arm64", "--tag", image, docker.Context("hello"));
        try
        {
            await docker.Run("push", image);
            var listed = (await sandbox.Ecr("DescribeImages", new { repositoryName = "team/pizza" }))["imageDetails"]!.AsArray().Single()!;
            await docker.Run("rmi", image);
            string pulled = await docker.Run("pull", "--platform", "linux/arm64", image);
            Assert.Contains((string)listed["imageDigest"]!, pulled, StringComparison.Ordinal);
            Assert.NotNull(
                (await sandbox.Ecr("DescribeImages", new { repositoryName = "team/pizza" }))["imageDetails"]![0]!["lastRecordedPullTime"]);
        }
        finally { await docker.Run("rmi", image); }
    }

    [Fact]
    public async Task A_real_buildx_push_twice_leaves_the_first_image_untagged()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        using DockerPeer docker = await DockerPeer.Open(sandbox);
        string image = $"{sandbox.Box.Info.RegistryHost}/pizza:latest";
        try
        {
            foreach (string text in (string[])["one", "two"])
                await docker.Run("buildx", "build", "--platform", "linux/arm64", "--provenance=false", "--push", "--tag", image,
                    docker.Context(text));
            var images = (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray();
            Assert.Equal([false, true], images.Select(i => i!["imageTags"] is not null));
        }
        finally { await docker.Run("rmi", image); }
    }

    [Fact]
    public async Task Docker_is_told_of_an_immutable_tag_and_a_missing_repository_in_the_words_of_ECR()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza", imageTagMutability = "IMMUTABLE" });
        using DockerPeer docker = await DockerPeer.Open(sandbox);
        string image = $"{sandbox.Box.Info.RegistryHost}/pizza:v1", nowhere = $"{sandbox.Box.Info.RegistryHost}/nowhere:v1";
        try
        {
            await docker.Run("build", "--tag", image, docker.Context("one"));
            await docker.Run("push", image);
            await docker.Run("build", "--tag", image, "--tag", nowhere, docker.Context("two"));
            Assert.Contains(
                "tag invalid: The image tag 'v1' already exists in the 'pizza' repository and cannot be overwritten because the tag is " +
                "immutable.", await docker.Fail("push", image), StringComparison.Ordinal);
            Assert.Contains("name unknown: The repository with name 'nowhere' does not exist in the registry with id '123456789012'",
                await docker.Fail("push", nowhere), StringComparison.Ordinal);
        }
        finally { await docker.Run("rmi", image, nowhere); }
    }

    [Fact]
    public async Task Skopeo_copies_an_index_in_and_out_unchanged()
    {
        await using TestSandbox sandbox = new();
        RegistryClient source = await RegistryClient.Open(sandbox, "source");
        await sandbox.Ecr("CreateRepository", new { repositoryName = "target" });
        Digest index = await source.PushIndex("latest", await source.PushImage("one", "@"), await source.PushImage("two", "@", "amd64"));
        string login = await SkopeoPeer.Login(sandbox), host = sandbox.Box.Info.RegistryHost;
        await SkopeoPeer.Run("copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", "--src-creds",
            login, "--dest-creds", login, $"docker://{host}/source:latest", $"docker://{host}/target:copy");
        string raw = await SkopeoPeer.Run("inspect", "--raw", "--tls-verify=false", "--creds", login, $"docker://{host}/target:copy");
        Assert.Equal(index, Digest.Of(System.Text.Encoding.UTF8.GetBytes(raw)));
        using JsonDocument tags =
            JsonDocument.Parse(await SkopeoPeer.Run("list-tags", "--tls-verify=false", "--creds", login, $"docker://{host}/target"));
        Assert.Equal(["copy"], tags.RootElement.GetProperty("Tags").EnumerateArray().Select(t => t.GetString()!));
    }
}

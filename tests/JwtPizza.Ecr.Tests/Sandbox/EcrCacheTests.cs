using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Repositories that ECR makes and fills by itself: pull-through cache, creation templates, create on push.</summary>
public sealed class EcrCacheTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-upstream-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_pull_fetches_from_another_region_with_the_blobs_and_asks_again_after_a_day()
    {
        await using TestSandbox sandbox = new();
        RegistryClient upstream = await RegistryClient.Open(sandbox, "team/pizza", region: "eu-west-1");
        Digest first = await upstream.PushImage("one", "v1");
        await sandbox.Ecr("CreatePullThroughCacheRule", new { ecrRepositoryPrefix = "eu",
            upstreamRegistryUrl = "123456789012.dkr.ecr.eu-west-1.amazonaws.com", upstreamRegistry = "ecr" });
        RegistryClient cache = new(sandbox, "eu/team/pizza", await RegistryClient.Login(sandbox));
        Assert.Equal(first, await Pull(cache, "v1"));
        Assert.Equal(["v1"], (await Images(sandbox, "eu/team/pizza"))[0]!["imageTags"]!.AsArray().Select(t => (string)t!));
        Digest second = await upstream.PushImage("two", "v1");
        Assert.Equal(first, await Pull(cache, "v1"));   // looked up less than a day ago
        sandbox.Box.Advance(TimeSpan.FromHours(25));
        cache = new(sandbox, "eu/team/pizza", await RegistryClient.Login(sandbox));
        Assert.Equal(second, await Pull(cache, "v1"));
        Assert.Equal(404, (await cache.Outcome(HttpMethod.Get, "manifests/nowhere")).Status);
        Assert.Contains(sandbox.Box.Events.After(0),
            e => (string?)e.Event["detail-type"] == "ECR Pull Through Cache Action"
                && (string?)e.Event["detail"]!["image-digest"] == second.Value);
    }

    [Fact]
    public async Task An_index_comes_from_a_layout_with_its_children_and_also_by_the_API()
    {
        Digest index;
        await using (TestSandbox source = new())
        {
            RegistryClient client = await RegistryClient.Open(source, "pizza");
            index = await client.PushIndex("all", await client.PushImage("arm", "@"), await client.PushImage("amd", "@", "amd64"));
            await WriteLayout(client, "all");
        }
        await using TestSandbox sandbox =
            new(new SandboxOptions { Upstreams = new Dictionary<string, string> { ["quay.io"] = _folder.FullName } });
        await sandbox.Ecr("CreatePullThroughCacheRule", new { ecrRepositoryPrefix = "ROOT", upstreamRegistryUrl = "quay.io",
            upstreamRegistry = "quay" });
        JsonObject got =
            await sandbox.Ecr("BatchGetImage", new { repositoryName = "org/pizza", imageIds = new[] { new { imageTag = "all" } } });
        Assert.Equal(index.Value, (string)got["images"]![0]!["imageId"]!["imageDigest"]!);
        Assert.Equal(3, (await Images(sandbox, "org/pizza")).Count);
        Assert.True((bool)(await sandbox.Ecr("ValidatePullThroughCacheRule", new { ecrRepositoryPrefix = "ROOT" }))["isValid"]!);
    }

    [Fact]
    public async Task A_registry_on_this_machine_is_an_upstream_and_when_it_is_gone_what_is_here_stays()
    {
        await using TestSandbox sandbox = new();
        Digest image;
        await using (TestSandbox other = new())
        {
            // ECR Public gives everybody a token to pull.
            await other.Json("ecr-public", "SpencerFrontendService", "CreateRepository", new { repositoryName = "pizza" });
            string login =
                (string)(await other.Json("ecr-public", "SpencerFrontendService", "GetAuthorizationToken",
                    new { }))["authorizationData"]!["authorizationToken"]!;
            image = await (await RegistryClient.OpenPublic(other, "pizza", login)).PushImage("one", "v1");
            string place = $"localhost:{new Uri(other.Info.EndpointUrl).Port}";
            await sandbox.Ecr("CreatePullThroughCacheRule", new { ecrRepositoryPrefix = "local", upstreamRegistryUrl = place });
            Assert.Equal(image,
                await Pull(new(sandbox, $"local/p{other.Info.RegistryId[^7..]}/pizza", await RegistryClient.Login(sandbox)), "v1"));
        }
        sandbox.Box.Advance(TimeSpan.FromHours(25));
        RegistryClient client = new(sandbox, "local/p6789012/pizza", await RegistryClient.Login(sandbox));
        Assert.Equal(image, await Pull(client, "v1"));
        (int status, _, string? message) = await client.Outcome(HttpMethod.Get, "manifests/v2");
        Assert.Equal(404, status);
        Assert.Contains("does not answer", message, StringComparison.Ordinal);
        Assert.False((bool)(await sandbox.Ecr("ValidatePullThroughCacheRule", new { ecrRepositoryPrefix = "local" }))["isValid"]!);
    }

    [Theory]
    [InlineData("""{"ecrRepositoryPrefix":"x","upstreamRegistryUrl":"quay.io"}""", "InvalidParameterException")]
    [InlineData("""{"ecrRepositoryPrefix":"hub","upstreamRegistryUrl":"registry-1.docker.io"}""", "InvalidParameterException")]
    [InlineData(
        """{"ecrRepositoryPrefix":"hub","upstreamRegistryUrl":"registry-1.docker.io","credentialArn":"arn:aws:secretsmanager:us-east-1:123456789012:secret:other/name-of-a-secret"}""", "InvalidParameterException")]
    [InlineData("""{"ecrRepositoryPrefix":"own","upstreamRegistryUrl":"registry.example.com"}""", "UnsupportedUpstreamRegistryException")]
    [InlineData("""{"ecrRepositoryPrefix":"own","upstreamRegistryUrl":"quay.io","upstreamRegistry":"k8s"}""",
        "UnsupportedUpstreamRegistryException")]
    public async Task A_rule_that_ECR_refuses_is_refused(string rule, string code)
    {
        await using TestSandbox sandbox = new();
        Assert.Equal(code, (await sandbox.EcrError("CreatePullThroughCacheRule", JsonNode.Parse(rule)!)).Code);
        Assert.Empty((await sandbox.Ecr("DescribePullThroughCacheRules", new { }))["pullThroughCacheRules"]!.AsArray());
    }

    [Fact]
    public async Task A_registry_outside_is_not_reached_and_the_error_says_what_to_do()
    {
        await using TestSandbox sandbox = new();
        object rule = new { ecrRepositoryPrefix = "quay", upstreamRegistryUrl = "quay.io" };
        await sandbox.Ecr("CreatePullThroughCacheRule", rule);
        Assert.Equal("PullThroughCacheRuleAlreadyExistsException", (await sandbox.EcrError("CreatePullThroughCacheRule", rule)).Code);
        JsonObject verdict = await sandbox.Ecr("ValidatePullThroughCacheRule", new { ecrRepositoryPrefix = "quay" });
        Assert.Contains("--upstream quay.io=", (string)verdict["failure"]!, StringComparison.Ordinal);
        Assert.Equal(404,
            (await new RegistryClient(sandbox, "quay/org/app", await RegistryClient.Login(sandbox))
                .Outcome(HttpMethod.Get, "manifests/v1")).Status);
        await sandbox.Ecr("DeletePullThroughCacheRule", new { ecrRepositoryPrefix = "quay" });
        Assert.Equal("PullThroughCacheRuleNotFoundException",
            (await sandbox.EcrError("DescribePullThroughCacheRules", new { ecrRepositoryPrefixes = new[] { "quay" } })).Code);
    }

    [Fact]
    public async Task A_template_shapes_what_a_push_a_copy_and_a_pull_make_and_the_longest_prefix_wins()
    {
        await using TestSandbox sandbox = new();
        await Template(sandbox, "us-east-1", "team", ["CREATE_ON_PUSH", "PULL_THROUGH_CACHE"], "IMMUTABLE");
        await Template(sandbox, "us-east-1", "team/loose", ["CREATE_ON_PUSH"], "MUTABLE");
        await Template(sandbox, "eu-west-1", "ROOT", ["REPLICATION"], "IMMUTABLE");
        var login = await RegistryClient.Login(sandbox);
        await sandbox.Ecr("PutReplicationConfiguration",
            new { replicationConfiguration = new { rules = new[] { new { destinations = new[] { new { region = "eu-west-1",
                registryId = "123456789012" } } } } } });
        await new RegistryClient(sandbox, "team/pizza", login).PushImage("one", "v1");
        await new RegistryClient(sandbox, "team/loose/pizza", login).PushImage("one", "v1");
        Assert.Equal(404, (await new RegistryClient(sandbox, "other/pizza", login).Outcome(HttpMethod.Post, "blobs/uploads/")).Status);
        Assert.Equal(["MUTABLE", "IMMUTABLE"], await Mutabilities(sandbox, "us-east-1"));   // team/loose/pizza, team/pizza
        Assert.Equal(["IMMUTABLE", "IMMUTABLE"], await Mutabilities(sandbox, "eu-west-1"));
        JsonNode made = (await sandbox.Ecr("DescribeRepositories", new { repositoryNames = new[] { "team/pizza" } }))["repositories"]![0]!;
        Assert.Contains("expire",
            (string)(await sandbox.Ecr("GetLifecyclePolicy", new { repositoryName = "team/pizza" }))["lifecyclePolicyText"]!,
            StringComparison.Ordinal);
        Assert.Equal("pizza",
            (string)(await sandbox.Ecr("ListTagsForResource",
                new { resourceArn = (string)made["repositoryArn"]! }))["tags"]![0]!["Value"]!);

        static async Task<string[]> Mutabilities(TestSandbox sandbox, string region) =>
            [.. (await sandbox.Ecr("DescribeRepositories", new { }, region))["repositories"]!.AsArray()
                .Select(r => (string)r!["imageTagMutability"]!)];
    }

    [Fact]
    public async Task Templates_are_made_changed_listed_and_refused_as_ECR_does()
    {
        await using TestSandbox sandbox = new();
        await Template(sandbox, "us-east-1", "team/", ["REPLICATION"], "MUTABLE");
        Assert.Equal("TemplateAlreadyExistsException",
            (await sandbox.EcrError("CreateRepositoryCreationTemplate", new { prefix = "team",
                appliedFor = new[] { "REPLICATION" } })).Code);
        Assert.Equal("InvalidParameterException",
            (await sandbox.EcrError("CreateRepositoryCreationTemplate", new { prefix = "a", appliedFor = new[] { "LUNCH" } })).Code);
        Assert.Equal("InvalidParameterException",
            (await sandbox.EcrError("CreateRepositoryCreationTemplate", new { prefix = "a", appliedFor = new[] { "REPLICATION" },
                resourceTags = new[] { new { Key = "a", Value = "b" } } })).Code);
        await sandbox.Ecr("UpdateRepositoryCreationTemplate", new { prefix = "team", description = "of the team" });
        JsonNode found =
            Assert.Single((await sandbox.Ecr("DescribeRepositoryCreationTemplates", new { }))["repositoryCreationTemplates"]!.AsArray())!;
        Assert.Equal(("team", "of the team", "REPLICATION"),
            ((string)found["prefix"]!, (string)found["description"]!, (string)found["appliedFor"]![0]!));
        await sandbox.Ecr("DeleteRepositoryCreationTemplate", new { prefix = "team" });
        Assert.Equal("TemplateNotFoundException",
            (await sandbox.EcrError("UpdateRepositoryCreationTemplate", new { prefix = "team" })).Code);
    }

    private static Task<JsonObject> Template(TestSandbox sandbox, string region, string prefix, string[] appliedFor, string mutability) =>
        sandbox.Ecr("CreateRepositoryCreationTemplate", new
    {
        prefix, appliedFor, imageTagMutability = mutability, customRoleArn = "arn:aws:iam::123456789012:role/ecr",
            resourceTags = new[] { new { Key = "team", Value = "pizza" } },
        lifecyclePolicy = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":50},"action":{"type":"expire"}}]}""",
    }, region);

    private static async Task<JsonArray> Images(TestSandbox sandbox, string repository) =>
        (await sandbox.Ecr("DescribeImages", new { repositoryName = repository }))["imageDetails"]!.AsArray();

    private static async Task<Digest> Pull(RegistryClient client, string reference)
    {
        using HttpResponseMessage answer = await client.Send(HttpMethod.Get, $"manifests/{reference}");
        byte[] manifest = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, System.Text.Encoding.UTF8.GetString(manifest));
        foreach (OciDescriptor blob in OciManifest.Parse(manifest).Blobs)
        {
            using HttpResponseMessage got = await client.Send(HttpMethod.Get, $"blobs/{blob.Digest}");
            Assert.Equal(blob.Digest, Digest.Of(await got.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
        }
        return Digest.Of(manifest);
    }

    /// <summary>Saves a tag as an OCI layout, blob by blob.</summary>
    private async Task WriteLayout(RegistryClient client, string tag)
    {
        string blobs = Directory.CreateDirectory(Path.Combine(_folder.FullName, "blobs", "sha256")).FullName;
        byte[] index = await Save($"manifests/{tag}");
        foreach (OciDescriptor child in OciManifest.Parse(index).Manifests)
            foreach (OciDescriptor blob in OciManifest.Parse(await Save($"manifests/{child.Digest}")).Blobs)
                await Save($"blobs/{blob.Digest}");
        JsonObject entry = RegistryClient.Descriptor(MediaTypes.OciIndex, Digest.Of(index), index.Length);
        entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        File.WriteAllText(Path.Combine(_folder.FullName, "index.json"),
            JsonSerializer.Serialize(
                new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JsonArray(entry) }));

        async Task<byte[]> Save(string path)
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, path);
            byte[] content = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            File.WriteAllBytes(Path.Combine(blobs, Digest.Of(content).Hex), content);
            return content;
        }
    }
}

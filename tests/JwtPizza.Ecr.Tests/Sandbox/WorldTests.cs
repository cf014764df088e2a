using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>A world as one document: exported, imported, started with.</summary>
public sealed class WorldTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-world-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string WorldFile => Path.Combine(_folder.FullName, "world.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_exported_is_there_after_an_import_and_can_be_exported_again(bool isKept)
    {
        JsonNode exported;
        string digest;
        await using (TestSandbox first = new())
        {
            digest = await Fill(first);
            exported = await Export(first);
        }
        string? state = isKept ? Path.Combine(_folder.FullName, "kept") : null;
        await using (TestSandbox second = new(new SandboxOptions { StatePath = state }))
        {
            await second.Ecr("CreateRepository", new { repositoryName = "old" });
            JsonNode answer = await Import(second, exported.ToJsonString());
            Assert.Equal(2, (int)answer["repositories"]!);
            JsonNode again = await Export(second);
            exported["now"] = again["now"] = null;
            Assert.Equal(exported.ToJsonString(), again.ToJsonString());
            await Check(second, digest);
        }
        if (!isKept) return;
        await using TestSandbox restarted = new(new SandboxOptions { StatePath = state });
        await Check(restarted, digest);
    }

    [Fact]
    public async Task A_sandbox_starts_with_a_world_and_a_reset_leads_back_to_it()
    {
        string digest;
        DateTimeOffset then;
        await using (TestSandbox first = new(new SandboxOptions { Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) }))
        {
            digest = await Fill(first);
            await File.WriteAllBytesAsync(WorldFile, first.Box.Export(), Stop);
            then = first.Box.Now;
        }
        await using TestSandbox second = new(new SandboxOptions { WorldPath = WorldFile });
        await Check(second, digest);
        Assert.InRange(second.Box.Now - then, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        await second.Ecr("DeleteRepository", new { repositoryName = "pizza", force = true });
        second.Box.Advance(TimeSpan.FromDays(30));
        second.Box.Reset();
        await Check(second, digest);
        Assert.InRange(second.Box.Now - then, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_folder_that_holds_a_sandbox_takes_no_world()
    {
        string state = Path.Combine(_folder.FullName, "kept");
        await using (TestSandbox first = new(new SandboxOptions { StatePath = state }))
            await File.WriteAllBytesAsync(WorldFile, first.Box.Export(), Stop);
        PizzaException refused = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = state, WorldPath = WorldFile }));
        Assert.Equal("StateNotEmpty", refused.ErrorId);
        await using TestSandbox again = new(new SandboxOptions { StatePath = state });   // and lets go of it
        Assert.Equal("InvalidWorld", Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { WorldPath = WorldFile + "x" })).ErrorId);
    }

    [Fact]
    public async Task No_secret_is_in_a_world_and_keys_of_users_still_work()
    {
        await using TestSandbox first = new(new SandboxOptions { Enforce = true });
        await first.Query("CreateUser", "2010-05-08", ("UserName", "cook"));
        System.Xml.Linq.XElement key = (await first.Query("CreateAccessKey", "2010-05-08", ("UserName", "cook"))).Answer;
        string secret = key.Descendants().Single(e => e.Name.LocalName == "SecretAccessKey").Value,
            id = key.Descendants().Single(e => e.Name.LocalName == "AccessKeyId").Value;
        string token = (string)(await first.Ecr("GetAuthorizationToken", new { }))["authorizationData"]![0]!["authorizationToken"]!;
        string world = Encoding.UTF8.GetString(first.Box.Export());
        Assert.DoesNotContain(secret,
            JsonNode.Parse(world)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            StringComparison.Ordinal);
        Assert.DoesNotContain(token, world, StringComparison.Ordinal);
        Assert.DoesNotContain(first.Info.AccessKey, world, StringComparison.Ordinal);
        Assert.Contains(id, world, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "null", "holds nothing" }, { "{}", "format is 0" }, { "part", "a part of it is missing" }, { "[]", "could not be converted" },
        { "nonsense", "invalid" },
        { "format", "format is 2" }, { "account", "123456789012" }, { "layer", "is missing" }, { "bytes", "other bytes" },
        { "policy", "not the world" }, { "twice", "twice" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_document_that_does_not_fit_together_is_refused_and_nothing_changes(string fault, string told)
    {
        await using TestSandbox sandbox = new(new SandboxOptions { StatePath = Path.Combine(_folder.FullName, "kept") });
        string digest = await Fill(sandbox);
        JsonNode world = await Export(sandbox);
        string body = fault;
        switch (fault)
        {
            case "format": world["format"] = 2; break;
            case "account": world["registryId"] = "210987654321"; break;
            case "part": world["accounts"] = null; break;
            case "layer": world["layers"]!.AsObject().Remove(world["layers"]!.AsObject().First().Key); break;
            case "bytes": world["layers"]!.AsObject()[world["layers"]!.AsObject().First().Key] = "AAAA"; break;
            case "policy": world["registries"]![0]!["policy"] = "no policy"; break;
            case "twice": world["repositories"]!.AsArray().Add(world["repositories"]![0]!.DeepClone()); break;
        }
        if (fault is not ("null" or "{}" or "[]" or "nonsense")) body = world.ToJsonString();
        using HttpResponseMessage answer =
            await sandbox.Http.PostAsync("/_sandbox/import", new StringContent(body, Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("InvalidWorld", text, StringComparison.Ordinal);
        Assert.Contains(told, text, StringComparison.OrdinalIgnoreCase);
        await Check(sandbox, digest);
    }

    /// <summary>A bit of everything.</summary>
    private static async Task<string> Fill(TestSandbox sandbox)
    {
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await client.PushImage("one");
        Digest image = await client.PushImage("two", "v2");
        await sandbox.Ecr("CreateRepository", new { repositoryName = "elsewhere" }, "eu-west-1");
        await sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "pizza",
            lifecyclePolicyText = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}""" });
        await sandbox.Ecr("PutAccountSetting", new { name = "BLOB_MOUNTING", value = "ENABLED" });
        Assert.Equal(HttpStatusCode.OK,
            (await sandbox.Query("CreateRole", "2010-05-08", ("RoleName", "mine"),
                ("AssumeRolePolicyDocument", IamBox.ServiceTrust))).Status);
        await sandbox.Json("ecs", "AmazonEC2ContainerServiceV20141113", "CreateCluster", new { clusterName = "oven" });
        sandbox.Box.LearnGitHubRepository(GitHubRepository.Parse("owner/repo") with { OwnerId = 1, RepositoryId = 2 });
        return image.Value;
    }

    private static async Task Check(TestSandbox sandbox, string digest)
    {
        JsonNode image =
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza",
                imageIds = new[] { new { imageTag = "v2" } } }))["imageDetails"]![0]!;
        Assert.Equal(digest, (string)image["imageDigest"]!);
        Assert.Equal(["pizza"],
            (await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray().Select(r => (string)r!["repositoryName"]!));
        Assert.Single((await sandbox.Ecr("DescribeRepositories", new { }, "eu-west-1"))["repositories"]!.AsArray());
        await sandbox.Ecr("GetLifecyclePolicy", new { repositoryName = "pizza" });
        Assert.Equal("ENABLED", (string)(await sandbox.Ecr("GetAccountSetting", new { name = "BLOB_MOUNTING" }))["value"]!);
        foreach (string role in new[] { "mine", "github-ci" })
            Assert.Equal(HttpStatusCode.OK, (await sandbox.Query("GetRole", "2010-05-08", ("RoleName", role))).Status);
        Assert.Equal(2,
            (await sandbox.Json("ecs", "AmazonEC2ContainerServiceV20141113", "ListClusters", new { }))["clusterArns"]!.AsArray().Count);
        using HttpResponseMessage pulled =
            await new RegistryClient(sandbox, "pizza", await RegistryClient.Login(sandbox)).Send(HttpMethod.Get, "manifests/v2");
        JsonNode manifest = JsonNode.Parse(await pulled.Content.ReadAsStringAsync(Stop))!;
        using HttpResponseMessage layer = await new RegistryClient(sandbox, "pizza", await RegistryClient.Login(sandbox))
            .Send(HttpMethod.Get, $"blobs/{manifest["layers"]![0]!["digest"]}");
        Assert.Equal(HttpStatusCode.OK, layer.StatusCode);
    }

    private static async Task<JsonNode> Export(TestSandbox sandbox) =>
        JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/export", Stop))!;

    private static async Task<JsonNode> Import(TestSandbox sandbox, string world)
    {
        using HttpResponseMessage answer =
            await sandbox.Http.PostAsync("/_sandbox/import", new StringContent(world, Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}

using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>ECR Public: a registry of its own beside the private ones.</summary>
public sealed class PublicTests : IAsyncDisposable
{
    private const string Target = "SpencerFrontendService", Alias = "p6789012";
    private readonly TestSandbox _sandbox = new();

    private string Host => $"localhost:{new Uri(_sandbox.Info.EndpointUrl).Port}";

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_push_under_the_uri_is_listed_publicly_and_in_no_private_registry()
    {
        RegistryClient client = await Open();
        Digest image = await client.PushImage("one", "v1");
        await client.PushImage("two");
        JsonArray listed = (await Public("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray();
        Assert.Equal(image.Value, (string)listed[0]!["imageDigest"]!);
        Assert.Equal(["latest", "v1"],
            (await Public("DescribeImageTags", new { repositoryName = "pizza" }))["imageTagDetails"]!.AsArray()
                .Select(t => (string)t!["imageTag"]!));
        Assert.Empty((await _sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
        RegistryClient stranger = new(_sandbox, "pizza", await RegistryClient.Login(_sandbox));
        Assert.Equal("NAME_UNKNOWN", (await stranger.Outcome(HttpMethod.Get, "manifests/latest")).Code);
        JsonObject gone = await Public("BatchDeleteImage", new { repositoryName = "pizza",
            imageIds = new[] { new { imageTag = "v1" }, new { imageTag = "v9" } } });
        Assert.Equal((1, 1), (gone["imageIds"]!.AsArray().Count, gone["failures"]!.AsArray().Count));
        Assert.Equal("RepositoryNotEmptyException", (await Refused("DeleteRepository", new { repositoryName = "pizza" })).Code);
        await Public("DeleteRepository", new { repositoryName = "pizza", force = true });
        Assert.Equal("RepositoryNotFoundException", (await Refused("DescribeImages", new { repositoryName = "pizza" })).Code);
    }

    [Fact]
    public async Task Everybody_pulls_and_only_who_is_logged_in_pushes()
    {
        RegistryClient owner = await Open(), anybody = await Open(null);
        Digest image = await owner.PushImage("one");
        using HttpResponseMessage pulled = await anybody.Send(HttpMethod.Get, "manifests/latest");
        Assert.Equal(image.Value, pulled.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal((403, "DENIED"), Of(await anybody.Outcome(HttpMethod.Post, "blobs/uploads/")));
        RegistryClient withPassword = new(_sandbox, $"{Alias}/pizza", new("Basic", await Token()));
        Assert.Equal((401, "UNAUTHORIZED"), Of(await withPassword.Outcome(HttpMethod.Get, "manifests/latest")));

        static (int, string?) Of((int Status, string? Code, string? Message) outcome) => (outcome.Status, outcome.Code);
    }

    [Fact]
    public async Task The_registry_has_an_alias_and_a_host_of_its_own()
    {
        JsonNode registry = (await Public("DescribeRegistries", new { }))["registries"]![0]!;
        Assert.Equal($"{Host}/{Alias}", (string)registry["registryUri"]!);
        Assert.Equal(Alias, (string)registry["aliases"]![0]!["name"]!);
    }

    [Fact]
    public async Task Docker_keeps_both_logins_and_pulls_from_the_public_registry_without_one()
    {
        using DockerPeer docker = await DockerPeer.Open(_sandbox);
        await Open();
        await _sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        string open = $"{Host}/{Alias}/pizza:v1", closed = $"{_sandbox.Info.RegistryHost}/pizza:v1";
        string password = Encoding.UTF8.GetString(Convert.FromBase64String(await Token())).Split(':', 2)[1];
        await docker.Run("build", "--tag", open, "--tag", closed, docker.Context("hello"));
        try
        {
            await docker.Fail("push", open);
            await docker.Run("login", "--username", "AWS", "--password", password, Host);
            await docker.Run("push", open);
            await docker.Run("push", closed);
            await docker.Run("logout", Host);
            await docker.Run("rmi", open);
            await docker.Run("pull", open);
            Assert.Equal("v1",
                (string)(await Public("DescribeImageTags", new { repositoryName = "pizza" }))["imageTagDetails"]![0]!["imageTag"]!);
        }
        finally { await docker.Run("rmi", open, closed); }
    }

    [Fact]
    public async Task Catalog_data_and_tags_are_kept_and_told()
    {
        JsonNode made =
            (await Public("CreateRepository", new { repositoryName = "pizza",
                tags = new[] { new { Key = "a", Value = "b" } } }))["repository"]!;
        Assert.Equal("arn:aws:ecr-public::123456789012:repository/pizza", (string)made["repositoryArn"]!);
        Assert.Equal("""{"catalogData":{}}""", (await Public("GetRepositoryCatalogData", new { repositoryName = "pizza" })).ToJsonString());
        JsonObject put = await Public("PutRepositoryCatalogData", new { repositoryName = "pizza", catalogData = new { description = "Pizza",
            architectures = new[] { "ARM 64" }, aboutText = "# Pizza" } });
        Assert.Equal(put.ToJsonString(), (await Public("GetRepositoryCatalogData", new { repositoryName = "pizza" })).ToJsonString());
        await Public("TagResource", new { resourceArn = (string)made["repositoryArn"]!, tags = new[] { new { Key = "c", Value = "d" } } });
        await Public("UntagResource", new { resourceArn = (string)made["repositoryArn"]!, tagKeys = new[] { "a" } });
        Assert.Equal("""{"tags":[{"Key":"c","Value":"d"}]}""",
            (await Public("ListTagsForResource", new { resourceArn = (string)made["repositoryArn"]! })).ToJsonString());
    }

    [Theory]
    [InlineData("CreateRepository", """{"repositoryName":"Pizza"}""", "InvalidParameterException")]
    [InlineData("CreateRepository", """{"repositoryName":"pizza","catalogData":{"logoImageBlob":"AAAA"}}""", "InvalidParameterException")]
    [InlineData("PutRepositoryCatalogData", """{"repositoryName":"nowhere","catalogData":{}}""", "RepositoryNotFoundException")]
    [InlineData("SetRepositoryPolicy", """{"repositoryName":"nowhere","policyText":"{}"}""", "RepositoryNotFoundException")]
    public async Task What_ECR_Public_would_refuse_is_refused_by_its_name(string operation, string input, string code) =>
        Assert.Equal(code, (await Refused(operation, JsonNode.Parse(input)!)).Code);

    [Fact]
    public async Task The_registry_has_a_name_and_policies_speak_of_ECR_as_the_documents_do()
    {
        Assert.Equal("""{"registryCatalogData":{}}""", (await Public("GetRegistryCatalogData", new { })).ToJsonString());
        await Public("PutRegistryCatalogData", new { displayName = "Pizza" });
        Assert.Equal("""{"registryCatalogData":{"displayName":"Pizza"}}""",
            (await Public("GetRegistryCatalogData", new { })).ToJsonString());
        await Public("CreateRepository", new { repositoryName = "pizza" });
        await Public("SetRepositoryPolicy", new { repositoryName = "pizza",
            policyText = """{"Version":"2008-10-17","Statement":[{"Sid":"allow public pull","Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage"]}]}""" });
    }

    [Fact]
    public async Task The_token_of_the_API_is_taken_as_a_bearer_token_and_tags_know_their_time()
    {
        await Public("CreateRepository", new { repositoryName = "pizza" });
        string token = (string)(await Public("GetAuthorizationToken", new { }))["authorizationData"]!["authorizationToken"]!;
        RegistryClient client = new(_sandbox, $"p{_sandbox.Info.RegistryId[^7..]}/pizza", new("Bearer", token));
        await client.PushImage("one", "one");
        JsonNode tag = (await Public("DescribeImageTags", new { repositoryName = "pizza" }))["imageTagDetails"]![0]!;
        Assert.InRange((double)tag["createdAt"]!, _sandbox.Info.StartedAt.ToUnixTimeSeconds(), _sandbox.Box.Now.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public async Task It_is_called_in_one_region_only() =>
        Assert.Equal("UnsupportedCommandException",
            (await _sandbox.JsonError("ecr-public", Target, "DescribeRepositories", new { }, "eu-west-1")).Code);

    [Fact]
    public async Task It_is_kept_over_a_restart()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pizza-state-");
        try
        {
            await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = folder.FullName }))
                await sandbox.Json("ecr-public", Target, "CreateRepository", new { repositoryName = "pizza",
                    catalogData = new { description = "Pizza" } });
            await using TestSandbox again = new(new SandboxOptions { StatePath = folder.FullName });
            Assert.Equal("""{"catalogData":{"description":"Pizza"}}""",
                (await again.Json("ecr-public", Target, "GetRepositoryCatalogData", new { repositoryName = "pizza" })).ToJsonString());
        }
        finally { folder.Delete(recursive: true); }
    }

    [Fact]
    public async Task The_AWS_CLI_makes_and_describes()
    {
        var made = await Peer.Aws(_sandbox, "ecr-public", "create-repository", "--repository-name", "pizza", "--catalog-data",
            "description=Pizza", "--region", "us-east-1");
        Assert.Equal("Pizza", made.GetProperty("catalogData").GetProperty("description").GetString());
        var token = await Peer.Aws(_sandbox, "ecr-public", "get-authorization-token", "--region", "us-east-1");
        RegistryClient client = await Open(token.GetProperty("authorizationData").GetProperty("authorizationToken").GetString());
        await client.PushImage("one");
        var images = await Peer.Aws(_sandbox, "ecr-public", "describe-images", "--repository-name", "pizza", "--region", "us-east-1");
        Assert.Equal("latest", Assert.Single(images.GetProperty("imageDetails").EnumerateArray()).GetProperty("imageTags")[0].GetString());
    }

    [Fact]
    public async Task Boto3_pages_through_tags_and_catches_errors_by_name()
    {
        RegistryClient client = await Open();
        for (int i = 0; i < 5; i++) await client.PushImage("one", $"v{i}");
        string output = await Peer.Boto3(_sandbox, """
            import boto3
            ecr = boto3.client('ecr-public')
            print([t['imageTag'] for p in ecr.get_paginator('describe_image_tags').paginate(repositoryName='pizza', PaginationConfig={'PageSize': 2}) for t in p['imageTagDetails']])
            try: ecr.create_repository(repositoryName='pizza')
            except ecr.exceptions.RepositoryAlreadyExistsException: print('exists')
            """);
        Assert.Equal("['v0', 'v1', 'v2', 'v3', 'v4']\nexists\n", output);
    }

    private async Task<RegistryClient> Open()
    {
        JsonNode made = (await Public("CreateRepository", new { repositoryName = "pizza" }))["repository"]!;
        Assert.Equal($"{Host}/{Alias}/pizza", (string)made["repositoryUri"]!);
        return await Open(await Token());
    }

    private Task<RegistryClient> Open(string? login) => RegistryClient.OpenPublic(_sandbox, "pizza", login);

    private async Task<string> Token() =>
        (string)(await Public("GetAuthorizationToken", new { }))["authorizationData"]!["authorizationToken"]!;

    private Task<JsonObject> Public(string operation, object input) => _sandbox.Json("ecr-public", Target, operation, input);

    private Task<(string Code, string Message)> Refused(string operation, object input) =>
        _sandbox.JsonError("ecr-public", Target, operation, input);
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class RegistryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_login_the_registry_asks_for_one()
    {
        await using TestSandbox sandbox = new();
        using HttpResponseMessage answer = await sandbox.Http.GetAsync("/v2/", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.StartsWith("Basic realm=", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = new(sandbox, "pizza", new AuthenticationHeaderValue("Basic", Convert.ToBase64String("AWS:guess"u8)));
        Assert.Equal((401, "UNAUTHORIZED"),
            (await client.Outcome(HttpMethod.Get, "/v2/")) is var (status, code, _) ? (status, code) : default);
    }

    [Fact]
    public async Task A_token_opens_the_registry()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Assert.Equal(200, (await client.Outcome(HttpMethod.Get, "/v2/")).Status);
    }

    [Fact]
    public async Task A_pushed_blob_comes_back_whole_and_in_parts()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest digest = await client.PushBlob("0123456789"u8.ToArray());
        Assert.Equal("0123456789", await Text(await client.Send(HttpMethod.Get, $"blobs/{digest}")));
        foreach ((string range, string part) in ((string, string)[])[("bytes=2-4", "234"), ("bytes=7-", "789"), ("bytes=-2", "89"),
            ("bytes=8-99", "89")])
        {
            using HttpResponseMessage answer =
                await client.Send(HttpMethod.Get, $"blobs/{digest}", more: r => r.Headers.TryAddWithoutValidation("Range", range));
            Assert.Equal((HttpStatusCode.PartialContent, part), (answer.StatusCode, await Text(answer)));
        }
    }

    [Fact]
    public async Task A_range_outside_the_blob_is_refused()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest digest = await client.PushBlob("0123456789"u8.ToArray());
        using HttpResponseMessage answer =
            await client.Send(HttpMethod.Get, $"blobs/{digest}", more: r => r.Headers.TryAddWithoutValidation("Range", "bytes=10-20"));
        Assert.Equal(416, (int)answer.StatusCode);
        Assert.Equal("bytes */10", answer.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task HEAD_tells_size_and_digest_and_sends_nothing()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest digest = await client.PushBlob("0123456789"u8.ToArray());
        using HttpResponseMessage answer = await client.Send(HttpMethod.Head, $"blobs/{digest}");
        Assert.Equal((10L, digest.Value),
            (answer.Content.Headers.ContentLength, answer.Headers.GetValues("Docker-Content-Digest").Single()));
        Assert.Empty(await Text(answer));
    }

    [Fact]
    public async Task Chunks_of_five_MiB_and_a_smaller_last_one_make_one_blob()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        using HttpResponseMessage start = await client.Send(HttpMethod.Post, "blobs/uploads/");
        string upload = start.Headers.Location!.ToString();
        int least = int.Parse(start.Headers.GetValues("OCI-Chunk-Min-Length").Single(), null);
        byte[] content = new byte[least + 3];
        new Random(1).NextBytes(content);
        using HttpResponseMessage part = await client.Send(HttpMethod.Patch, upload, new ByteArrayContent(content[..least]));
        Assert.Equal(HttpStatusCode.Accepted, part.StatusCode);
        using HttpResponseMessage soFar = await client.Send(HttpMethod.Get, upload);
        Assert.Equal($"0-{least - 1}", soFar.Headers.GetValues("Range").Single());
        Assert.Equal(201,
            (await client.Outcome(HttpMethod.Put, $"{upload}?digest={Digest.Of(content)}", new ByteArrayContent(content[least..]))).Status);
        using HttpResponseMessage blob = await client.Send(HttpMethod.Get, $"blobs/{Digest.Of(content)}");
        Assert.Equal(content, await blob.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Chunks_that_are_too_small_are_refused_as_by_the_API_unless_there_is_but_one()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest digest = Digest.Of("0123456"u8);
        Assert.Equal((400, "BLOB_UPLOAD_INVALID", "Layer parts must be at least 5 MiB in size, the last one excepted"),
            await InChunks(client, digest, "0123", "456"));
        Assert.Equal(404, (await client.Outcome(HttpMethod.Head, $"blobs/{digest}")).Status);
        Assert.Equal(201, (await InChunks(client, digest, "0123456")).Status);

        static async Task<(int Status, string? Code, string? Message)> InChunks(
            RegistryClient client, Digest digest, params string[] chunks)
        {
            using HttpResponseMessage start = await client.Send(HttpMethod.Post, "blobs/uploads/");
            string upload = start.Headers.Location!.ToString();
            foreach (string chunk in chunks)
                Assert.Equal(202, (await client.Outcome(HttpMethod.Patch, upload, new StringContent(chunk))).Status);
            return await client.Outcome(HttpMethod.Put, $"{upload}?digest={digest}");
        }
    }

    [Fact]
    public async Task A_last_chunk_out_of_order_is_refused_and_the_upload_goes_on()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        using HttpResponseMessage start = await client.Send(HttpMethod.Post, "blobs/uploads/");
        string upload = start.Headers.Location!.ToString();
        Digest digest = Digest.Of("0123"u8);
        Assert.Equal(416, (await client.Outcome(HttpMethod.Put, $"{upload}?digest={digest}", Chunk("23", "2-3"))).Status);
        Assert.Equal(202, (await client.Outcome(HttpMethod.Patch, upload, Chunk("0123", "0-3"))).Status);
        Assert.Equal(201, (await client.Outcome(HttpMethod.Put, $"{upload}?digest={digest}")).Status);

        static StringContent Chunk(string text, string range)
        {
            StringContent chunk = new(text);
            chunk.Headers.TryAddWithoutValidation("Content-Range", range);
            return chunk;
        }
    }

    [Fact]
    public async Task A_chunk_out_of_order_is_refused_and_told_where_to_go_on()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        using HttpResponseMessage start = await client.Send(HttpMethod.Post, "blobs/uploads/");
        StringContent chunk = new("456");
        chunk.Headers.TryAddWithoutValidation("Content-Range", "4-6");
        using HttpResponseMessage answer = await client.Send(HttpMethod.Patch, start.Headers.Location!.ToString(), chunk);
        Assert.Equal((416, "0-0"), ((int)answer.StatusCode, answer.Headers.GetValues("Range").Single()));
    }

    [Fact]
    public async Task A_wrong_digest_is_refused_and_leaves_nothing()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest wrong = Digest.Of("other"u8);
        Assert.Equal("DIGEST_INVALID",
            (await client.Outcome(HttpMethod.Post, $"blobs/uploads/?digest={wrong}", new StringContent("content"))).Code);
        Assert.Equal(404, (await client.Outcome(HttpMethod.Head, $"blobs/{wrong}")).Status);
        Assert.Equal(404, (await client.Outcome(HttpMethod.Head, $"blobs/{Digest.Of("content"u8)}")).Status);
        Assert.Single(Directory.EnumerateFiles(sandbox.Box.Folder));   // the lock
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        using HttpResponseMessage start = await client.Send(HttpMethod.Post, "blobs/uploads/");
        string upload = start.Headers.Location!.ToString();
        Assert.Equal(204, (await client.Outcome(HttpMethod.Delete, upload)).Status);
        Assert.Equal("BLOB_UPLOAD_UNKNOWN", (await client.Outcome(HttpMethod.Patch, upload, new StringContent("x"))).Code);
    }

    [Fact]
    public async Task A_layer_is_taken_over_from_another_repository_only_when_blob_mounting_is_on()
    {
        await using TestSandbox sandbox = new();
        Digest digest = await (await RegistryClient.Open(sandbox, "source")).PushBlob("shared"u8.ToArray());
        RegistryClient target = await RegistryClient.Open(sandbox, "target");
        Assert.Equal(202, (await target.Outcome(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from=source")).Status);
        await sandbox.Ecr("PutAccountSetting", new { name = "BLOB_MOUNTING", value = "ENABLED" });
        Assert.Equal(202, (await target.Outcome(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from=elsewhere")).Status);
        Assert.Equal(201, (await target.Outcome(HttpMethod.Post, $"blobs/uploads/?mount={digest}&from=source")).Status);
        await sandbox.Ecr("DeleteRepository", new { repositoryName = "source" });
        Assert.Equal("shared", await Text(await target.Send(HttpMethod.Get, $"blobs/{digest}")));
    }

    [Fact]
    public async Task A_manifest_comes_back_byte_for_byte_by_tag_and_by_digest()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "team/pizza");
        byte[] manifest = await client.Image("one");
        Assert.Equal(201, (await client.PutManifest("v1", manifest)).Status);
        foreach (string reference in (string[])["v1", Digest.Of(manifest).Value])
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, $"manifests/{reference}");
            Assert.Equal(manifest, await answer.Content.ReadAsByteArrayAsync(Stop));
            Assert.Equal(MediaTypes.OciManifest, answer.Content.Headers.ContentType!.ToString());
        }
    }

    [Fact]
    public async Task A_push_to_a_repository_that_does_not_exist_fails_as_ECR_fails()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = new(sandbox, "nowhere", await RegistryClient.Login(sandbox));
        Assert.Equal((404, "NAME_UNKNOWN", "The repository with name 'nowhere' does not exist in the registry with id '123456789012'"),
            await client.Outcome(HttpMethod.Post, "blobs/uploads/"));
    }

    [Fact]
    public async Task A_manifest_needs_its_layers_first()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza"), other = await RegistryClient.Open(sandbox, "other");
        byte[] manifest = await other.Image("elsewhere");
        (int status, string? code, string? message) = await client.PutManifest("latest", manifest);
        Assert.Equal((400, "MANIFEST_BLOB_UNKNOWN"), (status, code));
        Assert.Contains(Digest.Of("layer of elsewhere"u8).Value, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_needs_its_images_first()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] index = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray(RegistryClient.Descriptor(MediaTypes.OciManifest, Digest.Of("x"u8), 1)),
        }.ToJsonString());
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", (await client.PutManifest("latest", index, MediaTypes.OciIndex)).Code);
    }

    [Theory]
    [InlineData("not json", MediaTypes.OciManifest, "MANIFEST_INVALID")]
    [InlineData("{}", MediaTypes.OciManifest, "MANIFEST_INVALID")]
    [InlineData("{}", "text/plain", "MANIFEST_INVALID")]
    public async Task A_broken_manifest_is_refused(string manifest, string mediaType, string code)
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Assert.Equal(code, (await client.PutManifest("latest", Encoding.UTF8.GetBytes(manifest), mediaType)).Code);
    }

    [Fact]
    public async Task A_manifest_over_four_MiB_is_refused()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Assert.Equal((413, "SIZE_INVALID"),
            (await client.PutManifest("latest", new byte[(4 * 1024 * 1024) + 1])) is var (status, code, _) ? (status, code) : default);
    }

    [Fact]
    public async Task A_manifest_under_another_digest_is_refused()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Assert.Equal("DIGEST_INVALID", (await client.PutManifest(Digest.Of("x"u8).Value, await client.Image("one"))).Code);
    }

    [Fact]
    public async Task An_immutable_tag_is_kept_in_the_words_of_ECR_and_the_same_image_again_is_no_offence()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza", new { imageTagMutability = "IMMUTABLE" });
        await client.PushImage("one", "v1");
        Assert.Equal(
            (400, "TAG_INVALID",
                "The image tag 'v1' already exists in the 'pizza' repository and cannot be overwritten because the tag is immutable."),
            await client.PutManifest("v1", await client.Image("two")));
        await client.PushImage("one", "v1");
    }

    [Fact]
    public async Task Tags_come_in_pages()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        foreach (string tag in (string[])["b", "c", "a"]) await client.PushImage(tag, tag);
        using HttpResponseMessage first = await client.Send(HttpMethod.Get, "tags/list?n=2");
        Assert.Equal("""{"name":"pizza","tags":["a","b"]}""", await Text(first));
        string next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        using HttpResponseMessage second = await client.Send(HttpMethod.Get, next);
        Assert.Equal("""{"name":"pizza","tags":["c"]}""", await Text(second));
        Assert.False(second.Headers.Contains("Link"));
    }

    [Fact]
    public async Task Referrers_are_found_by_their_subject()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest image = await client.PushImage("one"),
            signature = await client.PushImage("signature", "@", subject: await client.PushImage("one"));
        using HttpResponseMessage answer = await client.Send(HttpMethod.Get, $"referrers/{image}");
        JsonNode index = JsonNode.Parse(await Text(answer))!;
        Assert.Equal(signature.Value, (string)index["manifests"]!.AsArray().Single()!["digest"]!);
    }

    [Fact]
    public async Task Blobs_are_deleted_by_nobody_but_ECR()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        (int status, string? code, _) = await client.Outcome(HttpMethod.Delete, $"blobs/{await client.PushBlob([1])}");
        Assert.Equal((405, "UNSUPPORTED"), (status, code));
    }

    [Fact]
    public async Task Manifests_are_deleted_by_tag_and_by_digest_as_BatchDeleteImage_does()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        foreach (string tag in (string[])["a", "b", "c"]) await client.PutManifest(tag, manifest);
        Assert.Equal(202, (await client.Outcome(HttpMethod.Delete, "manifests/a")).Status);
        Assert.Equal("""["b","c"]""",
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]![0]!["imageTags"]!.ToJsonString());
        Assert.Equal(202, (await client.Outcome(HttpMethod.Delete, $"manifests/{Digest.Of(manifest)}")).Status);
        Assert.Empty((await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]!.AsArray());
        Assert.Equal((404, "MANIFEST_UNKNOWN"),
            (await client.Outcome(HttpMethod.Delete, "manifests/a")) is var (status, code, _) ? (status, code) : default);
        Digest child = await client.PushImage("child");
        await client.PushIndex("all", child);
        (int refused, string? why, string? message) = await client.Outcome(HttpMethod.Delete, $"manifests/{child}");
        Assert.Equal((403, "DENIED"), (refused, why));
        Assert.Contains("referenced by manifest list", message, StringComparison.Ordinal);
        Assert.Equal(["DeleteManifest"], sandbox.Box.CallsOf(["Delete*"]).Select(c => c.Operation).Distinct());
    }

    [Fact]
    public async Task A_client_that_knows_one_form_of_manifests_alone_gets_an_image_in_it_by_tag()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] oci = await client.Image("one");
        await client.PutManifest("oci", oci);
        (byte[] docker, string? type, string? digest) = await Get("oci", MediaTypes.DockerManifest);
        Assert.Equal((MediaTypes.DockerManifest, Digest.Of(docker).Value), (type, digest));
        OciManifest converted = OciManifest.Parse(docker, type);
        Assert.Equal((MediaTypes.DockerConfig, "application/vnd.docker.image.rootfs.diff.tar.gzip"),
            (converted.Config!.MediaType, converted.Layers[0].MediaType));
        Assert.Equal(OciManifest.Parse(oci).Blobs.Select(b => b.Digest), converted.Blobs.Select(b => b.Digest));
        Assert.Equal(oci, (await Get("oci", MediaTypes.DockerManifest, MediaTypes.OciManifest)).Content);
        Assert.Equal(oci, (await Get("oci")).Content);
        await client.PutManifest("docker", docker, MediaTypes.DockerManifest);
        Assert.Equal(MediaTypes.OciManifest, (await Get("docker", MediaTypes.OciManifest)).Type);
        Assert.Equal(404,
            (await client.Send(HttpMethod.Get, $"manifests/{Digest.Of(oci)}", null,
                r => r.Headers.Add("Accept", MediaTypes.DockerManifest))) is var byDigest ? (int)byDigest.StatusCode : 0);

        async Task<(byte[] Content, string? Type, string? Digest)> Get(string tag, params string[] accept)
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, $"manifests/{tag}", null, r =>
            {
                foreach (string type in accept) r.Headers.TryAddWithoutValidation("Accept", type);
            });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
                answer.Content.Headers.ContentType?.MediaType, answer.Headers.GetValues("Docker-Content-Digest").Single());
        }
    }

    [Theory]
    [InlineData("/v2/../../etc/passwd/blobs/uploads/")]
    [InlineData("/v2/pizza/../../x/manifests/latest")]
    [InlineData("/v2/%2e%2e/%2e%2e/manifests/latest")]
    [InlineData("/v2/pizza/blobs/..%2f..%2fetc%2fpasswd")]
    [InlineData("/v2/pizza/blobs/sha256:..%2f..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/v2/pizza/manifests/..")]
    [InlineData("/v2/pizza/blobs/uploads/..%2fx")]
    [InlineData("/_layers/..%2f..%2fetc%2fpasswd")]
    public async Task Tricks_with_paths_lead_nowhere(string path)
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        string answer = await Raw.Get(sandbox, path, await RegistryClient.Login(sandbox));
        Assert.Matches(@"\AHTTP/1\.1 40[0-9]", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(sandbox.Box.Folder));
    }

    [Fact]
    public async Task Each_region_has_its_own_repositories_and_the_token_says_which()
    {
        await using TestSandbox sandbox = new();
        RegistryClient here = await RegistryClient.Open(sandbox, "pizza"),
            there = await RegistryClient.Open(sandbox, "pizza", region: "eu-west-1");
        await there.PushImage("one");
        Assert.Equal(200, (await there.Outcome(HttpMethod.Head, "manifests/latest")).Status);
        Assert.Equal(404, (await here.Outcome(HttpMethod.Head, "manifests/latest")).Status);
        Assert.Single((await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }, "eu-west-1"))["imageDetails"]!.AsArray());
    }

    [Fact]
    public async Task The_layers_leave_the_disk_when_the_sandbox_stops()
    {
        TestSandbox sandbox = new();
        string folder = sandbox.Box.Folder;
        await (await RegistryClient.Open(sandbox, "pizza")).PushImage("one");
        Assert.Equal(3, Directory.EnumerateFiles(folder).Count());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        await sandbox.DisposeAsync();
        Assert.False(Directory.Exists(folder));
    }

    private static async Task<string> Text(HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync(Stop);
}

using System.Net;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>ECR's own upload operations, which no program of the course uses and boto3 scripts do.</summary>
public sealed class EcrLayerTests
{
    private static readonly byte[] s_first = [.. Enumerable.Repeat((byte)'a', 5 * 1024 * 1024)], s_last = "the end"u8.ToArray();

    [Fact]
    public async Task Parts_make_a_layer()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        string upload = await Begin(sandbox);
        Assert.Equal(s_first.Length - 1, (long)(await Part(sandbox, upload, 0, s_first))["lastByteReceived"]!);
        await Part(sandbox, upload, s_first.Length, s_last);
        Digest digest = Digest.Of([.. s_first, .. s_last]);
        JsonObject done = await sandbox.Ecr("CompleteLayerUpload", new { repositoryName = "pizza", uploadId = upload,
            layerDigests = new[] { digest.Value } });
        Assert.Equal(digest.Value, (string)done["layerDigest"]!);
        JsonNode layer = (await Check(sandbox, digest.Value))["layers"]![0]!;
        Assert.Equal(("AVAILABLE", s_first.Length + s_last.Length), ((string)layer["layerAvailability"]!, (int)layer["layerSize"]!));
    }

    [Fact]
    public async Task A_part_out_of_order_says_where_to_go_on()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        string upload = await Begin(sandbox);
        await Part(sandbox, upload, 0, s_last);
        (HttpStatusCode status, JsonObject error) = await sandbox.Send("UploadLayerPart", PartInput(upload, 100, s_last), "us-east-1");
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidLayerPartException"), (status, (string)error["__type"]!));
        Assert.Equal(s_last.Length - 1, (long)error["lastValidByteReceived"]!);
    }

    [Fact]
    public async Task Each_way_to_end_an_upload_wrongly_has_its_error()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        Assert.Equal("EmptyUploadException", await Ending(sandbox, [], Digest.Of(s_last)));
        Assert.Equal("LayerPartTooSmallException", await Ending(sandbox, [s_last, s_last], Digest.Of([.. s_last, .. s_last])));
        Assert.Equal("InvalidLayerException", await Ending(sandbox, [s_last], Digest.Of("x"u8)));
        Assert.Null(await Ending(sandbox, [s_last], Digest.Of(s_last)));
        Assert.Equal("LayerAlreadyExistsException", await Ending(sandbox, [s_last], Digest.Of(s_last)));
        Assert.Equal("UploadNotFoundException",
            (await sandbox.EcrError("UploadLayerPart", PartInput(Guid.NewGuid().ToString(), 0, s_last))).Code);
    }

    [Fact]
    public async Task What_is_not_there_is_unavailable_and_nonsense_a_failure()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        JsonObject answer = await Check(sandbox, Digest.Of("x"u8).Value, "nonsense", "");
        Assert.Equal("UNAVAILABLE", (string)answer["layers"]!.AsArray().Single()!["layerAvailability"]!);
        Assert.Equal(["InvalidLayerDigest", "MissingLayerDigest"], answer["failures"]!.AsArray().Select(f => (string)f!["failureCode"]!));
    }

    [Fact]
    public async Task A_download_link_needs_no_login_and_ends_after_an_hour()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await client.PushImage("one");
        Digest layer = Digest.Of("layer of one"u8);
        string url =
            (string)(await sandbox.Ecr("GetDownloadUrlForLayer", new { repositoryName = "pizza",
                layerDigest = layer.Value }))["downloadUrl"]!;
        Assert.Equal("layer of one", await sandbox.Http.GetStringAsync(url, TestContext.Current.CancellationToken));
        sandbox.Box.Advance(TimeSpan.FromHours(1));
        using HttpResponseMessage late = await sandbox.Http.GetAsync(url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    [Fact]
    public async Task A_layer_without_an_image_cannot_be_downloaded()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest digest = await client.PushBlob(s_last);
        Assert.Equal("LayerInaccessibleException",
            (await sandbox.EcrError("GetDownloadUrlForLayer", new { repositoryName = "pizza", layerDigest = digest.Value })).Code);
        Assert.Equal("LayersNotFoundException",
            (await sandbox.EcrError("GetDownloadUrlForLayer", new { repositoryName = "pizza",
                layerDigest = Digest.Of("x"u8).Value })).Code);
    }

    /// <summary>The error that the end of an upload of these parts meets; null when none.</summary>
    private static async Task<string?> Ending(TestSandbox sandbox, byte[][] parts, Digest digest)
    {
        string upload = await Begin(sandbox);
        long at = 0;
        foreach (byte[] part in parts)
        {
            await Part(sandbox, upload, at, part);
            at += part.Length;
        }
        (_, JsonObject answer) = await sandbox.Send("CompleteLayerUpload", new { repositoryName = "pizza", uploadId = upload,
            layerDigests = new[] { digest.Value } }, "us-east-1");
        return (string?)answer["__type"];
    }

    private static async Task<string> Begin(TestSandbox sandbox) =>
        (string)(await sandbox.Ecr("InitiateLayerUpload", new { repositoryName = "pizza" }))["uploadId"]!;

    private static Task<JsonObject> Part(TestSandbox sandbox, string upload, long first, byte[] part) =>
        sandbox.Ecr("UploadLayerPart", PartInput(upload, first, part));

    private static object PartInput(string upload, long first, byte[] part) =>
        new { repositoryName = "pizza", uploadId = upload, partFirstByte = first, partLastByte = first + part.Length - 1,
            layerPartBlob = Convert.ToBase64String(part) };

    private static Task<JsonObject> Check(TestSandbox sandbox, params string[] digests) =>
        sandbox.Ecr("BatchCheckLayerAvailability", new { repositoryName = "pizza", layerDigests = digests });
}

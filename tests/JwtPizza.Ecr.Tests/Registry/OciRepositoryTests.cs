using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Registry;

public sealed class OciRepositoryTests
{
    private static readonly Answer s_opened =
        Reply(202) with { Headers = new Dictionary<string, string> { ["Location"] = "/v2/team/pizza/blobs/uploads/1?_state=x" } };
    private int _logins;

    [Fact]
    public async Task A_blob_goes_up_in_one_piece_with_the_login()
    {
        await using ScriptedServer server = new((r, _) => r.Method == "POST" ? s_opened : Reply(201));
        await PutAsync(server, "hello");
        Assert.Equal(["POST", "PUT"], server.Requests.Select(r => r.Method));
        Assert.Equal($"/v2/team/pizza/blobs/uploads/1?_state=x&digest={Uri.EscapeDataString(Digest.Of("hello"u8).Value)}",
            server.Requests[1].Target);
        Assert.Equal("hello", server.Requests[1].Text);
        Assert.All(server.Requests, r => Assert.Equal("Basic " + Convert.ToBase64String("AWS:secret1"u8), r.Headers["Authorization"]));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task An_upload_that_fails_in_passing_starts_again(int status)
    {
        await using ScriptedServer server = new((r, i) => r.Method == "POST" ? s_opened : i < 4 ? Reply(status) : Reply(201));
        long sent = await PutAsync(server, "hello");
        Assert.Equal(["POST", "PUT", "POST", "PUT", "POST", "PUT"], server.Requests.Select(r => r.Method));
        Assert.Equal("hello", server.Requests[^1].Text);
        Assert.Equal(5, sent);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_is_opened_again()
    {
        await using ScriptedServer server = new((r, i) => i == 1 ? Answer.Drop : r.Method == "POST" ? s_opened : Reply(201));
        Assert.Equal(5, await PutAsync(server, "hello"));
    }

    [Fact]
    public async Task What_fails_every_time_ends_with_an_error_that_says_so()
    {
        await using ScriptedServer server = new(Answer.Drop);
        OciRepository client = Client(server);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => client.HasBlobAsync(Digest.Of("x"u8), Sessions.Soon));
        Assert.Equal("RegistryUnreachable", e.ErrorId);
        Assert.Equal(PizzaErrorKind.Unavailable, e.Kind);
        Assert.InRange(server.Requests.Count, 3, 12);   // three tries of ours, of which HttpClient makes up to four each
    }

    [Theory]
    [InlineData(401, "")]
    [InlineData(403, """{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}""")]
    public async Task A_login_that_ran_out_in_the_middle_is_renewed_once(int status, string body)
    {
        await using ScriptedServer server = new((r, i) => i == 1 ? Reply(status, body) : r.Method == "POST" ? s_opened : Reply(201));
        Assert.Equal(5, await PutAsync(server, "hello"));
        Assert.Equal("Basic " + Convert.ToBase64String("AWS:secret2"u8), server.Requests[^1].Headers["Authorization"]);
    }

    [Fact]
    public async Task A_login_that_is_refused_again_is_an_error_without_the_password()
    {
        await using ScriptedServer server = new(Reply(401));
        OciRepository client = Client(server);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => client.HasBlobAsync(Digest.Of("x"u8), Sessions.Soon));
        Assert.Equal("RegistryLoginRefused", e.ErrorId);
        Assert.Equal(2, server.Requests.Count);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "DENIED", "User: x is not authorized to perform: ecr:PutImage on resource: y", "AccessDeniedException")]
    [InlineData(403, null, null, "PushDenied")]
    [InlineData(404, "NAME_UNKNOWN", "The repository with name 'team/pizza' does not exist in the registry with id '1'",
        "RepositoryNotFoundException")]
    [InlineData(400, "TAG_INVALID",
        "The image tag 'v1' already exists in the 'team/pizza' repository and cannot be overwritten because the tag is immutable.",
        "ImageTagAlreadyExistsException")]
    [InlineData(400, null, null, "RegistryMismatch")]
    [InlineData(400, "MANIFEST_INVALID", "no", "RegistryRefused")]
    public async Task Each_refusal_has_its_id_and_the_registrys_words(int status, string? code, string? message, string id)
    {
        await using ScriptedServer server =
            new(Reply(status, code is null ? "" : $$"""{"errors":[{"code":"{{code}}","message":"{{message}}"}]}"""));
        OciRepository client = Client(server);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                client.PutManifestAsync("v1", "{}"u8.ToArray(), MediaTypes.OciManifest, Sessions.Soon));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(message?.TrimEnd('.') ?? $"HTTP {status}", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task The_password_goes_to_no_other_host()
    {
        await using ScriptedServer storage = new(Reply(201));
        await using ScriptedServer server =
            new(Reply(202) with { Headers = new Dictionary<string, string> { ["Location"] = storage.Url + "/upload?right=1" } });
        await PutAsync(server, "hello");
        ScriptedRequest put = Assert.Single(storage.Requests);
        Assert.False(put.Headers.ContainsKey("Authorization"));
        Assert.Equal("hello", put.Text);
    }

    [Fact]
    public async Task An_answer_that_is_not_of_the_protocol_is_no_success()
    {
        await using ScriptedServer server =
            new(Reply(307) with { Headers = new Dictionary<string, string> { ["Location"] = "/elsewhere" } });
        OciRepository client = Client(server);
        Assert.Equal("InvalidResponse",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                client.PutManifestAsync("v1", "{}"u8.ToArray(), MediaTypes.OciManifest, Sessions.Soon))).ErrorId);
        Assert.Equal("InvalidResponse",
            (await Assert.ThrowsAsync<PizzaException>(() => client.GetManifestAsync("v1", Sessions.Soon))).ErrorId);
    }

    [Fact]
    public async Task Cancelling_ends_a_hanging_call_at_once()
    {
        await using ScriptedServer server = new(Answer.Hang);
        OciRepository client = Client(server);
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.HasBlobAsync(Digest.Of("x"u8), cancel.Token).WaitAsync(Hang.Limit, Sessions.Soon));
    }

    private async Task<long> PutAsync(ScriptedServer server, string content)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "before" + content + "after", Sessions.Soon);
            OciRepository client = Client(server);
            long sent = 0;
            FileSlice slice = new(file, 6, content.Length);
            OciDescriptor blob = new("layer", Digest.Of(Encoding.UTF8.GetBytes(content)), content.Length);
            await client.PutBlobAsync(new(blob, (from, _) => Task.FromResult(slice.Open(from)), () => slice.Damaged(blob.Digest)),
                n => sent += n, null, Sessions.Soon);
            return sent;
        }
        finally { File.Delete(file); }
    }

    private OciRepository Client(ScriptedServer server) =>
        new(new Uri(server.Url).Authority, "team/pizza",
            _ => Task.FromResult<RegistryLogin?>(new("AWS", $"secret{++_logins}", DateTimeOffset.MaxValue, server.Url)))
    {
        IsOfAws = true,
        Retry = new(3, TimeSpan.FromMilliseconds(1)),
    };

    private static Answer Reply(int status, string body = "") => new(status, body);
}

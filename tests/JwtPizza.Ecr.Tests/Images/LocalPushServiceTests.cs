using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Docker;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>A push of docker's own image, with a program of ours in docker's place and ECR in memory.</summary>
public sealed class LocalPushServiceTests : IDisposable
{
    // Counts its pushes, keeps the arguments and the login of each, and says what the test left for it.
    private const string Script = """
        echo "$@" >> "$here/calls"
        echo "$DOCKER_CONFIG" > "$here/folder"
        case "$1" in
          image) cat "$here/inspect" 2>/dev/null || { echo "Error: No such image: $4" >&2; exit 1; };;
          push)
            n=$(cat "$here/pushes" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "$here/pushes"
            cp "$DOCKER_CONFIG/config.json" "$here/config.$n"
            if [ -f "$here/errors.$n" ]; then cat "$here/errors.$n" >&2; exit 1; fi
            [ -f "$here/hang" ] && { echo ready > "$here/hanging"; sleep 600; }
            echo "The push refers to repository [x]"; echo "abc: Pushed"; cat "$here/digest";;
        esac
        """;

    private readonly FakeDocker _docker = new(Script);
    private readonly FakeRegistry _ecr = new();

    public void Dispose()
    {
        Assert.False(_docker.Has("folder") && Directory.Exists(_docker.Read("folder").Trim()), "the private folder is still there");
        _docker.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_tag_is_set_and_pushed_and_the_image_read_back()
    {
        string digest = Local("v1");
        _ecr.Put("latest", "app");
        PublishedImage image = await PushAsync("v1", "latest");
        // the registry had this very image under both tags before the push
        Assert.Equal((digest, FakeRegistry.Uri + ":v1", ChangeStatus.Unchanged, true),
            (image.ImageDigest, image.ImageUri, image.Status, image.IsVerified));
        Assert.Equal(["v1", "latest"], image.ImageTags);
        Assert.Contains($"tag -- app:1 {FakeRegistry.Uri}:latest\npush -- {FakeRegistry.Uri}:latest\n", _docker.Read("calls"),
            StringComparison.Ordinal);
        Assert.DoesNotContain("password", _docker.Read("calls"), StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("AWS:password-1"u8), _docker.Read("config.1"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tag_that_has_the_same_image_is_left_alone()
    {
        (_, string config) = _ecr.Put("v1", "app");
        Inspect(config);
        PublishedImage image = await PushAsync("v1");
        Assert.Equal(ChangeStatus.Unchanged, image.Status);
        Assert.False(_docker.Has("pushes"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_immutable_tag_with_another_image_is_refused_before_the_push()
    {
        _ecr.Target = _ecr.Target with { Mutability = new("IMMUTABLE", []) };
        _ecr.Put("v1", "other");
        Inspect(Digest.Of("app"u8).Value);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => PushAsync("v0", "v1"));
        Assert.Equal("ImageTagAlreadyExistsException", e.ErrorId);
        Assert.False(_docker.Has("pushes"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_login_is_renewed_once()
    {
        Local("v1");
        _docker.Write("errors.1", "denied: Your authorization token has expired. Reauthenticate and try again.\n");
        await PushAsync("v1");
        Assert.Contains(Convert.ToBase64String("AWS:password-2"u8), _docker.Read("config.2"), StringComparison.Ordinal);
        _docker.Write("errors.3", "denied: Your authorization token has expired. Reauthenticate and try again.\n");
        _docker.Write("errors.4", "denied: Your authorization token has expired. Reauthenticate and try again.\n");
        Assert.Equal("RegistryLoginRefused", (await Assert.ThrowsAsync<PizzaException>(() => PushAsync("v1"))).ErrorId);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("denied: User: x is not authorized to perform: ecr:PutImage on resource: y\n", "AccessDeniedException")]
    [InlineData("name unknown: The repository with name 'x' does not exist in the registry with id '1'\n", "RepositoryNotFoundException")]
    [InlineData("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
        "DockerDaemonUnreachable")]
    [InlineData("received unexpected HTTP status: 500 Internal Server Error\n", "RegistryUnavailable")]
    public async Task What_docker_refuses_is_told_in_our_words(string words, string id)
    {
        Local("v1");
        _docker.Write("errors.1", words);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => PushAsync("v1"));
        Assert.Equal(id, e.ErrorId);
        Assert.DoesNotContain("password", e.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_image_that_docker_does_not_have_is_named()
    {
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => PushAsync("v1"));
        Assert.Equal("LocalImageNotFound", e.ErrorId);
        Assert.Contains("'app:1'", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_kills_docker_and_takes_the_login_away()
    {
        Local("v1");
        _docker.Write("hang", "");
        using CancellationTokenSource cancel = new();
        Task<PublishedImage> pushing = PushAsync(cancel.Token, "v1");
        await _docker.WaitForAsync("hanging");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pushing.WaitAsync(Hang.Limit, Sessions.Soon));
    }

    // ECR in memory gets nothing from this docker, so it has from the beginning what the push would bring.
    private string Local(string tag)
    {
        (string digest, _) = _ecr.Put(tag, "app");
        Inspect("sha256:" + new string('0', 64));   // an id that tells nothing, so that it is pushed
        _docker.Write("digest", $"{tag}: digest: {digest} size: 528\n");
        return digest;
    }

    private void Inspect(string id) => _docker.Write("inspect", $$"""[{"Id":"{{id}}","Os":"linux","Architecture":"arm64"}]""");

    private Task<PublishedImage> PushAsync(params string[] tags) => PushAsync(Sessions.Soon, tags);

    private Task<PublishedImage> PushAsync(CancellationToken cancellationToken, params string[] tags) =>
        new LocalPushService(_ecr, _docker.Docker, new()).PushAsync("app:1", tags, cancellationToken);
}

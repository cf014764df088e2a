using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Docker;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>A publish with a program of ours in docker's place, and ECR in memory.</summary>
public sealed class PublishServiceTests : IDisposable
{
    // Keeps its arguments, the login and the environment; leaves the digest of a file; ends as the test wants, the first time and after
    // that.
    private const string Script = """
        n=$(cat "$here/runs" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "$here/runs"
        for a in "$@"; do echo "$a"; done > "$here/arguments.$n"
        env > "$here/environment.$n"
        cp "$DOCKER_CONFIG/config.json" "$here/config.$n"
        echo "$DOCKER_CONFIG" > "$here/folder"
        [ "$1" = image ] && { cat "$here/inspect" 2>/dev/null; exit $?; }
        while [ $# -gt 0 ]; do [ "$1" = --metadata-file ] && m=$2; shift; done
        if [ -f "$here/errors.$n" ]; then cat "$here/errors.$n" >&2; exit 1; fi
        [ -f "$here/hang" ] && { echo ready > "$here/hanging"; sleep 600; }
        cp "$here/metadata" "$m"
        """;

    private readonly FakeDocker _docker = new(Script);
    private readonly FakeRegistry _ecr = new();
    private readonly List<string> _verbose = [], _warnings = [];
    private readonly Dictionary<string, string?> _variables;

    public PublishServiceTests()
    {
        _variables = new() { ["DOCKER_CONFIG"] = Path.Combine(_docker.Folder, "user") };
        _docker.Write("src/Dockerfile", "FROM scratch\n");
    }

    public void Dispose()
    {
        Assert.False(_docker.Has("folder") && Directory.Exists(_docker.Read("folder").Trim()), "the private folder is still there");
        _docker.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_push_is_verified_and_described()
    {
        (string digest, _) = Built("v1");
        PublishedImage image = await Publish("v1");
        Assert.Equal((FakeRegistry.RepositoryName, FakeRegistry.Uri, FakeRegistry.Uri + ":v1", digest),
            (image.RepositoryName, image.RepositoryUri, image.ImageUri, image.ImageDigest));
        // the registry had this very image under this tag before the push
        Assert.Equal((1234, "us-east-1", "123456789012", ChangeStatus.Unchanged, true),
            (image.ImageSizeInBytes, image.Region, image.RegistryId, image.Status, image.IsVerified));
        Assert.Equal(["v1"], image.ImageTags);
        Assert.Equal(["linux/arm64"], image.Platform);
        Assert.True(image.DurationSeconds > 0);
        Assert.Contains("--push", Arguments(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_password_is_in_the_private_settings_and_nowhere_else()
    {
        Built("v1");
        await Publish("v1");
        Assert.Equal(Convert.ToBase64String("AWS:password-1"u8),
            JsonNode.Parse(_docker.Read("config.1"))!["auths"]![FakeRegistry.Host]!["auth"]!.GetValue<string>());
        string seen = string.Join('\n', [_docker.Read("arguments.1"), _docker.Read("environment.1"), .. _verbose, .. _warnings]);
        Assert.DoesNotContain("password-1", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("AWS:password-1"u8), seen, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_login_is_tried_once_more_with_a_new_token()
    {
        Built("v1");
        _docker.Write("errors.1", PushError("unauthorized: authentication required"));
        await Publish("v1");
        Assert.Equal(2, _ecr.Logins);
        Assert.Equal(Convert.ToBase64String("AWS:password-2"u8),
            JsonNode.Parse(_docker.Read("config.2"))!["auths"]![FakeRegistry.Host]!["auth"]!.GetValue<string>());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_login_that_is_refused_twice_is_an_error()
    {
        _docker.Write("errors.1", PushError("unauthorized"));
        _docker.Write("errors.2", PushError("unauthorized"));
        PizzaException e = await Refused("v1");
        Assert.Equal(("RegistryLoginRefused", PizzaErrorKind.Authentication), (e.ErrorId, e.Kind));
        Assert.False(_docker.Has("arguments.3"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bare_403_with_a_token_that_has_run_out_is_tried_once_more()
    {
        Built("v1");
        _ecr.ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1);
        _docker.Write("errors.1",
            PushError("failed to push x: unexpected status from PUT request to http://h/v2/p/manifests/e: 403 Forbidden"));
        await Publish("v1");
        Assert.Equal(2, _ecr.Logins);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bare_400_on_an_immutable_tag_that_is_taken_by_now_names_the_tag()
    {
        Immutable();
        _docker.Write("errors.1",
            PushError("failed to push x: unexpected status from PUT request to http://h/v2/p/manifests/e: 400 Bad Request"));
        PizzaException e = await Refused("v1", () => _ecr.Put("v1", "another"));
        Assert.Equal("ImageTagAlreadyExistsException", e.ErrorId);
        Assert.Contains("'v1'", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_push_of_the_same_tag_by_an_older_buildx_is_no_failure()
    {
        Immutable();
        string digest = "";
        _docker.Write("errors.1", "placeholder");
        PublishedImage image = await Publish(["v1"], () =>
        {
            digest = _ecr.Put("v1", "mine").Digest;
            _docker.Write("errors.1", $$"""
                {"vertexes":[{"digest":"e","name":"exporting to image","started":"2026-11-21T20:46:02Z"}]}
                {"statuses":[{"id":"pushing manifest for {{FakeRegistry.Uri}}:v1@{{digest}}","vertex":"e","timestamp":"2026-11-21T20:46:02Z","completed":"2026-11-21T20:46:03Z"}]}
                {"vertexes":[{"digest":"p","name":"pushing {{FakeRegistry.Uri}}:v1 with docker","started":"2026-11-21T20:46:02Z","completed":"2026-11-21T20:46:03Z","error":"unexpected status 400 Bad Request"}]}
                ERROR: failed to push: 400 Bad Request
                """);
        });
        Assert.Equal((digest, true), (image.ImageDigest, image.IsVerified));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_immutable_tag_that_holds_the_same_image_is_a_success_without_a_push()
    {
        (string digest, string config) = _ecr.Put("v1", "same");
        Immutable();
        // the classic store, unpushed: only the configuration's digest
        _docker.Write("metadata", $$"""{"containerimage.digest":"{{config}}"}""");
        PublishedImage image = await Publish("v1");
        Assert.Equal((digest, ChangeStatus.Unchanged, true), (image.ImageDigest, image.Status, image.IsVerified));
        Assert.DoesNotContain("--push", Arguments(1));
        Assert.False(_docker.Has("arguments.2"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_immutable_tag_that_holds_another_image_is_an_error_and_nothing_is_pushed()
    {
        _ecr.Put("v1", "theirs");
        Immutable();
        _docker.Write("metadata", $$"""{"containerimage.digest":"sha256:{{new string('a', 64)}}"}""");
        PizzaException e = await Refused("v1", tags: ["latest", "v1"]);
        Assert.Equal(("ImageTagAlreadyExistsException", PizzaErrorKind.InvalidOperation), (e.ErrorId, e.Kind));
        Assert.DoesNotContain("--push", Arguments(1));
        Assert.False(_docker.Has("arguments.2"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Beside_an_immutable_tag_that_holds_the_image_only_the_others_are_pushed()
    {
        (string digest, string config) = _ecr.Put("v1", "same");
        _ecr.Put("latest", "same");
        _ecr.Target = _ecr.Target with { Mutability = new("IMMUTABLE_WITH_EXCLUSION", ["latest"]) };
        _docker.Write("metadata", $$"""{"containerimage.digest":"{{digest}}","containerimage.config.digest":"{{config}}"}""");
        PublishedImage image = await Publish(["latest", "v1"]);
        Assert.Equal([FakeRegistry.Uri + ":latest"], Arguments(2).SkipWhile(a => a != "--tag").Skip(1).Take(1));
        Assert.DoesNotContain(FakeRegistry.Uri + ":v1", Arguments(2));
        Assert.Equal(["latest", "v1"], image.ImageTags);
    }

    [Fact(Timeout = 30_000)]
    public async Task When_one_of_several_tags_fails_the_error_says_which_got_there()
    {
        _ecr.Put("a", "old");
        _ecr.Put("b", "old");
        _docker.Write("errors.1", $$"""
            {"vertexes":[{"digest":"1","name":"pushing {{FakeRegistry.Uri}}:a with docker","started":"2026-11-21T20:46:02Z","completed":"2026-11-21T20:46:03Z"}]}
            {{PushError("toomanyrequests: Rate exceeded")}}
            """);
        PizzaException e = await Refused("a", tags: ["a", "b", "c"]);
        Assert.Equal("ThrottlingException", e.ErrorId);
        Assert.Contains("these tags were pushed: a. These were not: b, c.", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_the_right_to_read_images_the_push_counts_and_is_said_to_be_unverified()
    {
        (string digest, _) = Built("v1");
        _ecr.MayFindImages = false;
        PublishedImage image = await Publish("v1");
        Assert.Equal((digest, false, null), (image.ImageDigest, image.IsVerified, image.ImageSizeInBytes));
        Assert.Contains(_warnings,
            w => w.Contains("not verified", StringComparison.Ordinal) && w.Contains("ecr:BatchGetImage", StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("linux/arm64", true)]
    [InlineData(null, false)]
    public async Task Without_the_right_to_read_layers_docker_tells_the_platform(string? inspected, bool verified)
    {
        Built("v1");
        _ecr.MayReadPlatform = false;
        if (inspected is not null) _docker.Write("inspect", inspected + "\n");
        PublishedImage image = await Publish("v1");
        Assert.Equal((verified, 1234), (image.IsVerified, image.ImageSizeInBytes));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_image_for_another_platform_than_asked_is_an_error()
    {
        Built("v1", "linux/amd64");
        PizzaException e = await Refused("v1");
        Assert.Equal("PlatformMismatch", e.ErrorId);
        Assert.Contains("linux/amd64", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tag_that_leads_elsewhere_after_the_push_is_an_error()
    {
        _docker.Write("metadata", $$"""{"containerimage.digest":"sha256:{{new string('b', 64)}}"}""");
        PizzaException missing = await Refused("v1");
        (string other, _) = _ecr.Put("v1", "another");
        PizzaException moved = await Refused("v1");
        Assert.Equal(("DigestMismatch", "DigestMismatch"), (missing.ErrorId, moved.ErrorId));
        Assert.Contains("no such tag", missing.Message, StringComparison.Ordinal);
        Assert.Contains(other, moved.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Several_platforms_are_read_from_the_index_and_the_largest_counts()
    {
        (string arm, _) = _ecr.Put("x", "arm");
        (string amd, _) = _ecr.Put("y", "amd", "linux/amd64");
        _ecr.Tags.Clear();
        string index = _ecr.PutManifest("v1", $$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[
              {"mediaType":"{{MediaTypes.DockerManifest}}","size":1,"digest":"{{arm}}","platform":{"os":"linux","architecture":"arm64"} },
              {"mediaType":"{{MediaTypes.DockerManifest}}","size":1,"digest":"{{amd}}","platform":{"os":"linux","architecture":"amd64"} }]}
            """, MediaTypes.OciIndex);
        _docker.Write("metadata", $$"""{"containerimage.digest":"{{index}}"}""");
        PublishedImage image = await Publish(["v1"], platforms: ["linux/arm64", "linux/amd64"]);
        Assert.Equal(["linux/arm64", "linux/amd64"], image.Platform);
        Assert.Equal((1234, true), (image.ImageSizeInBytes, image.IsVerified));
        Assert.Equal("PlatformMismatch", (await Refused("v1", platforms: ["linux/arm64", "linux/s390x"])).ErrorId);
    }

    [Fact(Timeout = 30_000)]
    public async Task In_GitHub_Actions_the_outputs_of_the_step_are_appended()
    {
        (string digest, _) = Built("v1");
        (_variables["GITHUB_ACTIONS"], _variables["GITHUB_OUTPUT"]) = ("true", _docker.Write("output", "before=1\n"));
        await Publish("v1");
        Assert.Equal($"before=1\nimage={FakeRegistry.Uri}:v1\ndigest={digest}\n", _docker.Read("output").ReplaceLineEndings("\n"));
        _variables["GITHUB_ACTIONS"] = null;
        await Publish("v1");
        Assert.Equal(3, _docker.Read("output").ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("nowhere", null, "BuildDirectoryNotFound")]
    [InlineData("src/Dockerfile", null, "BuildDirectoryNotFound")]
    [InlineData("empty", null, "DockerfileNotFound")]
    [InlineData("src", "Other", "DockerfileNotFound")]
    public async Task What_is_not_there_is_said_before_docker_or_ECR_are_asked(string directory, string? file, string id)
    {
        Directory.CreateDirectory(Path.Combine(_docker.Folder, "empty"));
        PizzaException e =
            await Refused("v1",
                build: b => b with
                {
                    Directory = Path.Combine(_docker.Folder, directory),
                    File = file is null ? null : Path.Combine(_docker.Folder, "src", file),
                });
        Assert.Equal((id, PizzaErrorKind.NotFound, 0, false), (e.ErrorId, e.Kind, _ecr.Logins, _docker.Has("runs")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("id=npm,src=no-such-file")]
    [InlineData("id=npm,env=PIZZA_TEST_NO_SUCH_VARIABLE")]
    public async Task A_secret_that_is_not_there_is_said_before_docker_or_ECR_are_asked(string secret)
    {
        PizzaException e = await Refused("v1", build: b => b with { Secrets = [BuildSecret.Parse(secret)] });
        Assert.Equal(("BuildSecretNotFound", 0, false), (e.ErrorId, _ecr.Logins, _docker.Has("runs")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FROM --platform=linux/amd64 alpine\n", true)]
    [InlineData("from --platform=linux/amd64 alpine AS x\nCOPY a b\n", true)]
    [InlineData("FROM --platform=linux/amd64 golang AS build\nFROM alpine\n", false)]
    [InlineData("FROM --platform=$BUILDPLATFORM alpine\n", false)]
    [InlineData("FROM --platform=linux/arm64/v8 alpine\n", false)]
    [InlineData("# FROM --platform=linux/amd64 alpine\nFROM scratch\n", false)]
    public async Task A_Dockerfile_that_insists_on_another_platform_is_warned_of(string dockerfile, bool warned)
    {
        Built("v1");
        _docker.Write("src/Dockerfile", dockerfile);
        await Publish("v1");
        Assert.Equal(warned, _warnings.Any(w => w.Contains("'--platform=linux/amd64'", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_over_the_network_without_TLS_is_warned_of()
    {
        Built("v1");
        _variables["DOCKER_HOST"] = "tcp://build.example:2375";
        await Publish("v1");
        Assert.Contains(_warnings, w => w.Contains("tcp://build.example:2375", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_docker_at_once_and_deletes_the_folder()
    {
        _docker.Write("hang", "");
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<PublishedImage> running = Service().PublishAsync(Request(["v1"]), cancel.Token);
        await _docker.WaitForAsync("hanging");
        Assert.True(Directory.Exists(_docker.Read("folder").Trim()));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists(_docker.Read("folder").Trim()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_program_that_ends_well_without_a_digest_is_not_believed()
    {
        _docker.Write("metadata", "{}");
        Assert.Equal("DockerMetadataMissing", (await Refused("v1")).ErrorId);
    }

    private (string Digest, string Config) Built(string tag, string platform = "linux/arm64")
    {
        (string digest, string config) = _ecr.Put(tag, "built", platform);
        _docker.Write("metadata", $$"""{"containerimage.config.digest":"{{config}}","containerimage.digest":"{{digest}}"}""");
        return (digest, config);
    }

    private void Immutable() => _ecr.Target = _ecr.Target with { Mutability = new("IMMUTABLE", []) };

    private string[] Arguments(int run) => _docker.Read($"arguments.{run}").Split('\n');

    private static string PushError(string words) => $$"""
        {"vertexes":[{"digest":"p","name":"pushing {{FakeRegistry.Uri}}:x with docker","started":"2026-11-21T20:46:02Z","completed":"2026-11-21T20:46:03Z","error":"{{words}}"}]}
        ERROR: {{words}}
        """;

    private PublishService Service() =>
        new(_ecr, _docker.Docker, new() { Verbose = _verbose.Add, Warning = _warnings.Add }, _variables.GetValueOrDefault);

    private PublishRequest Request(string[] tags, string[]? platforms = null) => new()
    {
        Repository = ImageReference.Parse(FakeRegistry.RepositoryName), Tags = [.. tags.Select(ImageTag.Parse)],
        Build = new()
        {
            Directory = Path.Combine(_docker.Folder, "src"), Platforms = [.. (platforms ?? ["linux/arm64"]).Select(Platform.Parse)],
        },
    };

    private Task<PublishedImage> Publish(string tag) => Publish([tag]);

    // What is to happen once the checks before the build are over: the second look at ECR sees it.
    private async Task<PublishedImage> Publish(
        string[] tags, Action? afterChecks = null, string[]? platforms = null, Func<BuildRequest, BuildRequest>? build = null)
    {
        PublishRequest request = Request(tags, platforms);
        if (build is not null) request = request with { Build = build(request.Build) };
        Task<PublishedImage> running =
            new PublishService(afterChecks is null ? _ecr : new Later(_ecr, afterChecks), _docker.Docker,
                new() { Verbose = _verbose.Add, Warning = _warnings.Add }, _variables.GetValueOrDefault)
            .PublishAsync(request, TestContext.Current.CancellationToken);
        return await running;
    }

    private Task<PizzaException> Refused(string tag, Action? afterChecks = null, string[]? tags = null, string[]? platforms = null,
        Func<BuildRequest, BuildRequest>? build = null) =>
        Assert.ThrowsAsync<PizzaException>(() => Publish(tags ?? [tag], afterChecks, platforms, build));

    /// <summary>Lets something happen between the checks and docker's run: after the first look at the images.</summary>
    private sealed class Later(FakeRegistry ecr, Action happening) : FakeRegistry
    {
        private Action? _happening = happening;

        public override Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) => ecr.LocateAsync(cancellationToken);

        public override Task<Services.Aws.RegistryLogin?> LoginAsync(CancellationToken cancellationToken) =>
            ecr.LoginAsync(cancellationToken);

        public override Task<string?> PlatformAsync(OciDescriptor? config, CancellationToken cancellationToken) =>
            ecr.PlatformAsync(config, cancellationToken);

        public override async Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
            IReadOnlyCollection<string> references, CancellationToken cancellationToken)
        {
            IReadOnlyDictionary<string, StoredManifest> found = await ecr.FindAsync(references, cancellationToken);
            Interlocked.Exchange(ref _happening, null)?.Invoke();
            return found;
        }
    }
}

using System.Globalization;
using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Programs;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>The docker of this machine builds for arm64 and pushes into the sandbox.</summary>
public sealed class PublishPeerTests : IAsyncLifetime
{
    private static readonly Lazy<Task<string?>> s_missing = new(MissingAsync);
    private static readonly string s_busybox =
        Environment.GetEnvironmentVariable("BUSYBOX_ARM64") ?? "/var/cache/jwtpizza-ecr/busybox-arm64";

    private readonly string _folder = Directory.CreateTempSubdirectory("pizza-test-").FullName;
    private readonly List<string> _verbose = [], _warnings = [];
    private TestSandbox _sandbox = null!;
    private AwsSession _aws = null!;
    private Repository _repository = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string? missing = await s_missing.Value;
        Assert.SkipWhen(missing is not null, missing ?? "");
        _sandbox = new();
        _aws = AwsSession.Open(
            new()
            {
                EndpointUrl = _sandbox.Box.Info.EndpointUrl, Region = "us-east-1", AccessKey = _sandbox.Box.Info.AccessKey,
                SecretKey = _sandbox.Box.Info.SecretKey,
            });
        _repository = await _aws.Ecr.CreateRepositoryAsync("pizza/service", new(), Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "menu.json"), $$"""{"id":"{{Guid.NewGuid()}}"}""", Token);
        Dockerfile("FROM scratch\nCOPY menu.json /\n");
    }

    public async ValueTask DisposeAsync()
    {
        _aws?.Dispose();
        if (_sandbox is not null)
        {
            await ForgetAsync($"reference={_sandbox.Box.Info.RegistryHost}/*/*");
            await _sandbox.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_image_for_arm64_arrives_with_all_its_tags()
    {
        PublishedImage image = await PublishAsync("latest", "v1");
        ImageBatch there = await _aws.Ecr.BatchGetImageAsync("pizza/service", [new() { ImageTag = "latest" }, new() { ImageTag = "v1" }],
            MediaTypes.Manifests, Token);
        Assert.Equal([image.ImageDigest, image.ImageDigest], there.Images.Select(i => i.ImageId.ImageDigest));
        Assert.Equal(image.ImageDigest, Digest.Of(Encoding.UTF8.GetBytes(there.Images[0].Manifest)).Value);
        Assert.Equal((_repository.RepositoryUri + ":latest", true, ChangeStatus.Created), (image.ImageUri, image.IsVerified, image.Status));
        Assert.Equal(["linux/arm64"], image.Platform);
        Assert.InRange(image.ImageSizeInBytes!.Value, 100, 10_000);
        Assert.False(OciManifest.Parse(Encoding.UTF8.GetBytes(there.Images[0].Manifest)).IsIndex);   // no unknown/unknown child
    }

    [Fact(Timeout = 120_000)]
    public async Task An_immutable_tag_with_the_same_image_is_a_success_and_with_another_an_error()
    {
        await _aws.Ecr.PutImageTagMutabilityAsync("pizza/service", "IMMUTABLE", [], Token);
        PublishedImage first = await PublishAsync("v1"), again = await PublishAsync("v1");
        Assert.Equal((first.ImageDigest, ChangeStatus.Unchanged), (again.ImageDigest, again.Status));
        PublishedImage both = await PublishAsync("v1", "v1.0");
        Assert.Equal((first.ImageDigest, ChangeStatus.Changed), (both.ImageDigest, both.Status));
        await File.WriteAllTextAsync(Path.Combine(_folder, "menu.json"), "changed", Token);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => PublishAsync("v2", "v1"));
        Assert.Equal("ImageTagAlreadyExistsException", e.ErrorId);
        Assert.Empty((await _aws.Ecr.BatchGetImageAsync("pizza/service", [new() { ImageTag = "v2" }], MediaTypes.Manifests, Token)).Images);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_platforms_make_one_image_or_an_error_that_says_what_it_takes()
    {
        PublishRequest request = Request("pizza/service", "both");
        request =
            request with { Build = request.Build with { Platforms = [Platform.Parse("linux/arm64"), Platform.Parse("linux/amd64")] } };
        try
        {
            PublishedImage image = await PublishAsync(request);
            Assert.Equal(["linux/amd64", "linux/arm64"], image.Platform.Order());
            Assert.InRange(image.ImageSizeInBytes!.Value, 100, 10_000);
        }
        catch (PizzaException e)
        {
            Assert.Equal("BuilderNotCapable", e.ErrorId);
            Assert.Contains("containerd image store", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_missing_repository_and_a_host_of_another_registry_are_told_before_the_build()
    {
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => PublishAsync(Request("nobody", "v1")))).ErrorId);
        Assert.Equal("RegistryMismatch",
            (await Assert.ThrowsAsync<PizzaException>(() => PublishAsync(Request("127.0.0.1:1/pizza/service", "v1")))).ErrorId);
        Assert.DoesNotContain(_verbose, v => v.Contains("load build definition", StringComparison.Ordinal));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("FROM scratch\nCOPPY a b\n", "DockerfileInvalid")]
    [InlineData("FROM scratch\nCOPY nothing /\n", "BuildFileNotFound")]
    [InlineData("FROM 127.0.0.1:1/base\nCOPY menu.json /\n", "BaseImageUnreachable")]
    [InlineData("", "DockerfileInvalid")]
    public async Task What_docker_refuses_is_told_in_our_words(string dockerfile, string id)
    {
        Dockerfile(dockerfile);
        Assert.Equal(id, (await Assert.ThrowsAsync<PizzaException>(() => PublishAsync("v1"))).ErrorId);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_base_image_that_our_registry_does_not_have_is_no_trouble_of_the_push()
    {
        Dockerfile($"FROM {_repository.RepositoryUri}:base\nCOPY menu.json /\n");
        Assert.Equal("BaseImageNotFound", (await Assert.ThrowsAsync<PizzaException>(() => PublishAsync("v1"))).ErrorId);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_base_image_in_our_own_registry_is_fetched_with_the_same_login()
    {
        await PublishAsync("base");
        Dockerfile($"FROM {_repository.RepositoryUri}:base\nLABEL a=b\n");
        Assert.True((await PublishAsync("v1")).IsVerified);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failing_step_shows_its_last_lines()
    {
        WithBusybox("RUN [\"/busybox\", \"sh\", \"-c\", \"echo before; echo the reason >&2; exit 42\"]\n");
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => PublishAsync("v1"));
        Assert.SkipWhen(e.ErrorId == "EmulationMissing", "arm64 programs do not run on this machine");
        Assert.Equal("BuildStepFailed", e.ErrorId);
        Assert.Contains("the reason", e.Message, StringComparison.Ordinal);
        Assert.Contains("exit code: 42", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancelling_in_a_step_returns_at_once_and_leaves_no_process_and_no_folder()
    {
        WithBusybox($"RUN [\"/busybox\", \"sh\", \"-c\", \"echo started {Guid.NewGuid()}; exec /busybox sleep 3600\"]\n");
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task running =
            new PublishService(Ecr("pizza/service"),
                new() { Verbose = line => { if (line.StartsWith("    started", StringComparison.Ordinal))
            started.TrySetResult(); } })
            .PublishAsync(Request(_repository.RepositoryUri, "v1"), cancel.Token);
        await Task.WhenAny(started.Task, running).WaitAsync(Token);
        if (running.IsFaulted) Assert.Skip("arm64 programs do not run on this machine");
        string[] folders = OurProcesses().Select(p => p.Config).Distinct().ToArray();
        Assert.NotEmpty(folders);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        // the kernel takes a moment to bury the killed
        Assert.True(SpinWait.SpinUntil(() => !OurProcesses().Any(p => folders.Contains(p.Config)), Hang.Limit), "a process is left");
        Assert.All(folders, f => Assert.False(Directory.Exists(f)));
    }

    [Fact(Timeout = 120_000)]
    public async Task No_process_has_the_password_in_its_arguments_or_environment_while_it_is_pushed()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "there is no /proc here");
        await File.WriteAllBytesAsync(Path.Combine(_folder, "menu.json"),
            System.Security.Cryptography.RandomNumberGenerator.GetBytes(4 << 20), Token);
        RecordingRegistry ecr = new(Ecr("pizza/service"));
        Task<PublishedImage> running =
            new PublishService(ecr, new DockerProgram(), new() { Verbose = Heard }, Environment.GetEnvironmentVariable)
                .PublishAsync(Request("pizza/service", "v1"), Token);
        int scans = 0;
        while (!running.IsCompleted)
        {
            if (ecr.Secrets.Count == 0) { await Task.Yield(); continue; }
            scans++;
            foreach (string text in Directory.EnumerateDirectories("/proc")
                .Where(d => int.TryParse(Path.GetFileName(d), out int id) && id != Environment.ProcessId)
                .SelectMany(d => new[] { Read(d + "/cmdline"), Read(d + "/environ") }))
                Assert.DoesNotContain(ecr.Secrets, secret => text.Contains(secret, StringComparison.Ordinal));
        }
        await running;
        Assert.True(scans >= 3, $"only {scans} looks were had");
        Assert.DoesNotContain(_verbose, v => ecr.Secrets.Any(s => v.Contains(s, StringComparison.Ordinal)));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_users_own_settings_are_as_they_were()
    {
        string file =
            Path.Combine(
                Environment.GetEnvironmentVariable("DOCKER_CONFIG")
                    ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"), "config.json");
        string? before = File.Exists(file) ? await File.ReadAllTextAsync(file, Token) : null;
        await PublishAsync("v1");
        Assert.Equal(before, File.Exists(file) ? await File.ReadAllTextAsync(file, Token) : null);
    }

    private Task<PublishedImage> PublishAsync(params string[] tags) => PublishAsync(Request(_repository.RepositoryUri, tags));

    private Task<PublishedImage> PublishAsync(PublishRequest request) =>
        new PublishService(new EcrRepository(_aws, request.Repository, null), new() { Verbose = Heard, Warning = _warnings.Add })
            .PublishAsync(request, Token);

    private void Heard(string line)
    {
        lock (_verbose) _verbose.Add(line);
    }

    private PublishRequest Request(string repository, params string[] tags) => new()
    {
        Repository = ImageReference.Parse(repository), Tags = [.. tags.Select(ImageTag.Parse)], Build = new() { Directory = _folder },
    };

    private void Dockerfile(string text) => File.WriteAllText(Path.Combine(_folder, "Dockerfile"), text);

    private void WithBusybox(string steps)
    {
        Assert.SkipUnless(File.Exists(s_busybox), $"there is no static arm64 busybox at {s_busybox} (BUSYBOX_ARM64)");
        File.Copy(s_busybox, Path.Combine(_folder, "busybox"));
        Dockerfile("FROM scratch\nCOPY busybox /busybox\n" + steps);
    }

    // docker and its children, by the folder that their environment names.
    // docker and what it started for this test's folder; others may be publishing on the same machine.
    private IEnumerable<(int Id, string Config)> OurProcesses() => Directory.EnumerateDirectories("/proc")
        .Where(d => int.TryParse(Path.GetFileName(d), out _) && Read(d + "/cmdline").Contains(_folder, StringComparison.Ordinal))
        .Select(d =>
            (Id: int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture),
                Config: Read(d + "/environ").Split('\0').FirstOrDefault(v => v.StartsWith("DOCKER_CONFIG=", StringComparison.Ordinal))
                    ?["DOCKER_CONFIG=".Length..]))
        .Where(p => p.Config?.Contains("jwtpizza-", StringComparison.Ordinal) == true).Select(p => (p.Id, p.Config!));

    // docker keeps a copy of what it pushed.
    private static async Task ForgetAsync(string filter)
    {
        ProgramExit images = await new DockerProgram()
            .RunAsync(new(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", filter]), CancellationToken.None);
        string[] names = images.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length > 0) await new DockerProgram().RunAsync(new(["image", "rm", .. names]), CancellationToken.None);
    }

    private static string Read(string file)
    {
        try { return File.ReadAllText(file); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
    }

    private static async Task<string?> MissingAsync()
    {
        try
        {
            ProgramExit engine =
                await new DockerProgram().RunAsync(new(["version", "--format", "{{.Server.Version}}"]), CancellationToken.None);
            return engine.Code == 0 ? null : "no docker engine answers";
        }
        catch (PizzaException e) { return e.Message; }
    }

    private EcrRepository Ecr(string repository) => new(_aws, ImageReference.Parse(repository), null);

    /// <summary>Remembers the passwords that went through it.</summary>
    private sealed class RecordingRegistry(ImageRepository ecr) : FakeRegistry
    {
        public IReadOnlyList<string> Secrets { get; private set; } = [];

        public override async Task<RegistryLogin?> LoginAsync(CancellationToken cancellationToken)
        {
            RegistryLogin? login = await ecr.LoginAsync(cancellationToken);
            Secrets = [login!.Password, Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:{login.Password}"))];
            return login;
        }

        public override Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) => ecr.LocateAsync(cancellationToken);

        public override Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
            IReadOnlyCollection<string> references, CancellationToken cancellationToken) => ecr.FindAsync(references, cancellationToken);

        public override Task<string?> PlatformAsync(OciDescriptor? config, CancellationToken cancellationToken) =>
            ecr.PlatformAsync(config, cancellationToken);
    }
}

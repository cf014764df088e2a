using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Tests.Docker;

public sealed class BuilderTests : IDisposable
{
    private const string Engine = """
        Name:          default
        Driver:        docker
        Last Activity: 2026-11-21 23:28:19 +0000 UTC

        Nodes:
        Name:             default
        Endpoint:         default
        Status:           running
        BuildKit version: v0.8+unknown
        Platforms:        linux/amd64, linux/386
        Labels:
         org.mobyproject.buildkit.worker.moby.host-gateway-ip: 172.17.0.1
        GC Policy rule#0:
         All:           false
        """;

    private const string Two = """
        Name:          two
        Driver:        remote
        Last Activity: 2026-11-22 00:58:20 +0000 UTC

        Nodes:
        Name:      two0
        Endpoint:  tcp://amd:1234
        Status:    running
        Buildkit:  v0.12.5
        Platforms: linux/amd64, linux/amd64/v2, linux/arm64, linux/386

        Name:      two1
        Endpoint:  tcp://arm:1234
        Status:    running
        Platforms: linux/arm64*, linux/arm/v7

        Name:      two2
        Endpoint:  tcp://gone:1234
        Error:     failed to dial: connection refused
        """;

    private const string Inactive =
        "Name: pizza\nDriver: docker-container\n\nNodes:\nName: pizza0\nEndpoint: unix:///var/run/docker.sock\nStatus: inactive\n";

    private readonly DirectoryInfo _binfmt = Directory.CreateTempSubdirectory("pizza-binfmt-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _binfmt.Delete(recursive: true);

    [Fact]
    public void What_inspect_prints_is_read_with_every_node()
    {
        PizzaBuilder builder = BuildxInspection.Parse(Two);
        Assert.Equal(("two", "remote", 3), (builder.Builder, builder.Driver, builder.Nodes.Length));
        Assert.Equal(("two0", "tcp://amd:1234", "running", "v0.12.5"),
            (builder.Nodes[0].Name, builder.Nodes[0].Endpoint, builder.Nodes[0].Status, builder.Nodes[0].BuildKitVersion));
        Assert.Equal(["linux/arm64", "linux/arm/v7"], builder.Nodes[1].Platform);
        Assert.Equal("linux/arm64", Assert.Single(builder.Nodes[1].FixedPlatform));
        Assert.Equal("failed to dial: connection refused", builder.Nodes[2].Error);
        Assert.Equal("v0.8+unknown", Assert.Single(BuildxInspection.Parse(Engine).Nodes).BuildKitVersion);
    }

    [Fact]
    public void An_engine_that_does_not_answer_is_an_error_though_buildx_calls_it_none()
    {
        PizzaException e =
            Assert.Throws<PizzaException>(() => BuildxInspection.Parse("Name:   default\nDriver: \nError: " +
                " Cannot connect to the Docker daemon at unix:///nonexistent. Is the docker daemon running?\n"));
        Assert.Equal("DockerDaemonUnreachable", e.ErrorId);
        Assert.Contains("unix:///nonexistent", e.Message, StringComparison.Ordinal);
        Assert.Equal("DockerMetadataMissing", Assert.Throws<PizzaException>(() => BuildxInspection.Parse("something else")).ErrorId);
    }

    [Theory]
    [InlineData(Engine, "linux/amd64", PlatformSupport.Native)]
    [InlineData(Engine, "linux/386", PlatformSupport.Native)]
    [InlineData(Engine, "linux/arm64", PlatformSupport.CopyOnly)]
    [InlineData(Two, "linux/arm64", PlatformSupport.Native)]
    [InlineData(Two, "linux/amd64", PlatformSupport.Native)]
    [InlineData(Two, "linux/arm/v7", PlatformSupport.Native)]
    [InlineData(Two, "linux/s390x", PlatformSupport.CopyOnly)]
    [InlineData(Inactive, "linux/arm64", PlatformSupport.Unknown)]
    public void Each_platform_is_judged_by_the_best_node(string printed, string platform, PlatformSupport support)
    {
        PizzaBuilder judged = Judge(printed, platform);
        Assert.Equal(support, judged.Platform[platform]);
        Assert.Equal(support == PlatformSupport.CopyOnly, judged.Missing.Any(m => m.Contains(platform, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("enabled\ninterpreter /usr/bin/qemu-aarch64\nflags: F\n", PlatformSupport.Emulated)]
    [InlineData("disabled\ninterpreter /usr/bin/qemu-aarch64\n", PlatformSupport.CopyOnly)]
    public void An_emulator_that_came_after_the_engine_started_counts_when_the_kernel_uses_it(string entry, PlatformSupport support)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has binfmt_misc.");
        File.WriteAllText(Path.Combine(_binfmt.FullName, "qemu-aarch64"), entry);
        PizzaBuilder judged = Judge(Engine, "linux/arm64");
        Assert.Equal((support, support == PlatformSupport.Emulated), (judged.Platform["linux/arm64"], judged.IsReady));
    }

    [Fact]
    public void What_is_missing_is_said_with_the_next_step()
    {
        PizzaBuilder engine = BuilderAssessment.Of(BuildxInspection.Parse(Engine),
            [Platform.Parse("linux/amd64"), Platform.Parse("linux/arm64")], new(_binfmt.FullName), severalAtOnce: false);
        Assert.Collection(engine.Missing, m => Assert.Contains("-Create -Node", m, StringComparison.Ordinal),
            m => Assert.Contains("Initialize-PizzaBuilder pizza -Create", m, StringComparison.Ordinal));
        Assert.Contains("two2", Assert.Single(Judge(Two, "linux/arm64").Missing), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_builder_of_several_nodes_is_made_with_one_command_for_each_and_then_used()
    {
        using FakeDocker fake =
            new("""case "$2" in inspect) test -n "$3" && { echo "ERROR: no builder \"$3\" found" >&2; exit 1; }; printf 'Name: default\nDriver: docker\n';; esac""");
        BuilderRequest request = new()
        {
            Builder = "pizza", Use = true,
            Nodes = [new() { Endpoint = "default" },
                new()
                {
                    Endpoint = "ssh://arm", Name = "arm", Platform = [Platform.Parse("linux/arm64")],
                    Option = new Dictionary<string, string> { ["memory"] = "2g" },
                }],
        };
        Assert.Equal(
        [
            "buildx create --name pizza --driver docker-container default",
            "buildx create --name pizza --driver docker-container --append --node arm --platform linux/arm64 --driver-opt memory=2g " +
            "ssh://arm",
            "buildx use pizza",
        ], (await new BuilderService(fake.Docker, new(_binfmt.FullName)).PlanAsync(request, Token)).Select(c => string.Join(' ', c)));
    }

    [Fact]
    public async Task What_a_builder_has_already_is_not_made_again()
    {
        using FakeDocker fake = new($"""
            case "$1 $2" in
            "buildx inspect") printf '%s' '{Inactive}';;
            "context inspect") echo unix:///var/run/docker.sock;;
            esac
            """);
        BuilderService builders = new(fake.Docker, new(_binfmt.FullName));
        Assert.Empty(await builders.PlanAsync(new() { Builder = "pizza", Use = true }, Token));
        Assert.Empty(
            await builders.PlanAsync(new() { Builder = "pizza", Nodes = [new() { Endpoint = "default" }, new() { Name = "pizza0" }] },
                Token));
        Assert.Equal("--append",
            Assert.Single(await builders.PlanAsync(new() { Builder = "pizza", Nodes = [new() { Endpoint = "ssh://arm" }] }, Token))[6]);
        Assert.Equal("BuilderDiffers",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                builders.PlanAsync(new() { Builder = "pizza", Driver = "remote" }, Token))).ErrorId);
    }

    [Theory]
    [InlineData("unknown command: docker buildx", "BuildxMissing")]
    [InlineData(
        "ERROR: failed to initialize builder x (x0): Cannot connect to the Docker daemon at tcp://h:1. Is the docker daemon running?",
        "DockerDaemonUnreachable")]
    [InlineData("ERROR: cannot determine Kubernetes namespace", "BuilderNotCreated")]
    public async Task A_failure_says_what_docker_said(string said, string id)
    {
        using FakeDocker fake = new($"echo '{said}' >&2; exit 1");
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                new BuilderService(fake.Docker, new(_binfmt.FullName)).RunAsync(["buildx", "create", "--name", "x"], Token));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_is_an_endpoint_or_a_table()
    {
        Assert.Equal("ssh://arm", BuilderNodeRequest.Parse("ssh://arm").Endpoint);
        BuilderNodeRequest node =
            BuilderNodeRequest.Parse(
                new System.Collections.Hashtable
                {
                    ["name"] = "arm", ["PLATFORM"] = new object[] { "linux/arm64", "linux/arm/v7" },
                    ["Option"] = new System.Collections.Hashtable { ["namespace"] = "buildkit" },
                });
        Assert.Equal((null, "arm", 2, "buildkit"), (node.Endpoint, node.Name, node.Platform.Count, node.Option["namespace"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--driver-opt")]
    [InlineData("a b")]
    public void What_docker_would_take_for_something_else_is_no_node(string text) =>
        Assert.Equal("InvalidBuilderNode", Assert.Throws<PizzaException>(() => BuilderNodeRequest.Parse(text)).ErrorId);

    private PizzaBuilder Judge(string printed, string platform) =>
        BuilderAssessment.Of(BuildxInspection.Parse(printed), [Platform.Parse(platform)], new(_binfmt.FullName), severalAtOnce: true);
}

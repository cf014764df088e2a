using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class DistServiceTests : IDisposable
{
    private readonly Project _project = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _project.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_distribution_is_what_the_course_copies_and_the_values_of_production()
    {
        PizzaDist dist =
            await Make(new() { ["src/config.js"] = [("root", "admin"), ("tempdbpassword", "s3cret"), ("127.0.0.1", "db.example.com")] });
        Assert.Equal([".dockerignore", "Dockerfile", "config.js", "index.js", "package.json", "routes/order.js"], _project.Files());
        Assert.Equal("module.exports = { host: 'db.example.com', user: 'admin', password: 's3cret' };\n", _project.Read("dist/config.js"));
        Assert.Equal(Project.Config, _project.Read("src/config.js"));
        Assert.Equal((_project.Dist, 5), (dist.Path, dist.Files));
        Assert.Equal(_project.Files().Where(f => f != ".dockerignore").Sum(f => new FileInfo(_project.File($"dist/{f}")).Length),
            dist.SizeInBytes);
        Assert.Equal(["src/config.js: root (1)", "src/config.js: tempdbpassword (1)", "src/config.js: 127.0.0.1 (1)"],
            dist.Replaced.Select(r => r.ToString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Others_cannot_look_into_it_and_its_files_keep_their_modes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(_project.File("src/config.js"), mode);
        File.SetUnixFileMode(_project.File("src/index.js"), mode);
        await Make(new() { ["src/config.js"] = [("root", "admin")] });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_project.Dist));
        Assert.Equal((mode, mode),
            (File.GetUnixFileMode(_project.File("dist/config.js")), File.GetUnixFileMode(_project.File("dist/index.js"))));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_distribution_replaces_the_first_and_forgets_what_is_gone()
    {
        await Make();
        File.Delete(_project.File("src/index.js"));
        _project.Write("src/new.js", "");
        await Make();
        Assert.Equal([".dockerignore", "Dockerfile", "config.js", "new.js", "package.json", "routes/order.js"], _project.Files());
        Assert.Equal(["Dockerfile", "README.md", "dist", "package.json", "src"], _project.Names());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_dockerignore_has_its_say_but_not_about_the_Dockerfile()
    {
        _project.Write("src/debug.log", "");
        _project.Write("src/routes/keep.log", "");
        _project.Write(".dockerignore", "**/*.log\n!src/routes/keep.log\nDockerfile\n");
        await Make();
        Assert.Equal([".dockerignore", "Dockerfile", "config.js", "index.js", "package.json", "routes/keep.log", "routes/order.js"],
            _project.Files());
        _project.Write("Dockerfile.dockerignore", "src/routes");
        await Make();
        Assert.Equal([".dockerignore", "Dockerfile", "config.js", "debug.log", "index.js", "package.json"], _project.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_that_is_included_by_its_name_stays_a_folder()
    {
        await Make(include: ["Dockerfile", "src", "package*.json"]);
        Assert.Equal([".dockerignore", "Dockerfile", "package.json", "src/.env", "src/config.js", "src/index.js", "src/routes/order.js"],
            _project.Files());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_destination_within_an_included_folder_does_not_include_itself()
    {
        for (int i = 0; i < 2; i++) await Make(destination: _project.File("src/out/dist"));
        Assert.Equal([".dockerignore", "Dockerfile", "config.js", "index.js", "package.json", "routes/order.js"],
            _project.Files("src/out/dist"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("notes.txt", false)]
    [InlineData("routes/notes.txt", false)]
    [InlineData("notes.txt", true)]
    public async Task Files_that_are_not_ours_are_named_and_stay_unless_forced(string name, bool force)
    {
        await Make();
        _project.Write($"dist/{name}", "mine");
        if (force) await Make(force: true);
        else
        {
            PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => Make());
            Assert.Equal("DestinationNotOurs", e.ErrorId);
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.Contains("-Force", e.Message, StringComparison.Ordinal);
        }
        Assert.Equal(!force, File.Exists(_project.File($"dist/{name}")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_folder_of_somebody_else_is_refused_and_an_empty_one_is_not()
    {
        Directory.CreateDirectory(_project.Dist);
        await Make();
        File.Delete(_project.File("dist/.dockerignore"));
        Assert.Equal("DestinationNotOurs", (await Assert.ThrowsAsync<PizzaException>(() => Make())).ErrorId);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_destination_that_is_a_link_is_refused_even_when_forced()
    {
        Directory.CreateDirectory(_project.File("elsewhere"));
        _project.Link("dist", "elsewhere");
        Assert.Equal("DestinationIsLink", (await Assert.ThrowsAsync<PizzaException>(() => Make(force: true))).ErrorId);
        Assert.Empty(_project.Files("elsewhere"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("README.md")]
    public async Task A_destination_that_holds_the_source_or_is_a_file_is_refused(string destination) =>
        Assert.Equal("InvalidDestination",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                Make(destination: Path.GetFullPath(_project.File(destination)), force: true))).ErrorId);

    [Fact(Timeout = 30_000)]
    public async Task When_anything_is_wrong_the_old_folder_stays_and_nothing_lies_about()
    {
        await Make();
        string[] before = _project.Files();
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => Make(new() { ["src/config.js"] = [("root", "s3cret"), ("nowhere", "s3cret")] }));
        Assert.Equal("PlaceholderNotFound", e.ErrorId);
        Assert.Equal(before, _project.Files());
        Assert.Equal(["Dockerfile", "README.md", "dist", "package.json", "src"], _project.Names());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_vanishes_in_the_middle_leaves_the_old_folder_and_no_half_one()
    {
        await Make();
        using DistPlan plan = await DistService.PlanAsync(Request(), Token);
        File.Delete(_project.File("src/routes/order.js"));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => DistService.CreateAsync(plan, null, Token));
        Assert.Equal("DistFailed", e.ErrorId);
        Assert.True(File.Exists(_project.File("dist/routes/order.js")));
        Assert.Equal(["Dockerfile", "README.md", "dist", "package.json", "src"], _project.Names());
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_in_the_middle_leaves_the_old_folder_and_no_half_one()
    {
        await Make();
        _project.Write("src/late.js", "");
        using DistPlan plan = await DistService.PlanAsync(Request(), Token);
        using CancellationTokenSource cancel = new();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DistService.CreateAsync(plan, null, cancel.Token));
        Assert.False(File.Exists(_project.File("dist/late.js")));
        Assert.Equal(["Dockerfile", "README.md", "dist", "package.json", "src"], _project.Names());
    }

    [Fact(Timeout = 30_000)]
    public async Task Two_files_of_one_name_are_both_named()
    {
        _project.Write("src/package.json", "{}");
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => Make());
        Assert.Equal("DistNameClash", e.ErrorId);
        Assert.Contains("'package.json' and 'src/package.json'", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_link_is_taken_as_what_it_leads_to()
    {
        _project.Link("src/linked.json", "../package.json");
        _project.Link("src/folder", "routes");
        await Make();
        Assert.Null(new FileInfo(_project.File("dist/linked.json")).LinkTarget);
        Assert.Equal("{}", _project.Read("dist/linked.json"));
        Assert.Equal("order();", _project.Read("dist/folder/order.js"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("/etc/hostname", "points outside the source folder")]
    [InlineData("../../", "points outside the source folder")]
    [InlineData("nowhere", "leads nowhere")]
    [InlineData("bad", "leads nowhere")]
    [InlineData("../src", "is part of a loop")]
    [InlineData(".env", "points to 'src/.env', which the .dockerignore leaves out (line 1: **/.env)")]
    public async Task A_link_that_must_not_go_into_an_image_is_refused_by_name(string target, string problem)
    {
        _project.Write(".dockerignore", "**/.env");
        _project.Link("src/bad", target);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => Make());
        Assert.Equal("InvalidLink", e.ErrorId);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("config.js", "it is called 'src/config.js' in the source folder")]
    [InlineData("src/none.js", "there is no such file")]
    [InlineData("README.md", "no -Include matches it")]
    [InlineData("src/x.log", "the .dockerignore leaves it out (line 1: **/*.log)")]
    public async Task A_file_to_replace_in_that_is_not_in_the_distribution_is_an_error_that_says_why(string file, string why)
    {
        _project.Write(".dockerignore", "**/*.log");
        _project.Write("src/x.log", "root");
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => Make(new() { [file] = [("root", "admin")] }));
        Assert.Equal("ReplaceFileNotFound", e.ErrorId);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("*.md5", "IncludeNotFound")]
    [InlineData("src/*.log", "IncludeNotFound")]
    [InlineData("../x", "InvalidInclude")]
    [InlineData("/etc", "InvalidInclude")]
    [InlineData("src/**", "InvalidInclude")]
    [InlineData("[z-a]", "InvalidInclude")]
    [InlineData(".", "InvalidInclude")]
    [InlineData(".dockerignore", "DistNameClash")]
    public async Task An_include_that_brings_nothing_or_too_much_is_an_error(string include, string id)
    {
        _project.Write(".dockerignore", "**/*.log");
        _project.Write("src/x.log", "");
        Assert.Equal(id, (await Assert.ThrowsAsync<PizzaException>(() => Make(include: ["Dockerfile", include]))).ErrorId);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_source_that_is_not_there_is_an_error() =>
        Assert.Equal("SourceNotFound",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                DistService.PlanAsync(Request() with { Source = _project.File("none") }, Token))).ErrorId);

    private DistRequest Request() => new() { Source = _project.Folder, Destination = _project.Dist };

    private async Task<PizzaDist> Make(
        Dictionary<string, (string, string)[]>? replace = null, string[]? include = null, string? destination = null, bool force = false)
    {
        DistRequest request = Request() with { Include = include, Destination = destination ?? _project.Dist, Force = force };
        if (replace is not null)
            request = request
                with { Replace = replace.ToDictionary(r => r.Key,
                    r => (IReadOnlyList<Replacement>)[.. r.Value.Select(p => new Replacement(p.Item1, new(p.Item2.ToCharArray())))]) };
        using DistPlan plan = await DistService.PlanAsync(request, Token);
        return await DistService.CreateAsync(plan, null, Token);
    }
}

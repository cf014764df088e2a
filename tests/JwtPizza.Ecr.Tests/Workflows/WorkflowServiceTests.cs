using JwtPizza.Ecr.Services.Workflows;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class WorkflowServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pizza-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, ".github", "workflows", "ci.yml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 30_000)]
    public async Task A_new_workflow_is_written_with_its_folders_and_a_second_run_changes_nothing()
    {
        Assert.Equal(ChangeStatus.Created, (await Write()).Status);
        DateTime written = System.IO.File.GetLastWriteTimeUtc(File);
        PizzaWorkflow again = await Write();
        Assert.Equal(ChangeStatus.Unchanged, again.Status);
        Assert.Empty(again.Added);
        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(File));
        Assert.Equal([File], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_difference_shows_just_what_is_new()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, Course, Token);
        WorkflowPlan plan = await WorkflowService.PlanAsync(File, Options(), Token);
        Assert.Equal(ChangeStatus.Changed, plan.Workflow.Status);
        Assert.Contains("\n+   deploy:\n", plan.Difference, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Difference.Split('\n'), l => l.StartsWith('-'));
        Assert.Equal(Course, await System.IO.File.ReadAllTextAsync(File, Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_file_becomes_a_workflow()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, "", Token);
        Assert.Equal(ChangeStatus.Created, (await Write()).Status);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_behind_a_link_is_changed_in_its_place_with_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links and modes are those of Unix");
        if (OperatingSystem.IsWindows()) return;
        string real = Path.Combine(_folder, "real.yml");
        await System.IO.File.WriteAllTextAsync(real, Course, Token);
        System.IO.File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.CreateSymbolicLink(File, "../../real.yml");
        await Write();
        Assert.Equal("../../real.yml", new FileInfo(File).LinkTarget);
        Assert.Contains("deploy:", await System.IO.File.ReadAllTextAsync(real, Token), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite, System.IO.File.GetUnixFileMode(real));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_path_that_cannot_be_written_is_an_error_and_a_folder_too()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, ".github"), "a file", Token);
        Assert.Equal("WorkflowFailed", (await Assert.ThrowsAsync<PizzaException>(Write)).ErrorId);
        Assert.Equal("InvalidPath",
            (await Assert.ThrowsAsync<PizzaException>(() => WorkflowService.PlanAsync(_folder, Options(), Token))).ErrorId);
    }

    private async Task<PizzaWorkflow> Write() =>
        await WorkflowService.ApplyAsync(await WorkflowService.PlanAsync(File, Options(), Token), Token);
}

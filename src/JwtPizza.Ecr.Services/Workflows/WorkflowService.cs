using System.Text;
using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Writes workflows of GitHub Actions, and adds to those that are there.</summary>
internal static class WorkflowService
{
    /// <summary>Reads what is there, and says what would become of it.</summary>
    /// <param name="path">The file, a full path.</param>
    /// <param name="options">What the workflow is to do.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PizzaException">The file cannot be read, is no YAML, or cannot be extended.</exception>
    public static async Task<WorkflowPlan> PlanAsync(string path, WorkflowOptions options, CancellationToken cancellationToken)
    {
        options.Check();
        ProjectTests? tests = await TestsAsync(path, cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(path, cancellationToken).ConfigureAwait(false) is not { Length: > 0 } content)
            return Whole(path, options, tests);
        WorkflowFile before = WorkflowFile.Read(content, path);
        WorkflowAddition addition = WorkflowExtension.Find(before.Lines, path, options, tests);
        WorkflowFile after = before.With(addition.Added);
        if (addition.Added.Count > 0) Verify(after, path, options);
        return Plan(path, options with { Region = addition.Region ?? options.Region },
            addition.Added.Count > 0 ? ChangeStatus.Changed : ChangeStatus.Unchanged, addition.Names, before.Lines, after)
            with { Warnings = addition.Warnings };
    }

    /// <summary>Writes the file, in one go; when nothing changes, does nothing.</summary>
    /// <param name="plan">What to write.</param>
    /// <param name="cancellationToken">Ends the writing; the file is then as it was.</param>
    public static async Task<PizzaWorkflow> ApplyAsync(WorkflowPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Workflow.Status == ChangeStatus.Unchanged) return plan.Workflow;
        string file = RealPath.Of(plan.Workflow.Path) ?? plan.Workflow.Path, next = $"{file}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(next, plan.Content, cancellationToken).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows() && File.Exists(file)) File.SetUnixFileMode(next, File.GetUnixFileMode(file));
            File.Move(next, file, overwrite: true);
            return plan.Workflow;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw Failed(plan.Workflow.Path, "written", e); }
        finally { if (File.Exists(next)) File.Delete(next); }
    }

    private static WorkflowPlan Whole(string path, WorkflowOptions options, ProjectTests? tests) =>
        Plan(path, options, ChangeStatus.Created, [$"job '{options.BuildJobName}'", $"job '{options.JobName}'"], [],
        WorkflowFile.Of(WorkflowParts.Of(options, WorkflowSetting.Own(options, tests)).Whole(new())));

    private static WorkflowPlan Plan(
        string path, WorkflowOptions options, ChangeStatus status, IReadOnlyList<string> added, string[] before, WorkflowFile after) => new(
        new()
        {
            Path = path, Status = status, Added = [.. added], Secrets = [.. WorkflowSecret.NamesIn(after.ToString())],
            RepositoryName = options.RepositoryName.Value, Region = options.Region,
        },
        after.ToString(), TextDifference.Between(before, after.Lines)) { Content = after.ToBytes() };

    // A second look at our own work: what was written must be YAML, and be all that was wanted.
    private static void Verify(WorkflowFile after, string path, WorkflowOptions options)
    {
        if (WorkflowExtension.Find(after.Lines, path, options).Added.Count > 0)
            throw new PizzaException("WorkflowNotExtensible", PizzaErrorKind.InvalidOperation,
            $"'{path}' has a layout that the new steps do not fit into. Write a separate workflow with another -Path, and move " +
            "the parts by hand. Nothing was changed.", path);
    }

    // The root of the repository is above .github/workflows; a workflow that lies elsewhere is taken to lie in it.
    private static async Task<ProjectTests?> TestsAsync(string path, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(path)!;
        string root = Path.GetFileName(folder) == "workflows" && Path.GetDirectoryName(folder) is { } above
            && Path.GetFileName(above) == ".github" ? Path.GetDirectoryName(above)! : folder;
        return await ReadAsync(Path.Combine(root, "package.json"), cancellationToken).ConfigureAwait(false) is { } package
            ? ProjectTests.Of(Encoding.UTF8.GetString(package), name => File.Exists(Path.Combine(root, name))) : null;
    }

    private static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new PizzaException("InvalidPath", PizzaErrorKind.InvalidArgument,
                $"'{path}' is a folder. Give the file of the workflow as -Path, for example .github/workflows/ci.yml.", path);
        try { return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false) : null; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw Failed(path, "read", e); }
    }

    private static PizzaException Failed(string path, string done, Exception e) => ErrorCatalog.DiskFull(path, e)
        ?? new("WorkflowFailed", PizzaErrorKind.OperationFailed,
            $"The workflow '{path}' could not be {done}: {e.Message} Check the path and its permissions.", path, e);
}

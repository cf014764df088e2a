using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Makes distributions: clean folders with just what goes into an image.</summary>
internal static class DistService
{
    private const int CopyBuffer = 1 << 20;

    /// <summary>Finds and checks everything, and makes the replacements in memory.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="PizzaException">What is missing, excluded, not ours, or not to be found in a file.</exception>
    public static Task<DistPlan> PlanAsync(DistRequest request, CancellationToken cancellationToken) => Guarded(request, () =>
    {
        DistInclude[] includes = [.. (request.Include ?? DistInclude.Default).Select(DistInclude.Parse)];
        string destination = Placed(request.Destination);
        DistSource source = new(request.Source, destination, cancellationToken);
        new DistFolder(destination).CheckReplaceable(RealPath.Of(request.Source)!, request.Force);
        IReadOnlyList<DistEntry> entries = source.Collect(includes);
        if (entries.FirstOrDefault(e => e.Target == ".dockerignore") is { } list)
            throw WorkflowErrors.DistNameClash(list.Source, PizzaErrorKind.InvalidArgument,
            $"'{list.Source}' cannot be part of a distribution, because its lines are already applied and a distribution has its " +
            "own .dockerignore. Leave it out of -Include.");
        Dictionary<string, (byte[], IReadOnlyList<DistReplacement>)> changed = [];
        foreach ((string name, IReadOnlyList<Replacement> replacements) in request.Replace)
        {
            string file = name.Replace('\\', '/') is ['.', '/', .. var rest] ? rest : name.Replace('\\', '/');
            DistEntry entry = entries.FirstOrDefault(e => e.Source == file && !e.IsFolder) ?? throw source.NotTaken(file, entries);
            changed.Add(file, new TextReplacer(file, replacements).Apply(File.ReadAllBytes(entry.Real)));
        }
        return Task.FromResult(new DistPlan(request with { Destination = destination }, entries, changed));
    }, cancellationToken);

    /// <summary>Makes the folder; what was there before is replaced at the end, in one go, or stays as it was.</summary>
    /// <param name="plan">What to make.</param>
    /// <param name="warning">Told what went wrong after the folder was made.</param>
    /// <param name="cancellationToken">Ends the copying; nothing is left of it.</param>
    public static Task<PizzaDist> CreateAsync(DistPlan plan, IProgress<string>? warning, CancellationToken cancellationToken) =>
        Guarded(plan.Request, async () =>
    {
        DistEntry[] files = [.. plan.Entries.Where(e => !e.IsFolder)];
        ChangeStatus status = Directory.Exists(plan.Request.Destination) ? ChangeStatus.Changed : ChangeStatus.Created;
        long size = 0;
        await new DistFolder(plan.Request.Destination).ReplaceAsync(async folder =>
        {
            foreach (DistEntry entry in plan.Entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string target = Path.Combine(folder, entry.Target);
                Directory.CreateDirectory(entry.IsFolder ? target : Path.GetDirectoryName(target)!);
                if (!entry.IsFolder) size += await WriteAsync(entry, target, plan, cancellationToken).ConfigureAwait(false);
            }
            return files.Select(f => f.Target);
        }, warning).ConfigureAwait(false);
        return new PizzaDist
        {
            Path = plan.Request.Destination, Status = status, Files = files.Length, SizeInBytes = size, Replaced = [.. plan.Replaced],
        };
    }, cancellationToken);

    // At the end with the mode of its source: a service that runs as another user in the image must be able to read it. The folder is
    // closed to others.
    private static async Task<long> WriteAsync(DistEntry entry, string target, DistPlan plan, CancellationToken cancellationToken)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream stream = new(target, options);
        await using (stream.ConfigureAwait(false))
        {
            if (plan.Changed.TryGetValue(entry.Source, out var changed))
                await stream.WriteAsync(changed.Content, cancellationToken).ConfigureAwait(false);
            else await CopyAsync(entry.Real, stream, cancellationToken).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(entry.Real));
            return stream.Length;
        }
    }

    // Not File.Copy: it cannot be cancelled in the middle of a large file.
    private static async Task CopyAsync(string source, FileStream target, CancellationToken cancellationToken)
    {
        FileStream stream =
            new(source, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false)) await stream.CopyToAsync(target, CopyBuffer, cancellationToken).ConfigureAwait(false);
    }

    // The folder may not be there yet, but a link above it may be.
    private static string Placed(string destination)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
        return Path.GetDirectoryName(full) is { } parent && RealPath.Of(parent) is { } real
            ? Path.Combine(real, Path.GetFileName(full)) : full;
    }

    private static async Task<T> Guarded<T>(DistRequest request, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try { return await Task.Run(work, cancellationToken).ConfigureAwait(false); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ErrorCatalog.DiskFull(request.Destination, e) ?? new PizzaException("DistFailed", PizzaErrorKind.OperationFailed,
                $"The distribution '{request.Destination}' could not be created from '{request.Source}': " +
                $"{e.Message} What was there before is unchanged. Check the permissions of both folders and the space on the disk.",
                request.Destination, e);
        }
    }
}

using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Finds what goes into a distribution: what is included, less what .dockerignore leaves out, less the distribution
/// itself.</summary>
internal sealed class DistSource
{
    // docker sends it whatever .dockerignore says: https://docs.docker.com/build/concepts/context/#dockerignore-files
    private const string Dockerfile = "Dockerfile";

    private readonly string _root, _destination;
    private readonly DockerIgnore _ignore;
    private readonly CancellationToken _cancel;
    private readonly List<DistEntry> _found = [];

    public DistSource(string root, string destination, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            throw new PizzaException("SourceNotFound", PizzaErrorKind.NotFound,
                $"There is no folder '{root}'. Give the folder with the Dockerfile as -Path.", root);
        _root = RealPath.Of(root)!;
        _destination = destination;
        _ignore = ReadIgnore();
        _cancel = cancellationToken;
    }

    /// <summary>The last line of .dockerignore that left something out of the include at work.</summary>
    private string? _leftOutBy;

    /// <summary>Every file and folder to take, in the order of their paths.</summary>
    public IReadOnlyList<DistEntry> Collect(IEnumerable<DistInclude> includes)
    {
        foreach (DistInclude include in includes)
        {
            (int before, _leftOutBy) = (_found.Count, null);
            if (!Search(include, 0, "") || _found.Count == before) throw Missing(include);
        }
        DistEntry[] all = [.. _found.Distinct().OrderBy(e => e.Target, StringComparer.Ordinal)];
        foreach (IGrouping<string, DistEntry> same in all.GroupBy(e => e.Target, StringComparer.OrdinalIgnoreCase))
            if (same.Count() > 1 && !same.All(e => e.IsFolder)) throw Clash(same);
        return [.. all.DistinctBy(e => e.Target)];
    }

    /// <summary>Why a file of -Replace is not among the entries.</summary>
    public PizzaException NotTaken(string file, IReadOnlyList<DistEntry> entries)
    {
        string why = !File.Exists(Path.Combine(_root, file))
            ? entries.FirstOrDefault(e => e.Target == file) is { } meant
                ? $"it is called '{meant.Source}' in the source folder" : "there is no such file in the source folder"
            : _ignore.RuleFor(file) is { } rule ? $"the .dockerignore leaves it out ({rule})" : "no -Include matches it";
        return WorkflowErrors.ReplaceFileNotFound(file, why, PizzaErrorKind.NotFound);
    }

    private bool Search(DistInclude include, int depth, string folder)
    {
        bool any = false;
        foreach (FileSystemInfo item in List(folder).Where(i => include.Takes(depth, i.Name)))
        {
            string path = folder.Length == 0 ? item.Name : $"{folder}/{item.Name}";
            any |= depth == include.Depth - 1
                ? Take(path, item.Name, []) : Directory.Exists(item.FullName) && Search(include, depth + 1, path);
        }
        return any;
    }

    // Whether anything came of it.
    private bool Take(string path, string target, string[] above)
    {
        _cancel.ThrowIfCancellationRequested();
        string real = Real(path);
        if (RealPath.IsWithin(_destination, real)) return false;
        bool isFolder = Directory.Exists(real);
        string? rule = path == Dockerfile ? null : _ignore.RuleFor(path);
        if (rule is null) _found.Add(new(path, target, real, isFolder));
        else _leftOutBy = rule;
        if (!isFolder) return rule is null;
        if (above.Contains(real)) throw Link(path, "is part of a loop");
        bool any = rule is null;
        // also below a folder that is left out: a '!' may take a file back in
        foreach (FileSystemInfo item in List(path)) any |= Take($"{path}/{item.Name}", $"{target}/{item.Name}", [.. above, real]);
        return any;
    }

    // A link is taken as what it leads to; as a link it would lead nowhere in an image.
    private string Real(string path)
    {
        string here = Path.Combine(_root, path);
        string real = RealPath.Of(here) ?? throw Link(path, "leads nowhere");
        if (real == Path.GetFullPath(here)) return real;
        if (!RealPath.IsWithin(_root, real)) throw Link(path, "points outside the source folder");
        string inside = Path.GetRelativePath(_root, real).Replace('\\', '/');
        if (_ignore.RuleFor(inside) is { } rule && _ignore.RuleFor(path) is null)
            throw Link(path, $"points to '{inside}', which the .dockerignore leaves out ({rule})");
        return real;
    }

    private IEnumerable<FileSystemInfo> List(string folder) =>
        new DirectoryInfo(Path.Combine(_root, folder)).EnumerateFileSystemInfos().OrderBy(i => i.Name, StringComparer.Ordinal);

    private DockerIgnore ReadIgnore() =>
        new[] { $"{Dockerfile}.dockerignore", ".dockerignore" }.Select(name => Path.Combine(_root, name))
            .FirstOrDefault(File.Exists) is { } file
            ? DockerIgnore.Parse(File.ReadAllText(file), backslashes: OperatingSystem.IsWindows()) : DockerIgnore.None;

    private PizzaException Missing(DistInclude include) => new("IncludeNotFound", PizzaErrorKind.NotFound, _leftOutBy is null
        ? $"There is no '{include.Text}' in '{_root}', so no distribution can be created. " +
            "Specify what to include with -Include, for example -Include Dockerfile, 'src/*', package.json."
        : $"Everything that '{include.Text}' names in '{_root}' is left out by the .dockerignore ({_leftOutBy}). " +
            "Change that line, or specify what to include with -Include.", include.Text);

    private static PizzaException Clash(IEnumerable<DistEntry> same) =>
        WorkflowErrors.DistNameClash(same.First().Source, PizzaErrorKind.InvalidData,
        $"{string.Join(" and ", same.Select(e => $"'{e.Source}'").Order(StringComparer.Ordinal))} would both become " +
        $"'{same.First().Target}' in the distribution. Rename one, or leave one out with -Include or .dockerignore.");

    private static PizzaException Link(string path, string problem) => new("InvalidLink", PizzaErrorKind.InvalidData,
        $"The link '{path}' {problem}, so it cannot be part of a distribution. Put a file in its place, or leave it out with a line in " +
        "the .dockerignore.", path);
}

using System.ComponentModel;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.GitHub;

/// <summary>What git knows of a working folder; nothing where there is no git, or where the folder is in none of its
/// repositories.</summary>
internal sealed class GitFolder
{
    private readonly string _folder;
    private readonly GitProgram _git;

    /// <summary>With the git of this machine.</summary>
    /// <param name="folder">The folder.</param>
    public GitFolder(string folder) : this(folder, new()) { }

    internal GitFolder(string folder, GitProgram git) => (_folder, _git) = (folder, git);

    /// <summary>The GitHub repositories that its remotes lead to, that of origin first.</summary>
    /// <param name="cancellationToken">Kills git.</param>
    public async Task<IReadOnlyList<string>> RepositoriesAsync(CancellationToken cancellationToken) =>
    [
        .. (await LinesAsync(cancellationToken, "config", "--get-regexp", @"^remote\..*\.url$").ConfigureAwait(false))
            .OrderByDescending(l => l.StartsWith("remote.origin.url ", StringComparison.Ordinal))
            .Select(l => Name(l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..])).OfType<string>().Distinct(),
    ];

    /// <summary>Its branches, those of the remotes too.</summary>
    /// <param name="cancellationToken">Kills git.</param>
    public async Task<IReadOnlyList<string>> BranchesAsync(CancellationToken cancellationToken) =>
    [
        .. (await LinesAsync(cancellationToken, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes").ConfigureAwait(false))
            .Select(r => r.Split('/', r.StartsWith("refs/heads/", StringComparison.Ordinal) ? 3 : 4)[^1])
            .Where(b => b != "HEAD").Distinct().Order(StringComparer.Ordinal),
    ];

    private async Task<string[]> LinesAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        try
        {
            ProgramExit exit = await _git.RunAsync(new(arguments) { WorkingDirectory = _folder }, cancellationToken).ConfigureAwait(false);
            return exit.Code == 0 ? exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        }
        catch (PizzaException) { return []; }
    }

    private static string? Name(string url)
    {
        try { return GitHubRepository.Parse(url).ToString(); }
        catch (PizzaException) { return null; }   // somewhere else than at GitHub
    }
}

/// <summary>The <c>git</c> program of this machine.</summary>
/// <param name="path">The file; null looks for it at each run.</param>
internal sealed class GitProgram(string? path = null) : ChildProgram("git", path, null)
{
    protected override PizzaException NotFound =>
        new("GitNotFound", PizzaErrorKind.NotFound, "There is no 'git' program on the PATH.", "git");

    protected override PizzaException NotStartable(string file, Win32Exception inner) =>
        new("GitNotStartable", PizzaErrorKind.OperationFailed, $"'{file}' could not be started: {inner.Message}.", file, inner);
}

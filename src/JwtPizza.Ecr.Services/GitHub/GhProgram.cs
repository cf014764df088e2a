using System.ComponentModel;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.GitHub;

/// <summary>The <c>gh</c> program of this machine: GitHub's own command line. Its errors: <c>GhNotFound</c>,
/// <c>GhNotStartable</c>.</summary>
/// <param name="path">The file; null looks for it at each run.</param>
internal sealed class GhProgram(string? path = null) : ChildProgram("gh", path, null)
{
    /// <summary>No questions, no colours, no news, and no log of the conversation.</summary>
    public static IReadOnlyDictionary<string, string?> Quietly { get; } = new Dictionary<string, string?>
    {
        ["GH_PROMPT_DISABLED"] = "1", ["NO_COLOR"] = "1", ["CLICOLOR_FORCE"] = null, ["GH_NO_UPDATE_NOTIFIER"] = "1", ["GH_DEBUG"] = null,
        ["DEBUG"] = null,
    };

    protected override PizzaException NotFound => new("GhNotFound", PizzaErrorKind.Configuration,
        "There is no 'gh' program on the PATH, which encrypts secrets and sends them to GitHub. " +
        "Install the GitHub CLI (https://cli.github.com; 'winget install GitHub.cli', 'brew install gh', 'apt install gh') " +
        "and run 'gh auth login'. Or set the secret in the browser: Settings > Secrets and variables > Actions of the repository.", "gh");

    protected override PizzaException NotStartable(string file, Win32Exception inner) => new("GhNotStartable", PizzaErrorKind.Configuration,
        $"'{file}' could not be started: {inner.Message}. Check that it is GitHub's program and that you can run it.", file, inner);
}

using System.Management.Automation;
using JwtPizza.Ecr.Services.GitHub;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>The GitHub repository of the user's folder, for a command that names none.</summary>
internal static class GitRemote
{
    /// <summary>Where the git remote of the current folder leads.</summary>
    /// <param name="session">The session.</param>
    /// <param name="verbose">Hears which it is.</param>
    /// <param name="otherwise">What else the command takes, as the end of a sentence.</param>
    /// <param name="cancellationToken">Kills git.</param>
    /// <exception cref="PizzaException"><c>NoTrustSubject</c>.</exception>
    public static async Task<string[]> RepositoryAsync(
        SessionState session, Action<string> verbose, string otherwise, CancellationToken cancellationToken)
    {
        string folder = session.Path.CurrentFileSystemLocation.ProviderPath;
        if (await new GitFolder(folder).RepositoriesAsync(cancellationToken) is not [var repository, ..])
            throw ErrorCatalog.NoTrustSubject(
                $"The folder '{folder}' has no git remote at GitHub. Name the repository as 'owner/name'{otherwise}.");
        verbose($"The repository is {repository}, from the git remote of this folder.");
        return [repository];
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Removes GitHub Actions subjects of a repository from the trust policy of an IAM role.</summary>
/// <remarks>
/// <para>Specify a subject exactly as it is written in the policy, or a repository to remove all its subjects, in both forms. A pattern
/// that allows more than the repository remains, and the cmdlet warns about it.</para>
/// <para>Removing the last subject of a statement requires -Force. The statement is removed with it if it contains only what
/// Add-PizzaTrustSubject writes and is not the only statement. A list is never left empty.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaTrustSubject my-account/old-service -RoleName github-ci</code>
/// Removes the subjects of the repository, so that its workflows can no longer assume the role.
/// </example>
/// <example>
/// <code>Get-PizzaTrustSubject github-ci | Where-Object Kind -eq PullRequest | Remove-PizzaTrustSubject -Confirm:$false</code>
/// Removes every pull request subject, without confirmation.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaTrustSubject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(TrustSubject))]
public sealed class RemovePizzaTrustSubjectCommand : AwsCmdlet
{
    /// <summary>Specifies the IAM role. The default is github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Repositories at GitHub: 'owner/name', or their address. All subjects of each are taken out. The
    /// default is where the git remote origin of the current folder leads.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("GitHubRepository", "nameWithOwner", "full_name")]
    [GitHubRepositories]
    [ArgumentCompleter(typeof(GitRepositoryCompleter))]
    public string[] Repository { get; set; } = [];

    /// <summary>Specifies a subject, exactly as it is written in the policy, instead of -Repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SubjectCompleter))]
    public string? Subject { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation, and removes the last subject together with its
    /// statement.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Subject is { } subject)
        {
            await TryAsync(() => RemoveAsync(s => s.Subject == subject, subject, cancellationToken), subject);
            return;
        }
        if (Repository.Length == 0)
            Repository =
                await GitRemote.RepositoryAsync(SessionState, WriteVerbose, ", or give a subject with -Subject", cancellationToken);
        foreach (string text in Repository)
            await TryAsync(() => RemoveAsync(Of(GitHubRepository.Parse(text)), text, cancellationToken), text);
    }

    /// <summary>At GitHub names of owners and repositories differ not by case alone.</summary>
    private static Func<TrustSubject, bool> Of(GitHubRepository repository) =>
        s => string.Equals(s.Repository, repository.ToString(), StringComparison.OrdinalIgnoreCase);

    private async Task RemoveAsync(Func<TrustSubject, bool> isMeant, string what, CancellationToken cancellationToken)
    {
        DocumentEditor<TrustPolicy, TrustSubject> editor = new TrustService(Aws.Iam).Editor(RoleName, policy =>
        {
            Edit<TrustPolicy, TrustSubject> edit = policy.Remove([.. policy.Subjects().Where(isMeant).Select(s => s.Subject)], Force);
            return edit.Changed
                ? edit
                : edit.Warn($"The trust policy of role '{RoleName}' contains no subject of '{what}'; nothing was changed. " +
                    $"{Advice.Run("Get-PizzaTrustSubject", RoleName)} lists what it contains.");
        });
        foreach (TrustSubject subject in (await EditAsync(editor, $"Take out '{what}'", Force, cancellationToken))?.Results ?? [])
            WriteObject(subject);
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Allows the GitHub Actions runs of a repository to assume an IAM role.</summary>
/// <remarks>
/// <para>The cmdlet adds the repository's subject (the 'sub' claim of its tokens) to the statement of the role's trust policy that trusts
/// GitHub. If the role has no such statement, the cmdlet adds one. No other character of the policy changes. If the policy already allows
/// the subject, also by a pattern, nothing changes.</para>
/// <para>Repositories that were created, renamed, or transferred after 15 July 2026 emit a different subject: repo:OWNER@ID/NAME@ID:...
/// instead of repo:OWNER/NAME:.... The cmdlet asks GitHub which form a repository emits. If GITHUB_TOKEN or GH_TOKEN is set, GitHub also
/// answers for private repositories. If GitHub cannot be asked, specify -OwnerId and -RepositoryId, or specify -Form.</para>
/// <para>While a sandbox runs in this session, the cmdlet asks the sandbox's stand-in for GitHub. A repository there has the old form until
/// you specify its numeric IDs.</para>
/// <para>IAM replaces a trust policy as a whole, and the last writer wins. The cmdlet therefore reads the policy again after the write. It
/// repeats an edit that another writer undid, and reports subjects of other writers that were lost in the meantime.</para>
/// </remarks>
/// <example>
/// <code>'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -RoleName github-ci</code>
/// Allows workflow runs on the branch main to assume the role github-ci.
/// </example>
/// <example>
/// <code>Add-PizzaTrustSubject https://github.com/my-account/jwt-pizza-service -Environment production -OwnerId 123456 -RepositoryId 456789 -Form Immutable</code>
/// Allows jobs of the environment 'production' to assume the role, without asking GitHub.
/// </example>
/// <example>
/// <code>Add-PizzaTrustSubject my-account/jwt-pizza-service -AnyRef -WhatIf</code>
/// Shows what would change in the trust policy, line by line.
/// </example>
/// <example>
/// <code>Add-PizzaTrustSubject -Subject 'repo:my-account/*:ref:refs/heads/main'</code>
/// Allows runs on main of every repository of the account to assume the role.
/// </example>
[Cmdlet(VerbsCommon.Add, "PizzaTrustSubject", SupportsShouldProcess = true)]
[OutputType(typeof(TrustSubject))]
public sealed class AddPizzaTrustSubjectCommand : SubjectCmdlet
{
    /// <summary>Specifies the IAM role. The default is github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Specifies a subject verbatim, instead of -Repository. A pattern with '*' and '?' is allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Subject { get; set; }

    /// <summary>Specifies the ARN of GitHub's identity provider, for a role that trusts several providers or a different one. The default
    /// is the provider that the role trusts, and then that of github.com in the role's account.</summary>
    [Parameter]
    public string? ProviderArn { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Subject is null) await ForEachAsync((_, resolved) => TrustAsync(resolved.Subjects, cancellationToken), cancellationToken);
        else await TryAsync(() => TrustAsync([GitHubSubject.Parse(Subject)], cancellationToken), Subject);
    }

    private async Task TrustAsync(IReadOnlyList<GitHubSubject> subjects, CancellationToken cancellationToken)
    {
        GitHubProvider? provider = ProviderArn is null ? null : GitHubProvider.Parse(ProviderArn);
        DocumentEditor<TrustPolicy, TrustSubject> editor =
            new TrustService(Aws.Iam).Editor(RoleName, policy => policy.Add(subjects, provider));
        string action = $"Trust '{string.Join("', '", subjects.Select(s => s.Text))}'";
        foreach (TrustSubject subject in (await EditAsync(editor, action, force: false, cancellationToken))?.Results ?? [])
            WriteObject(subject);
    }
}

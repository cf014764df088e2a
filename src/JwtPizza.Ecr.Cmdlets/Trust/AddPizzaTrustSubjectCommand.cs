using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Lets GitHub Actions of a repository assume an IAM role.</summary>
/// <remarks>
/// <para>Adds the repository's subject (the 'sub' of its tokens) to the statement of the role's trust policy that trusts GitHub, or adds
/// such a statement to a role that has none. Nothing else in the policy changes by one character, and a subject that is let in already,
/// also by a pattern, changes nothing.</para>
/// <para>Repositories that were made, renamed or transferred after 15 July 2026 emit another subject than older ones:
/// repo:OWNER@ID/NAME@ID:... instead of repo:OWNER/NAME:.... GitHub is asked which one it is (GITHUB_TOKEN or GH_TOKEN, if set, lets it
/// answer for private repositories). Where it cannot be asked, give -OwnerId and -RepositoryId, or say -Form.</para>
/// <para>While a sandbox of this session runs, its own stand-in for GitHub is asked: a repository there is an old one, until its numbers
/// are named.</para>
/// <para>IAM replaces a trust policy as a whole, and the last writer wins. So the policy is read again after the write: an edit that
/// somebody else's undid is repeated, and a subject of others that got lost meanwhile is reported.</para>
/// </remarks>
/// <example>
/// <code>'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -RoleName github-ci</code>
/// Workflow runs on the branch main may assume the role github-ci.
/// </example>
/// <example>
/// <code>Add-PizzaTrustSubject https://github.com/my-account/jwt-pizza-service -Environment production -OwnerId 123456 -RepositoryId 456789 -Form Immutable</code>
/// Jobs of the environment 'production' may; GitHub is not asked.
/// </example>
/// <example>
/// <code>Add-PizzaTrustSubject my-account/jwt-pizza-service -AnyRef -WhatIf</code>
/// Shows what would change in the trust policy, line by line.
/// </example>
/// <example>
/// <code>Add-PizzaTrustSubject -Subject 'repo:my-account/*:ref:refs/heads/main'</code>
/// Runs on main of every repository of the account may.
/// </example>
[Cmdlet(VerbsCommon.Add, "PizzaTrustSubject", SupportsShouldProcess = true)]
[OutputType(typeof(TrustSubject))]
public sealed class AddPizzaTrustSubjectCommand : SubjectCmdlet
{
    /// <summary>The IAM role. Default: github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>A subject as it is, also a pattern with '*' and '?'; instead of -Repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Subject { get; set; }

    /// <summary>The ARN of GitHub's identity provider, for a role that trusts several or another one. Default: the one that the role
    /// trusts, else github.com's in the role's account.</summary>
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

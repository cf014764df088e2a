using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Lets GitHub Actions of a repository assume an IAM role.</summary>
/// <remarks>
/// <para>Adds the repository's subject (the 'sub' of its tokens) to the statement of the role's trust policy that trusts GitHub, or adds such a statement to a role that has none. Nothing else in the policy changes by one character, and a subject that is let in already, also by a pattern, changes nothing.</para>
/// <para>Repositories that were made, renamed or transferred after 15 July 2026 emit another subject than older ones: repo:OWNER@ID/NAME@ID:... instead of repo:OWNER/NAME:.... GitHub is asked which one it is (GITHUB_TOKEN or GH_TOKEN, if set, lets it answer for private repositories). Where it cannot be asked, give -OwnerId and -RepositoryId, or say -Form.</para>
/// <para>While a sandbox of this session runs, its own stand-in for GitHub is asked: a repository there is an old one, until its numbers are named.</para>
/// <para>IAM replaces a trust policy as a whole, and the last writer wins. So the policy is read again after the write: an edit that somebody else's undid is repeated, and a subject of others that got lost meanwhile is reported.</para>
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
public sealed class AddPizzaTrustSubjectCommand : TrustCmdlet
{
    private (string? Url, GitHubApi Api)? _github;

    /// <summary>Repositories at GitHub: 'owner/name', or their web, https, ssh or git address.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("GitHubRepository", "nameWithOwner", "full_name")]
    [GitHubRepositories]
    public string[] Repository { get; set; } = [];

    /// <summary>A subject as it is, also a pattern with '*' and '?'; instead of -Repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Subject { get; set; }

    /// <summary>Runs on this branch, or on those of a pattern such as 'release/*'. Default: main.</summary>
    [Parameter]
    public string Branch { get; set; } = "main";

    /// <summary>Runs on this git tag, or on those of a pattern such as 'v*'.</summary>
    [Parameter]
    public string? GitTag { get; set; }

    /// <summary>Jobs that name this environment. Such jobs emit no branch or tag.</summary>
    [Parameter]
    public string? Environment { get; set; }

    /// <summary>Runs of pull requests.</summary>
    [Parameter]
    public SwitchParameter PullRequest { get; set; }

    /// <summary>Every run of the repository.</summary>
    [Parameter]
    public SwitchParameter AnyRef { get; set; }

    /// <summary>GitHub's number of the owner ('gh api repos/OWNER/NAME --jq .owner.id'). With it and -RepositoryId GitHub need not answer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? OwnerId { get; set; }

    /// <summary>GitHub's number of the repository ('gh api repos/OWNER/NAME --jq .id').</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? RepositoryId { get; set; }

    /// <summary>Auto (default): the form that GitHub says the repository emits. Immutable: with the numbers. Name: by names alone; GitHub is not asked. Both: two subjects.</summary>
    [Parameter]
    public SubjectForm Form { get; set; } = SubjectForm.Auto;

    /// <summary>The ARN of GitHub's identity provider, for a role that trusts several or another one. Default: the one that the role trusts, else github.com's in the role's account.</summary>
    [Parameter]
    public string? ProviderArn { get; set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _github?.Api.Dispose();
        base.Dispose(disposing);
    }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Subject is not null)
        {
            await TryAsync(() => TrustAsync(new([GitHubSubject.Parse(Subject)]), cancellationToken), Subject);
            return;
        }
        if (Repository.Length == 0)
            throw new PizzaException("NoTrustSubject", PizzaErrorKind.InvalidArgument, "Which GitHub repository? Name it as 'owner/name', or give a subject with -Subject.");
        SubjectScope scope = Scope();
        foreach (string text in Repository)
            await TryAsync(async () => await TrustAsync(await ResolveAsync(text, scope, cancellationToken), cancellationToken), text);
    }

    private Task<ResolvedSubjects> ResolveAsync(string text, SubjectScope scope, CancellationToken cancellationToken)
    {
        if ((OwnerId ?? RepositoryId ?? 1) < 1 || (RepositoryId ?? 1) < 1)   // no ValidateRange: it refuses the null of a piped record
            throw new PizzaException("InvalidGitHubId", PizzaErrorKind.InvalidArgument, $"GitHub's numbers begin at 1; -OwnerId {OwnerId} and -RepositoryId {RepositoryId} cannot be. 'gh api repos/OWNER/NAME --jq .owner.id,.id' shows them.", text);
        GitHubRepository repository = GitHubRepository.Parse(text);
        repository = repository with { OwnerId = OwnerId ?? repository.OwnerId, RepositoryId = RepositoryId ?? repository.RepositoryId };
        return new SubjectResolver(GitHub(repository)).ResolveAsync(repository, scope, Form, cancellationToken);
    }

    /// <summary>GitHub, or the sandbox's when the role is in the sandbox. That one takes the numbers that the user names for the true ones.</summary>
    private GitHubApi GitHub(GitHubRepository repository)
    {
        EcrSandbox? sandbox = RunningSandbox.For(EndpointUrl, ProfileName);
        if (Form is not SubjectForm.Name) sandbox?.LearnGitHubRepository(repository);
        string? url = sandbox?.Info.GitHubApiUrl;
        if (_github is { } open && open.Url == url) return open.Api;
        _github?.Api.Dispose();
        _github = (url, sandbox is null ? new() : new(url, token: ""));   // the user's token is for GitHub alone
        return _github.Value.Api;
    }

    private async Task TrustAsync(ResolvedSubjects resolved, CancellationToken cancellationToken)
    {
        GitHubProvider? provider = ProviderArn is null ? null : GitHubProvider.Parse(ProviderArn);
        if (resolved.Note is not null) WriteVerbose(resolved.Note);
        await EditAsync(policy => policy.Add(resolved.Subjects, provider), $"Trust '{string.Join("', '", resolved.Subjects.Select(s => s.Text))}'", force: false, cancellationToken);
        if (resolved.Warning is not null) WriteWarning(resolved.Warning);
    }

    private SubjectScope Scope()
    {
        string[] named = [.. new[] { nameof(Branch), nameof(GitTag), nameof(Environment), nameof(PullRequest), nameof(AnyRef) }.Where(IsBound)];
        if (named.Length > 1)
            throw new PizzaException("AmbiguousTrustSubject", PizzaErrorKind.InvalidArgument, $"-{string.Join(" and -", named)} name different subjects. Give one of them, and run the command once for each.");
        return named switch
        {
            [nameof(GitTag)] => SubjectScope.GitTag(GitTag!),
            [nameof(Environment)] => SubjectScope.Environment(Environment!),
            [nameof(PullRequest)] when PullRequest => SubjectScope.PullRequest,
            [nameof(AnyRef)] when AnyRef => SubjectScope.AnyRef,
            _ => SubjectScope.Branch(Branch),
        };
    }
}

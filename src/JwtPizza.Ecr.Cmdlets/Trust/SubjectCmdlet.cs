using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Base of the cmdlets that name runs of GitHub Actions: repositories, and which runs of them.</summary>
public abstract class SubjectCmdlet : AwsCmdlet
{
    private (string? Url, GitHubApi Api)? _github;

    /// <summary>Repositories at GitHub: 'owner/name', or their web, https, ssh or git address. The default is
    /// where the git remote origin of the current folder leads.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("GitHubRepository", "nameWithOwner", "full_name")]
    [GitHubRepositories]
    [ArgumentCompleter(typeof(GitRepositoryCompleter))]
    public string[] Repository { get; set; } = [];

    /// <summary>Specifies the branch of the runs, or a pattern such as 'release/*'. The default is main.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BranchCompleter))]
    public string Branch { get; set; } = Defaults.Branch;

    /// <summary>Specifies the git tag of the runs, or a pattern such as 'v*'.</summary>
    [Parameter]
    public string? GitTag { get; set; }

    /// <summary>Specifies the environment that the jobs name. Such jobs emit no branch or tag.</summary>
    [Parameter]
    public string? Environment { get; set; }

    /// <summary>Indicates that the runs belong to pull requests.</summary>
    [Parameter]
    public SwitchParameter PullRequest { get; set; }

    /// <summary>Indicates that the subject covers every run of the repository.</summary>
    [Parameter]
    public SwitchParameter AnyRef { get; set; }

    /// <summary>Filled by the pipeline: which runs a trusted subject means. Runs that the command line names count more.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public object? Kind { get; set; }

    /// <summary>Filled by the pipeline: the branch, tag or environment of a trusted subject.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public object? Value { get; set; }

    /// <summary>Specifies the owner's numeric ID on GitHub ('gh api repos/OWNER/NAME --jq .owner.id'). Together with -RepositoryId, it
    /// makes an answer from GitHub unnecessary.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? OwnerId { get; set; }

    /// <summary>Specifies the repository's numeric ID on GitHub ('gh api repos/OWNER/NAME --jq .id').</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? RepositoryId { get; set; }

    /// <summary>Specifies the form of the subject. Auto uses the form that GitHub reports for the repository. Immutable includes the
    /// numeric IDs. Name uses names only, without asking GitHub. Both produces two subjects. The default is Auto.</summary>
    [Parameter]
    public SubjectForm Form { get; set; } = SubjectForm.Auto;

    /// <summary>Indicates that a repository that GitHub reports as renamed or transferred is used under its new owner and name. Without
    /// this parameter, such a repository is an error.</summary>
    [Parameter]
    public SwitchParameter FollowTransfer { get; set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _github?.Api.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Does something about each repository: the trouble of one does not end the others.</summary>
    /// <returns>Whether all went well.</returns>
    private protected async Task<bool> ForEachAsync(Func<string, ResolvedSubjects, Task> work, CancellationToken cancellationToken)
    {
        if (Repository.Length == 0) Repository = await GitRemote.RepositoryAsync(SessionState, WriteVerbose, "", cancellationToken);
        SubjectScope scope = Scope();
        bool well = true;
        foreach (string text in Repository)
        {
            well &= await TryAsync(async () =>
            {
                ResolvedSubjects resolved = await ResolveAsync(text, scope, cancellationToken);
                if (resolved.Note is not null) WriteVerbose(resolved.Note);
                await work(text, resolved);
                if (resolved.Warning is not null) WriteWarning(resolved.Warning);
            }, text);
        }
        return well;
    }

    private Task<ResolvedSubjects> ResolveAsync(string text, SubjectScope scope, CancellationToken cancellationToken)
    {
        if ((OwnerId ?? RepositoryId ?? 1) < 1 || (RepositoryId ?? 1) < 1)   // no ValidateRange: it refuses the null of a piped record
            throw ErrorCatalog.InvalidGitHubId(OwnerId, RepositoryId, text);
        GitHubRepository repository = GitHubRepository.Parse(text);
        repository = repository with { OwnerId = OwnerId ?? repository.OwnerId, RepositoryId = RepositoryId ?? repository.RepositoryId };
        return new SubjectResolver(GitHub(repository)) { FollowTransfer = FollowTransfer }
            .ResolveAsync(repository, scope, Form, cancellationToken);
    }

    /// <summary>GitHub, or the sandbox's when the role is in the sandbox. That one takes the numbers that the user names for the true
    /// ones.</summary>
    private GitHubApi GitHub(GitHubRepository repository)
    {
        ISandbox? sandbox = CalledSandbox;
        if (Form is not SubjectForm.Name) sandbox?.LearnGitHubRepository(repository);
        string? url = sandbox?.Info.GitHubApiUrl;
        if (_github is { } open && open.Url == url) return open.Api;
        _github?.Api.Dispose();
        _github = (url, sandbox is null ? new() : new(url, token: ""));   // the user's token is for GitHub alone
        return _github.Value.Api;
    }

    private SubjectScope? Piped() => Enum.TryParse($"{Kind}", out SubjectKind kind) ? (kind, $"{Value}") switch
    {
        (SubjectKind.Branch, { Length: > 0 } branch) => SubjectScope.Branch(branch),
        (SubjectKind.GitTag, { Length: > 0 } tag) => SubjectScope.GitTag(tag),
        (SubjectKind.Environment, { Length: > 0 } environment) => SubjectScope.Environment(environment),
        (SubjectKind.PullRequest, _) => SubjectScope.PullRequest,
        _ => null,   // of any run, the usual one is looked at
    } : null;

    private SubjectScope Scope()
    {
        string[] named =
            [.. new[] { nameof(Branch), nameof(GitTag), nameof(Environment), nameof(PullRequest), nameof(AnyRef) }.Where(IsBound)];
        if (named.Length > 1)
            throw new PizzaException("AmbiguousTrustSubject", PizzaErrorKind.InvalidArgument,
                $"-{string.Join(" and -", named)} name different subjects. Give one of them, and run the command once for each.");
        return named switch
        {
            [nameof(GitTag)] => SubjectScope.GitTag(GitTag!),
            [nameof(Environment)] => SubjectScope.Environment(Environment!),
            [nameof(PullRequest)] when PullRequest => SubjectScope.PullRequest,
            [nameof(AnyRef)] when AnyRef => SubjectScope.AnyRef,
            [] when Piped() is { } scope => scope,
            _ => SubjectScope.Branch(Branch),
        };
    }
}

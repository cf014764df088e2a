using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Makes the OpenID Connect token that GitHub would give to a job of a workflow, for the STS of the running sandbox.</summary>
/// <remarks>
/// <para>The sandbox verifies it (AssumeRoleWithWebIdentity) and holds it against the role's trust policy as AWS would. With -Explain
/// nothing is assumed, but you are told which clause of the trust policy keeps the token out, which AWS never says.</para>
/// <para>The subject has the form and the numbers that the sandbox's GitHub tells of the repository, to Add-PizzaTrustSubject too: names
/// alone (an old repository), until its numbers are named by -OwnerId and -RepositoryId of either cmdlet (a new one).</para>
/// <para>It is signed with the sandbox's own key and good for five minutes, so it opens nothing at AWS.</para>
/// </remarks>
/// <example>
/// <code>'my-account/jwt-pizza-service' | New-PizzaSandboxToken -RoleName github-ci -Explain</code>
/// Would a run on the branch main be let in, and if not, why?
/// </example>
/// <example needs="the AWS CLI">
/// <code>$token = New-PizzaSandboxToken my-account/jwt-pizza -Environment production; aws sts assume-role-with-web-identity --role-arn arn:aws:iam::123456789012:role/github-ci --role-session-name me --web-identity-token $token</code>
/// Assumes the role as the job would, with the AWS CLI led to the sandbox.
/// </example>
/// <example>
/// <code>New-PizzaSandboxToken my-account/jwt-pizza -OwnerId 11 -RepositoryId 22</code>
/// With the numbers, the subject has the immutable form of repositories made after 15 July 2026; the sandbox's GitHub has it as such a
/// repository from now on.
/// </example>
/// <example>
/// <code>(New-PizzaSandboxToken my-account/jwt-pizza -AsVariable).GetEnumerator() | ForEach-Object { Set-Item "Env:$($_.Key)" $_.Value }; Connect-PizzaAws -RoleName github-ci</code>
/// Makes this session look like a job of that repository, and signs in as it.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaSandboxToken", DefaultParameterSetName = "Branch")]
[OutputType(typeof(string), typeof(TrustVerdict), typeof(IReadOnlyDictionary<string, string>))]
public sealed class NewPizzaSandboxTokenCommand : PizzaCmdlet
{
    /// <summary>Repositories at GitHub: 'owner/name', or their address. The default is where the git remote origin of
    /// the current folder leads.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("GitHubRepository", "nameWithOwner", "full_name")]
    [GitHubRepositories]
    [ArgumentCompleter(typeof(GitRepositoryCompleter))]
    public string[] Repository { get; set; } = [];

    /// <summary>Filled by the pipeline: the subject that a role trusts, whose run is meant. A run that is named by another parameter counts
    /// more.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public string? Subject { get; set; }

    /// <summary>The branch of the run. Default: main.</summary>
    [Parameter(ParameterSetName = "Branch")]
    [ArgumentCompleter(typeof(BranchCompleter))]
    public string Branch { get; set; } = Defaults.Branch;

    /// <summary>The git tag of the run.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "GitTag")]
    public string GitTag { get; set; } = "";

    /// <summary>The environment that the job names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Environment")]
    public string Environment { get; set; } = "";

    /// <summary>A run of a pull request.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "PullRequest")]
    public SwitchParameter PullRequest { get; set; }

    /// <summary>GitHub's number of the owner; with -RepositoryId, for the immutable form of the subject.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? OwnerId { get; set; }

    /// <summary>GitHub's number of the repository; with -OwnerId, for the immutable form of the subject.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? RepositoryId { get; set; }

    /// <summary>Specifies the audience of the token. The default is the one that STS expects: sts.amazonaws.com, or sts.amazonaws.com.cn in
    /// the regions of China.</summary>
    [Parameter]
    public string? Audience { get; set; }

    /// <summary>Gives the environment variables by which a job of GitHub Actions asks for such a token, instead of the token;
    /// Connect-PizzaAws and aws-actions/configure-aws-credentials do.</summary>
    [Parameter]
    public SwitchParameter AsVariable { get; set; }

    /// <summary>Says whether the role would take the token, and if not why, instead of giving the token.</summary>
    [Parameter]
    public SwitchParameter Explain { get; set; }

    /// <summary>The role to ask with -Explain.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ISandbox sandbox = RunningSandbox.Needed("to make tokens for");
        if (Repository.Length == 0) Repository = await GitRemote.RepositoryAsync(SessionState, WriteVerbose, "", cancellationToken);
        foreach (string text in Repository) await TryAsync(() => WriteAsync(sandbox, text), text);
    }

    private Task WriteAsync(ISandbox sandbox, string text)
    {
        GitHubRepository repository = GitHubRepository.Parse(text);
        repository = repository with { OwnerId = OwnerId ?? repository.OwnerId, RepositoryId = RepositoryId ?? repository.RepositoryId };
        if ((OwnerId ?? 1) < 1 || (RepositoryId ?? 1) < 1)   // no ValidateRange: it refuses the null of a piped record
            throw ErrorCatalog.InvalidGitHubId(OwnerId, RepositoryId, text);
        GitHubTokenRequest run = new() { Repository = repository, Scope = Scope(), Audience = Audience };
        if (Trusted() is { } subject)
        {
            if (subject.IsPattern && subject.Kind != SubjectKind.AnyRef) _ = GitHubToken.For(subject, "");   // says that it is a pattern
            run = run with
            {
                Repository = subject.Repository!, Scope = subject.Kind == SubjectKind.AnyRef ? Scope() : subject.Scope!,
                Immutable = subject.Form == SubjectForm.Immutable,
            };
        }
        string token = sandbox.IssueGitHubToken(run);
        if (AsVariable) WriteObject(sandbox.ActionsVariables(run));
        else if (Explain) WriteObject(sandbox.Explain(RoleName, token));
        else WriteObject(token);
        return Task.CompletedTask;
    }

    /// <summary>The subject that the pipeline brings, if it names a repository and the command line no run.</summary>
    private GitHubSubject? Trusted() =>
        !string.IsNullOrEmpty(Subject) && ParameterSetName == "Branch" && !IsBound(nameof(Branch))
            && GitHubSubject.Read(Subject) is { Repository: not null, Scope: not null } subject
            ? subject : null;

    private SubjectScope Scope() => ParameterSetName switch
    {
        nameof(GitTag) => SubjectScope.GitTag(GitTag),
        nameof(Environment) => SubjectScope.Environment(Environment),
        nameof(PullRequest) => SubjectScope.PullRequest,
        _ => SubjectScope.Branch(Branch),
    };
}

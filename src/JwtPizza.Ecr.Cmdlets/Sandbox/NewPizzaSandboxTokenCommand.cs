using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Creates the OpenID Connect token that GitHub would issue to a workflow job, for the STS of the running sandbox.</summary>
/// <remarks>
/// <para>The sandbox verifies the token (AssumeRoleWithWebIdentity) and evaluates it against the role's trust policy as AWS would. With
/// -Explain, no role is assumed. Instead, the output shows which condition of the trust policy denies the token, which AWS never
/// shows.</para>
/// <para>The subject has the form and the numeric IDs that the sandbox's GitHub reports for the repository. Add-PizzaTrustSubject gets the
/// same answer. A repository has the old form (names only) until you specify its IDs with -OwnerId and -RepositoryId of either cmdlet. From
/// then on, it has the new form.</para>
/// <para>The token is signed with the sandbox's own key, so it gives no access to AWS. It is valid for five minutes.</para>
/// </remarks>
/// <example>
/// <code>'my-account/jwt-pizza-service' | New-PizzaSandboxToken -RoleName github-ci -Explain</code>
/// Tests whether the role accepts a run on the branch main, and shows the reason if it does not.
/// </example>
/// <example needs="the AWS CLI">
/// <code>$token = New-PizzaSandboxToken my-account/jwt-pizza -Environment production; aws sts assume-role-with-web-identity --role-arn arn:aws:iam::123456789012:role/github-ci --role-session-name me --web-identity-token $token</code>
/// Assumes the role as the job would, with the AWS CLI configured to call the sandbox.
/// </example>
/// <example>
/// <code>New-PizzaSandboxToken my-account/jwt-pizza -OwnerId 11 -RepositoryId 22</code>
/// Creates a token whose subject has the immutable form of repositories created after 15 July 2026. The sandbox's GitHub reports the
/// repository in this form from now on.
/// </example>
/// <example>
/// <code>Register-PizzaOidcProvider https://ghes.example.com/_services/token
/// $provider = 'arn:aws:iam::123456789012:oidc-provider/ghes.example.com/_services/token'
/// Add-PizzaTrustSubject my-account/api -ProviderArn $provider | New-PizzaSandboxToken -Explain</code>
/// Tests whether the role accepts a run of a GitHub Enterprise Server.
/// </example>
/// <example>
/// <code>(New-PizzaSandboxToken my-account/jwt-pizza -AsVariable).GetEnumerator() | ForEach-Object { Set-Item "Env:$($_.Key)" $_.Value }; Connect-PizzaAws -RoleName github-ci</code>
/// Makes this session look like a job of that repository, and signs in as that job.
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

    /// <summary>Specifies the branch of the run. The default is main.</summary>
    [Parameter(ParameterSetName = "Branch")]
    [ArgumentCompleter(typeof(BranchCompleter))]
    public string Branch { get; set; } = Defaults.Branch;

    /// <summary>Specifies the git tag of the run.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "GitTag")]
    public string GitTag { get; set; } = "";

    /// <summary>Specifies the environment that the job names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Environment")]
    public string Environment { get; set; } = "";

    /// <summary>Indicates that the run belongs to a pull request.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "PullRequest")]
    public SwitchParameter PullRequest { get; set; }

    /// <summary>Specifies the owner's numeric ID on GitHub. Together with -RepositoryId, it gives the subject the immutable form.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? OwnerId { get; set; }

    /// <summary>Specifies the repository's numeric ID on GitHub. Together with -OwnerId, it gives the subject the immutable form.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? RepositoryId { get; set; }

    /// <summary>Specifies the audience of the token. The default is the audience that STS expects: sts.amazonaws.com, or
    /// sts.amazonaws.com.cn in the China Regions.</summary>
    [Parameter]
    public string? Audience { get; set; }

    /// <summary>Specifies the issuer of the token, for GitHub Enterprise Server (https://HOST/_services/token), GHE.com, or an enterprise
    /// with its own issuer. The default is the issuer that a piped subject names, or https://token.actions.githubusercontent.com.</summary>
    [Parameter]
    public string? Issuer { get; set; }

    /// <summary>Filled by the pipeline: the provider that a role trusts.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public string? ProviderArn { get; set; }

    /// <summary>Indicates that the cmdlet returns, instead of the token, the environment variables with which a GitHub Actions job requests
    /// it. Connect-PizzaAws and aws-actions/configure-aws-credentials use these variables.</summary>
    [Parameter]
    public SwitchParameter AsVariable { get; set; }

    /// <summary>Indicates that the cmdlet returns, instead of the token, whether the role accepts the token, and the reason if it does
    /// not.</summary>
    [Parameter]
    public SwitchParameter Explain { get; set; }

    /// <summary>Specifies the IAM role to test with -Explain.</summary>
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
        GitHubTokenRequest run = new() { Repository = repository, Scope = Scope(), Audience = Audience, Issuer = IssuerOf(sandbox) };
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

    private string? IssuerOf(ISandbox sandbox) =>
        Issuer is { } issuer ? GitHubProvider.ForUrl(issuer, Partition.Commercial.Name, sandbox.Info.RegistryId).Url
            : string.IsNullOrEmpty(ProviderArn) ? null : GitHubProvider.Parse(ProviderArn).Url;

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

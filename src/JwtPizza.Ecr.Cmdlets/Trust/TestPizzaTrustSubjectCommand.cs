using System.Collections;
using System.Globalization;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Tells whether a workflow run may assume an IAM role, and if not, which clause of the trust policy keeps it out.</summary>
/// <remarks>
/// <para>AWS answers a run that it refuses with 'Not authorized to perform sts:AssumeRoleWithWebIdentity' and no more. Here the role's
/// trust policy is read and evaluated as AWS does it: every statement, every operator, deny before allow. The account's identity provider
/// and its audiences are looked at too.</para>
/// <para>The run is named by its repository and branch, tag or environment; by its subject, if you have it from a log; or by its token.
/// Claims that follow from that are known (repository, ref, environment ...); name others that the policy asks for with -Claim.</para>
/// <para>Hints tell of near misses: capitals, a '*' under StringEquals, the other form of the subject, a branch where the job names an
/// environment. A command is hinted at only after its edit was tried in memory and let the run in.</para>
/// </remarks>
/// <example>
/// <code>Test-PizzaTrustSubject my-account/jwt-pizza-service -RoleName github-ci</code>
/// Would a run on main be let in, and if not, why?
/// </example>
/// <example>
/// <code>Test-PizzaTrustSubject -Subject 'repo:my-account/jwt-pizza-service:environment:production' -Claim @{ job_workflow_ref = 'my-account/ci/.github/workflows/deploy.yml@refs/heads/main' } | Format-List</code>
/// A subject from a log, with one claim more; the whole verdict.
/// </example>
/// <example>
/// <code>if (-not (Test-PizzaTrustSubject my-account/jwt-pizza-service -Quiet)) { Add-PizzaTrustSubject my-account/jwt-pizza-service }</code>
/// True or false alone, for scripts.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "PizzaTrustSubject")]
[OutputType(typeof(TrustVerdict), typeof(bool))]
public sealed class TestPizzaTrustSubjectCommand : SubjectCmdlet
{
    /// <summary>The IAM role. Default: github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>The subject of a run, instead of -Repository. No pattern: a run is on one branch, tag or environment.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SubjectCompleter))]
    public string? Subject { get; set; }

    /// <summary>The token of a run, instead of -Repository. It is read, and sent to nobody.</summary>
    [Parameter]
    public string? Token { get; set; }

    /// <summary>Whom the token is for. Default: what the role's partition takes, sts.amazonaws.com (in China
    /// sts.amazonaws.com.cn).</summary>
    [Parameter]
    public string? Audience { get; set; }

    /// <summary>Who issues the token, for GitHub Enterprise Server (https://HOST/_services/token), GHE.com, or an enterprise with an issuer
    /// of its own. Default: https://token.actions.githubusercontent.com.</summary>
    [Parameter]
    public string? Issuer { get; set; }

    /// <summary>Further claims of the token by name, for example @{ job_workflow_ref = '...' }.</summary>
    [Parameter]
    public Hashtable Claim { get; set; } = [];

    /// <summary>True or false instead of the verdict.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Token is not null) await TryAsync(() => TestAsync(GitHubToken.Read(Token), cancellationToken), RoleName);
        else if (Subject is not null) await TryAsync(() => TestAsync(Run(GitHubSubject.Parse(Subject)), cancellationToken), Subject);
        else
        {
            await ForEachAsync(async (_, resolved) =>
            {
                foreach (GitHubSubject subject in resolved.Subjects) await TestAsync(Run(subject), cancellationToken);
            }, cancellationToken);
        }
    }

    private GitHubToken Run(GitHubSubject subject)
    {
        GitHubToken token = GitHubToken.For(subject, Audience ?? GitHubProvider.UsualAudience(Aws.Partition), Issuer);
        if (OwnerId is { } owner) token = token.With("repository_owner_id", Text(owner));
        return RepositoryId is { } repository ? token.With("repository_id", Text(repository)) : token;
    }

    private async Task TestAsync(GitHubToken token, CancellationToken cancellationToken)
    {
        foreach (DictionaryEntry claim in Claim)
            token = token.With($"{claim.Key}", claim.Value is object[] many ? [.. many.Select(Text)] : [Text(claim.Value)]);
        TrustVerdict verdict = await new TrustTester(Aws.Iam, TimeProvider.System).TestAsync(RoleName, token, cancellationToken);
        foreach (string warning in verdict.Warnings) WriteWarning(warning);
        if (Quiet) WriteObject(verdict.Allowed);
        else WriteObject(verdict);
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

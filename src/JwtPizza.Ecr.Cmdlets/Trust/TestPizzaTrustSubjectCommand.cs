using System.Collections;
using System.Globalization;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Tests whether a GitHub Actions run can assume an IAM role, and shows which condition denies it.</summary>
/// <remarks>
/// <para>AWS answers a denied run only with 'Not authorized to perform sts:AssumeRoleWithWebIdentity'. This cmdlet reads the role's trust
/// policy and evaluates it as AWS does: every statement, every operator, deny before allow. It also checks the account's identity provider
/// and its audiences.</para>
/// <para>You specify the run by its repository and branch, tag, or environment, by its subject (for example from a log), or by its token.
/// The cmdlet derives the claims that follow from that (repository, ref, environment ...). Use -Claim for other claims that the policy
/// requires.</para>
/// <para>Hints point out near misses: different capitalization, a '*' under StringEquals, the other form of the subject, or a branch where
/// the job names an environment. A hint suggests a command only if its edit was tried in memory and allowed the run.</para>
/// </remarks>
/// <example>
/// <code>Test-PizzaTrustSubject my-account/jwt-pizza-service -RoleName github-ci</code>
/// Tests whether the role allows a run on main, and shows the reason if it does not.
/// </example>
/// <example>
/// <code>Test-PizzaTrustSubject -Subject 'repo:my-account/jwt-pizza-service:environment:production' -Claim @{ job_workflow_ref = 'my-account/ci/.github/workflows/deploy.yml@refs/heads/main' } | Format-List</code>
/// Tests a subject from a log with one additional claim, and shows the whole verdict.
/// </example>
/// <example>
/// <code>if (-not (Test-PizzaTrustSubject my-account/jwt-pizza-service -Quiet)) { Add-PizzaTrustSubject my-account/jwt-pizza-service }</code>
/// Returns only True or False, for scripts.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "PizzaTrustSubject")]
[OutputType(typeof(TrustVerdict), typeof(bool))]
public sealed class TestPizzaTrustSubjectCommand : SubjectCmdlet
{
    /// <summary>Specifies the IAM role. The default is github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Specifies the subject of a run, instead of -Repository. Patterns are not allowed, because a run is on one branch, tag, or
    /// environment.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SubjectCompleter))]
    public string? Subject { get; set; }

    /// <summary>Specifies the token of a run, instead of -Repository. The cmdlet reads the token and does not send it anywhere.</summary>
    [Parameter]
    public string? Token { get; set; }

    /// <summary>Specifies the audience of the token. The default is the audience that the role's partition accepts: sts.amazonaws.com, or
    /// sts.amazonaws.com.cn in the China Regions.</summary>
    [Parameter]
    public string? Audience { get; set; }

    /// <summary>Specifies the issuer of the token, for GitHub Enterprise Server (https://HOST/_services/token), GHE.com, or an enterprise
    /// with its own issuer. The default is https://token.actions.githubusercontent.com.</summary>
    [Parameter]
    public string? Issuer { get; set; }

    /// <summary>Specifies additional claims of the token by name, for example @{ job_workflow_ref = '...' }.</summary>
    [Parameter]
    public Hashtable Claim { get; set; } = [];

    /// <summary>Indicates that the cmdlet returns True or False instead of the verdict.</summary>
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

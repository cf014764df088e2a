using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Resolves the subject (the 'sub' claim) that the tokens of a GitHub repository's workflow runs carry.</summary>
/// <remarks>
/// <para>A role allows a run by this text, which must match exactly. Repositories that were created, renamed, or transferred after 15 July
/// 2026 have their numeric IDs in it (repo:OWNER@ID/NAME@ID:...). Older repositories do not. The cmdlet asks GitHub which form a repository
/// has. If GITHUB_TOKEN or GH_TOKEN is set, GitHub also answers for private repositories.</para>
/// <para>The cmdlet does not call AWS. While a sandbox runs in this session, the cmdlet asks the sandbox's stand-in for GitHub, unless
/// -EndpointUrl or -ProfileName leads elsewhere.</para>
/// </remarks>
/// <example>
/// <code>Resolve-PizzaTrustSubject my-account/jwt-pizza-service</code>
/// Gets the subject of runs on the branch main.
/// </example>
/// <example>
/// <code>'my-account/jwt-pizza', 'my-account/jwt-pizza-service' | Resolve-PizzaTrustSubject -Environment production | Add-PizzaTrustSubject -RoleName github-ci</code>
/// Gets the subjects first, so that you can check them, and then trusts them.
/// </example>
[Cmdlet(VerbsDiagnostic.Resolve, "PizzaTrustSubject")]
[OutputType(typeof(RunSubject))]
public sealed class ResolvePizzaTrustSubjectCommand : SubjectCmdlet
{
    private protected override Task ProcessAsync(CancellationToken cancellationToken) => ForEachAsync((_, resolved) =>
    {
        foreach (GitHubSubject subject in resolved.Subjects) WriteObject(RunSubject.Of(subject));
        return Task.CompletedTask;
    }, cancellationToken);
}

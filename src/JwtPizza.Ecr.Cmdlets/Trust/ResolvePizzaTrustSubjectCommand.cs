using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Tells the subject (the 'sub' claim) that the tokens of a GitHub repository's workflow runs carry.</summary>
/// <remarks>
/// <para>A role lets a run in by this text, and it must be right to the letter. Repositories that were made, renamed or transferred after
/// 15 July 2026 have their numbers in it (repo:OWNER@ID/NAME@ID:...), older ones have not; GitHub is asked which it is. GITHUB_TOKEN or
/// GH_TOKEN, if set, lets it answer for private repositories.</para>
/// <para>AWS is not called. While a sandbox of this session runs, its stand-in for GitHub is asked, unless -EndpointUrl or -ProfileName
/// lead elsewhere.</para>
/// </remarks>
/// <example>
/// <code>Resolve-PizzaTrustSubject my-account/jwt-pizza-service</code>
/// The subject of runs on the branch main.
/// </example>
/// <example>
/// <code>'my-account/jwt-pizza', 'my-account/jwt-pizza-service' | Resolve-PizzaTrustSubject -Environment production | Add-PizzaTrustSubject -RoleName github-ci</code>
/// Finds the subjects first, to look at them, and trusts them then.
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

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Gets the GitHub Actions subjects that can assume an IAM role.</summary>
/// <remarks>
/// <para>The output is one record for each subject in the role's trust policy, with its parts: repository, branch, tag, or environment,
/// form, and numeric IDs. The cmdlet warns about a subject that can never match (a pattern under StringEquals). It also warns about trust
/// that is open to everyone on GitHub.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaTrustSubject github-ci</code>
/// Lists the subjects that can assume the role github-ci.
/// </example>
/// <example>
/// <code>Get-PizzaTrustSubject * | Where-Object Repository -eq my-account/jwt-pizza</code>
/// Lists the roles of the account that runs of the repository can assume.
/// </example>
/// <example>
/// <code>Get-PizzaTrustSubject github-ci | Where-Object Form -eq Name | Remove-PizzaTrustSubject</code>
/// Removes the subjects that name a repository without its numeric ID.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaTrustSubject")]
[OutputType(typeof(TrustSubject))]
public sealed class GetPizzaTrustSubjectCommand : RoleCmdlet
{
    /// <summary>Specifies the IAM roles, by name or by patterns with wildcards. A pattern means roles that trust an OpenID Connect
    /// provider. The default is github-ci.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = [Defaults.RoleName];

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachRoleAsync<GetPizzaTrustSubjectCommand>(RoleName, (self, name, listed, token) => self.WriteAsync(name, listed, token),
            cancellationToken);

    private async Task WriteAsync(string roleName, IamRole? listed, CancellationToken cancellationToken)
    {
        TrustPolicy policy = listed is { } role ? TrustPolicy.Parse(role.RoleName, role.Arn, role.AssumeRolePolicyDocument)
            : await new TrustService(Aws.Iam).ReadAsync(roleName, cancellationToken);
        foreach (string dead in policy.NeverMatching())
            WriteWarning(
                $"The trust policy of role '{roleName}' compares '{dead}' by StringEquals, which takes '*' and '?' literally, so " +
                "no run can assume the role. Use StringLike, or remove it with Remove-PizzaTrustSubject.");
        foreach (string warning in policy.OpenToAnybody()) WriteWarning(warning);
        foreach (TrustSubject subject in policy.Subjects()) WriteObject(subject);
    }
}

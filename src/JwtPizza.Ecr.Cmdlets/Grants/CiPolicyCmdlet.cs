using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>
/// Base of the cmdlets that change a CI role's policy. They collect the whole pipeline first: a policy has five versions only, so all
/// repositories make one.
/// </summary>
public abstract class CiPolicyCmdlet : RepositoryCmdlet
{
    private readonly List<Collected?> _collected = [];   // null for one that is not found, or not yet

    /// <summary>Specifies the ARN of the repository. A repository from the pipeline supplies it. The default is the ARN of the repository
    /// with that name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RepositoryArn { get; set; }

    /// <summary>Specifies the role that CI assumes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Specifies the role's managed policy, by name. The default is jwt-pizza-ci-deployment for the role github-ci, and
    /// ROLE-deployment for any other role.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Specifies the role's managed policy, by ARN, instead of -PolicyName.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? PolicyArn { get; set; }

    /// <summary>Specifies the ECS cluster of the service. The default is the last part of the repository name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>Specifies the ECS service that runs the image. The default is the last part of the repository name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Specifies the roles that the service's task definition names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] TaskRole { get; set; } = [Defaults.TaskRole];

    private protected override bool TakesSeveral => false;

    private protected virtual bool MustExist => false;

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        int index = _collected.Count;
        _collected.Add(null);
        string arn = RepositoryArn?.EndsWith($":repository/{name}", StringComparison.Ordinal) == true
            ? RepositoryArn : await new RepositoryArns(Aws).FindAsync(name, RegistryId, MustExist, cancellationToken);
        CiGrant grant = Complete(CiGrant.For(arn, Cluster, Service, TaskRole));
        _collected[index] = new(CiPolicyTarget.For(RoleName, PolicyName, PolicyArn), grant);
    }

    private protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<CiPolicyTarget, CiGrant> group in _collected.OfType<Collected>().GroupBy(c => c.Target, c => c.Grant))
            await TryAsync(() => ChangeAsync(group.Key, [.. group], cancellationToken), group.Key.PolicyArn ?? group.Key.PolicyName);
    }

    private sealed record Collected(CiPolicyTarget Target, CiGrant Grant);

    private protected abstract Task<CiPolicyPlan> PlanAsync(
        CiPolicyService policies, CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken);

    private protected virtual CiGrant Complete(CiGrant grant) => grant;

    private async Task ChangeAsync(CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken)
    {
        CiPolicyService policies = new(Aws.Iam);
        CiPolicyPlan plan = await PlanAsync(policies, target, grants, cancellationToken);
        foreach (string note in plan.Edit.Notes) WriteVerbose(note);
        foreach (string warning in await policies.SharedAsync(plan, cancellationToken)) WriteWarning(warning);   // before the question
        if (plan.IsChange && !ShouldProcess(plan.Description, $"{plan.Description}\nContinue?", MyInvocation.MyCommand.Name)) return;
        CiPolicyOutcome outcome = plan.IsChange ? await policies.ApplyAsync(plan, cancellationToken) : CiPolicyService.Unchanged(plan);
        WriteVerbose(
            $"{plan.PolicyArn}: " +
            $"{(plan.IsChange ? $"changed; version {outcome.Grants[0].VersionId} is now the default" : "nothing changed")}.");
        foreach (string warning in outcome.Warnings) WriteWarning(warning);
        foreach (CiPolicyGrant grant in outcome.Grants) WriteObject(grant);
    }
}

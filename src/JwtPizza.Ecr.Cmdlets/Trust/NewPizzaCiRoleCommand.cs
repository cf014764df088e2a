using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Makes the IAM role that GitHub Actions of a repository assume, with the right to push to ECR repositories and to
/// deploy.</summary>
/// <remarks>
/// <para>In one go: GitHub's identity provider is registered if the account does not know it yet, the role is made with a trust policy for
/// the runs that are named (as Add-PizzaTrustSubject writes it), and, where ECR repositories are named, its policy
/// (jwt-pizza-ci-deployment, or ROLE-deployment for another role than github-ci) is made, granted and attached (as Grant-PizzaCiPolicy does
/// it).</para>
/// <para>Run it again, and nothing changes. A role that is there already is brought into line: missing runs are added to its trust, missing
/// repositories to its policy. Nothing else of it changes; what was asked for and is otherwise (path, session duration, permissions
/// boundary) is told in a warning.</para>
/// <para>Everything that the pipeline brings for one role is done at its end, at once; if one of its repositories is wrong, nothing is made
/// for that role. A step that fails says which ones were done before.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service</code>
/// Runs on main may assume the role github-ci, push to the ECR repository, and redeploy its service.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | New-PizzaCiRole my-team/services -RoleName team-a-ci -PolicyName team-a-push -Environment production -Cluster team-a -WhatIf</code>
/// Shows every document of a role for all repositories of a team, for jobs of the environment production.
/// </example>
/// <example>
/// <code>$role = New-PizzaCiRole my-account/jwt-pizza -RoleName frontend-ci -MaxSessionDuration 7200 -PermissionsBoundary arn:aws:iam::123456789012:policy/ci-boundary; $role.RoleArn</code>
/// A role without rights in ECR, bounded, for sessions of up to two hours; its ARN is what the workflow needs.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaCiRole", SupportsShouldProcess = true)]
[OutputType(typeof(CiRole))]
public sealed class NewPizzaCiRoleCommand : SubjectCmdlet
{
    private sealed record Asked(CiPolicyTarget Target, List<GitHubSubject> Subjects, List<CiGrant> Grants)
    {
        public bool IsWrong { get; set; }
    }

    private readonly List<Asked> _asked = [];
    private string[] _resolved = [];

    /// <summary>The role to make. Default: github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>A subject as it is, also a pattern with '*' and '?'; instead of -Repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Subject { get; set; }

    /// <summary>ECR repositories that the role may push to. Without one, the role gets no policy.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The 12 digits of the account of the ECR repositories. Default: the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>Specifies the policy that is granted. The default is jwt-pizza-ci-deployment for the role github-ci, and ROLE-deployment
    /// for any other role.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>The ECS cluster of the service. Default: the last part of the ECR repository's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>The ECS service that runs the image. Default: the last part of the ECR repository's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>The roles that the service's task definition names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] TaskRole { get; set; } = [Defaults.TaskRole];

    /// <summary>Allow pulling as well; see Grant-PizzaCiPolicy.</summary>
    [Parameter]
    public SwitchParameter IncludePull { get; set; }

    /// <summary>Allow looking at what was pushed and deployed as well; see Grant-PizzaCiPolicy.</summary>
    [Parameter]
    public SwitchParameter IncludeVerify { get; set; }

    /// <summary>Allow all that Update-PizzaService does with an image as well; see Grant-PizzaCiPolicy.</summary>
    [Parameter]
    public SwitchParameter IncludeDeploy { get; set; }

    /// <summary>The ARN of GitHub's identity provider, for an enterprise with an issuer of its own. Default: the one that the role trusts,
    /// else github.com's.</summary>
    [Parameter]
    public string? ProviderArn { get; set; }

    /// <summary>The path of a role that is made, for example /ci/. Default: /.</summary>
    [Parameter]
    [ValidatePattern(@"\A/([\x21-\x7e]+/)?\z")]
    public string? Path { get; set; }

    /// <summary>The description of a role that is made; up to 1,000 characters.</summary>
    [Parameter]
    [ValidateLength(0, 1000)]
    public string Description { get; set; } = "Assumed by GitHub Actions";

    /// <summary>How long sessions of a role that is made may last: 3600 to 43200 seconds. Default: IAM's, 3600.</summary>
    [Parameter]
    [ValidateRange(3600, 43200)]
    public int? MaxSessionDuration { get; set; }

    /// <summary>The ARN of a managed policy that bounds what a role that is made may do, whatever it is granted.</summary>
    [Parameter]
    public string? PermissionsBoundary { get; set; }

    /// <summary>Tags of a role that is made, for example @{ team = 'pizza' }; up to 50.</summary>
    [Parameter]
    [Alias("Tags")]
    public Hashtable Tag { get; set; } = [];

    /// <summary>Filled by the pipeline: the repository is one of ECR Public, which is refused.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    private protected override bool TakesSeveral => false;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Public) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, string.Join(", ", RepositoryName));
        CiPolicyTarget target = CiPolicyTarget.For(RoleName, PolicyName);
        Asked asked = _asked.Find(a => a.Target == target) ?? new(target, [], []);
        if (asked is { Subjects: [], Grants: [] }) _asked.Add(asked);
        if (Subject is not null) asked.IsWrong |= !await TryAsync(() => Collect(asked, [GitHubSubject.Parse(Subject)]), Subject);
        else if (!ReferenceEquals(_resolved, Repository) || Repository is [])
            asked.IsWrong |= !await ForEachAsync((_, resolved) => Collect(asked, resolved.Subjects), cancellationToken);
        _resolved = Repository;   // typed once, and the pipeline brings ECR repositories
        foreach (string name in RepositoryName)
        {
            asked.IsWrong |= !await TryAsync(async () => asked.Grants.Add(await GrantAsync(name, cancellationToken)), name);
        }
    }

    private protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (Asked asked in _asked)
        {
            if (asked.IsWrong || asked.Subjects is [])
                WriteWarning(
                    $"Nothing was made for the role '{asked.Target.RoleName}', because something that was named for it is wrong. " +
                    "Correct that, and run the command again.");
            else await TryAsync(() => MakeAsync(asked, cancellationToken), asked.Target.RoleName);
        }
    }

    private async Task<CiGrant> GrantAsync(string repository, CancellationToken cancellationToken)
    {
        RepositoryReference place = PlaceOf(repository, RegistryId);
        RepositoryArns arns = new(SessionFor(Typed(place.Region)));
        string arn = await arns.FindAsync(Ecr.RepositoryName.Parse(place.Name), place.RegistryId, mustExist: true, cancellationToken);
        return CiGrant.For(arn, Cluster, Service, TaskRole) with
        {
            IncludePull = IncludePull, IncludeVerify = IncludeVerify, IncludeDeploy = IncludeDeploy,
        };
    }

    private static Task Collect(Asked asked, IEnumerable<GitHubSubject> subjects)
    {
        asked.Subjects.AddRange(subjects.Where(s => asked.Subjects.TrueForAll(known => known.Text != s.Text)));
        return Task.CompletedTask;
    }

    private async Task MakeAsync(Asked asked, CancellationToken cancellationToken)
    {
        CiRoleService roles = new(Aws);
        CiRolePlan plan =
            await roles.PlanAsync(
                new(Role(asked.Target.RoleName), asked.Subjects, asked.Target,
                    asked.Grants) { Provider = ProviderArn is null ? null : GitHubProvider.Parse(ProviderArn) }, cancellationToken);
        foreach (string note in plan.Trust.Notes.Concat(plan.Policy?.Edit.Notes ?? [])) WriteVerbose(note);
        foreach (string warning in plan.Shared) WriteWarning(warning);   // before the question
        if (!plan.IsChange) WriteVerbose($"The role '{asked.Target.RoleName}' is there already, with everything; nothing changed.");
        else if (!ShouldProcess(plan.Description, $"{plan.Description}\nContinue?", "CI role")) return;
        (CiRole role, IReadOnlyList<string> warnings) = plan.IsChange
            ? await roles.ApplyAsync(plan, new Progress<string>(WriteVerbose), cancellationToken)
            : (CiRoleService.Unchanged(plan), plan.Warnings);
        foreach (string warning in warnings) WriteWarning(warning);
        WriteObject(role);
    }

    private NewRole Role(string name) => new(name, "")
    {
        Path = Path, Description = Description, MaxSessionDuration = MaxSessionDuration, PermissionsBoundary = PermissionsBoundary,
        Tags = Tag.Cast<DictionaryEntry>().ToDictionary(t => $"{t.Key}", t => $"{t.Value}"),
    };
}

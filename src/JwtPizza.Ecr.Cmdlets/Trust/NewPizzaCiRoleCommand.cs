using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Creates the IAM role that GitHub Actions runs of a repository assume, with permission to push to ECR repositories and to
/// deploy.</summary>
/// <remarks>
/// <para>The cmdlet performs several steps at once. It registers GitHub's identity provider if the account does not have it yet. It creates
/// the role with a trust policy for the specified runs (as Add-PizzaTrustSubject writes it). If you specify ECR repositories, it also
/// creates the policy, grants the permissions (as Grant-PizzaCiPolicy does), and attaches the policy. The policy is
/// jwt-pizza-ci-deployment, or ROLE-deployment for a role other than github-ci.</para>
/// <para>If you run the command again, nothing changes. The cmdlet updates an existing role: it adds missing runs to its trust policy, and
/// missing repositories to its permissions policy. It changes nothing else. A warning names requested settings that differ (path, session
/// duration, permissions boundary).</para>
/// <para>The cmdlet collects all pipeline input for a role and applies it together at the end. If one of a role's repositories is wrong,
/// nothing is created for that role. If a step fails, the error lists the steps that completed before it.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service</code>
/// Allows runs on main to assume the role github-ci, push to the ECR repository, and redeploy its service.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | New-PizzaCiRole my-team/services -RoleName team-a-ci -PolicyName team-a-push -Environment production -Cluster team-a -WhatIf</code>
/// Shows every document of a role for all repositories of a team, for jobs of the environment production.
/// </example>
/// <example>
/// <code>$role = New-PizzaCiRole my-account/jwt-pizza -RoleName frontend-ci -MaxSessionDuration 7200 -PermissionsBoundary arn:aws:iam::123456789012:policy/ci-boundary; $role.RoleArn</code>
/// Creates a role without ECR permissions, with a permissions boundary and sessions of up to two hours. The workflow needs the ARN of the
/// role.
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

    /// <summary>Specifies the role to create. The default is github-ci.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Specifies a subject verbatim, instead of -Repository. A pattern with '*' and '?' is allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Subject { get; set; }

    /// <summary>Specifies the ECR repositories that the role can push to. Without a repository, the role gets no policy.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the account that owns the ECR repositories, by its 12 digits. The default is your own account.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>Specifies the role's managed policy. The default is jwt-pizza-ci-deployment for the role github-ci, and ROLE-deployment for
    /// any other role.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Specifies the ECS cluster of the service. The default is the last part of the ECR repository name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>Specifies the ECS service that runs the image. The default is the last part of the ECR repository name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Specifies the roles that the service's task definition names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] TaskRole { get; set; } = [Defaults.TaskRole];

    /// <summary>Indicates that the role is also allowed to pull. See Grant-PizzaCiPolicy.</summary>
    [Parameter]
    public SwitchParameter IncludePull { get; set; }

    /// <summary>Indicates that the role is also allowed to read what was pushed and deployed. See Grant-PizzaCiPolicy.</summary>
    [Parameter]
    public SwitchParameter IncludeVerify { get; set; }

    /// <summary>Indicates that the role is also allowed to do all that Update-PizzaService does with an image. See
    /// Grant-PizzaCiPolicy.</summary>
    [Parameter]
    public SwitchParameter IncludeDeploy { get; set; }

    /// <summary>Specifies the ARN of GitHub's identity provider, for an enterprise with its own issuer. The default is the provider that
    /// the role trusts, and then that of github.com.</summary>
    [Parameter]
    public string? ProviderArn { get; set; }

    /// <summary>Specifies the path of a role that is created, for example /ci/. The default is /.</summary>
    [Parameter]
    [ValidatePattern(@"\A/([\x21-\x7e]+/)?\z")]
    public string? Path { get; set; }

    /// <summary>Specifies the description of a role that is created, with up to 1,000 characters.</summary>
    [Parameter]
    [ValidateLength(0, 1000)]
    public string Description { get; set; } = "Assumed by GitHub Actions";

    /// <summary>Specifies the maximum session duration of a role that is created: 3600 to 43200 seconds. The default is 3600, from
    /// IAM.</summary>
    [Parameter]
    [ValidateRange(3600, 43200)]
    public int? MaxSessionDuration { get; set; }

    /// <summary>Specifies the ARN of a managed policy that limits the permissions of a role that is created, whatever it is
    /// granted.</summary>
    [Parameter]
    public string? PermissionsBoundary { get; set; }

    /// <summary>Specifies the tags of a role that is created, up to 50, for example @{ team = 'pizza' }.</summary>
    [Parameter]
    [Alias("Tags")]
    public Hashtable Tag { get; set; } = [];

    /// <summary>Indicates that the repository is in ECR Public, which this cmdlet does not support. The pipeline sets this
    /// parameter.</summary>
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
                    $"Nothing was created for the role '{asked.Target.RoleName}', because a value is not valid. Correct " +
                    "it, and run the command again.");
            else await TryAsync(() => MakeAsync(asked, cancellationToken), asked.Target.RoleName);
        }
    }

    private async Task<CiGrant> GrantAsync(string repository, CancellationToken cancellationToken)
    {
        RepositoryReference place = PlaceOf(repository, RegistryId);
        RepositoryArns arns = new(SessionFor(OptionsFor(place.Region)));
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
        if (!plan.IsChange) WriteVerbose($"The role '{asked.Target.RoleName}' already exists with everything that was specified; nothing " +
            "changed.");
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

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Trust;
using JwtPizza.Ecr.Services.Setup;

namespace JwtPizza.Ecr.Cmdlets.Setup;

/// <summary>Tests everything that a service needs between a commit and an image in ECR, and names the command that adds what is
/// missing.</summary>
/// <remarks>
/// <para>The output is one object for each part: credentials, repository, lifecycle rules, GitHub's identity provider, the role's trust in
/// this branch, the role's permissions, and the image. The cmdlet changes nothing. The status Unknown means that you do not have permission
/// to read the part. Failed means that the part prevents a workflow from deploying. Initialize-PizzaBuilder checks docker in the same
/// way.</para>
/// </remarks>
/// <example>
/// <code>Test-PizzaSetup my-account/jwt-pizza-service</code>
/// Tests everything for the repository jwt-pizza-service and the role github-ci.
/// </example>
/// <example>
/// <code>Test-PizzaSetup my-account/api -RepositoryName team-a/api -RoleName team-a-ci -Environment production | Where-Object Status -ne Ok | Format-List</code>
/// Shows only what is wrong, with the commands that fix it.
/// </example>
/// <example>
/// <code>if (Test-PizzaSetup my-account/jwt-pizza-service -Quiet) { ./deploy.ps1 }</code>
/// Returns True if nothing has failed, and warns about parts that could not be read.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "PizzaSetup")]
[OutputType(typeof(SetupCheck), typeof(bool))]
public sealed class TestPizzaSetupCommand : SubjectCmdlet
{
    /// <summary>Specifies the repository in ECR. The default is the name of the GitHub repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [OneRepositoryName]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? RepositoryName { get; set; }

    /// <summary>Specifies the role that CI assumes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Specifies the role's managed policy. The default is jwt-pizza-ci-deployment for the role github-ci, and ROLE-deployment for
    /// any other role.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Specifies the roles that the service's task definition names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] TaskRole { get; set; } = [Defaults.TaskRole];

    /// <summary>Specifies the issuer of the tokens, for GitHub Enterprise Server, GHE.com, or an enterprise with its own issuer. The
    /// default is https://token.actions.githubusercontent.com.</summary>
    [Parameter]
    public string? Issuer { get; set; }

    /// <summary>Indicates that the cmdlet also checks the permissions that Update-PizzaService needs to deploy an image, as
    /// Grant-PizzaCiPolicy -IncludeDeploy grants them.</summary>
    [Parameter]
    public SwitchParameter IncludeDeploy { get; set; }

    /// <summary>Indicates that the cmdlet returns True or False instead of the findings.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Indicates that the repository is in ECR Public, which this cmdlet does not support. The pipeline sets this
    /// parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) => ForEachAsync(async (text, resolved) =>
    {
        RepositoryReference place = PlaceOf(RepositoryName ?? GitHubRepository.Parse(text).Name.ToLowerInvariant(), null, Public);
        SetupRequest wanted = new(Ecr.RepositoryName.Parse(place.Name), RoleName,
            string.IsNullOrEmpty(PolicyName) ? CiPolicy.NameFor(RoleName) : PolicyName, text, resolved.Subjects, TaskRole)
        {
            IncludeDeploy = IncludeDeploy, Issuer = Issuer,
        };
        string? region = CurrentRegion;
        CurrentRegion = place.Region;   // a URI names it, and the advice is about the same place
        try { await CheckAsync(wanted, cancellationToken); }
        finally { CurrentRegion = region; }
    }, cancellationToken);

    private async Task CheckAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        List<SetupCheck> found = [];
        await foreach (SetupCheck check in new SetupService(Aws, TimeProvider.System).CheckAsync(wanted, cancellationToken))
        {
            found.Add(check);
            if (!Quiet) WriteObject(check);
        }
        if (!Quiet) return;
        string[] unseen = [.. found.Where(c => c.Status == SetupStatus.Unknown).Select(c => c.Check)];
        if (unseen.Length > 0 && found.TrueForAll(c => c.Status != SetupStatus.Failed))
            WriteWarning($"These parts could not be read: {string.Join(", ", unseen)}. Run the command without -Quiet to see why.");
        WriteObject(found.TrueForAll(c => c.Status != SetupStatus.Failed));
    }
}

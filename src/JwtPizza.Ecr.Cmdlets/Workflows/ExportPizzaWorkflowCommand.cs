using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Writes the GitHub Actions workflow that builds an image and pushes it to Amazon ECR, or adds it to a workflow that
/// exists.</summary>
/// <remarks>
/// <para>A new workflow has two jobs. 'build' makes a version and the distribution, and keeps it as an artifact. 'deploy' fetches it, signs
/// in to AWS by GitHub's OIDC token (no stored keys), puts the production values in, builds the image with docker buildx and pushes it. The
/// step 'build-image' has the image's name as its output 'image', for steps after it.</para>
/// <para>In a workflow that exists, the job that builds gets the steps that make and keep the distribution, and the job 'deploy' comes
/// after the other jobs. No other line or comment changes by a byte; indentation, line breaks and byte order mark are taken over. Steps are
/// recognized by what they do, not by their names: a workflow that holds the steps of the course gets only what it lacks, for example the
/// step 'Deploy new container' of -Service. A second run changes nothing. What cannot be extended line by line (a job in brackets, an alias
/// in the place of steps) is refused, with its line.</para>
/// <para>The new steps fit into what is there: one leg of a matrix makes the distribution, an artifact's name or a folder 'dist' that is
/// taken gets another, default folders and shells are named, and the new job waits for every job that does not come after it. Secrets are
/// declared where other workflows call this one. Warnings tell of what would fail at run time and cannot be added: a branch that no event
/// reaches, a missing permission for the token, secrets that end up in an artifact.</para>
/// <para>A job 'build' that is written anew runs the project's tests, if the package.json beside the folder .github names any.</para>
/// <para>The workflow reads the secrets AWS_ACCOUNT, CI_IAM_ROLE (unless -RoleName is given) and those of -Replace; Set-PizzaWorkflowSecret
/// sets them. The values of -Replace are put in after the artifact was fetched, for everybody can read an artifact of a public
/// repository.</para>
/// <para>With -Style Actions the steps are a chain of actions in their current major versions. With -Style Module they are PowerShell with
/// this module, which GitHub's runner installs from the PowerShell Gallery. With -Service they deploy the very image that was pushed and
/// read back what runs, for which the role needs Grant-PizzaCiPolicy -IncludeDeploy.</para>
/// </remarks>
/// <example>
/// <code>Export-PizzaWorkflow jwt-pizza-service</code>
/// Writes .github/workflows/ci.yml, or adds what is missing to the one that is there.
/// </example>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Export-PizzaWorkflow -Service jwt-pizza-service -WhatIf</code>
/// Shows the lines that would be added, with a step that deploys the image to ECS. The region is that of the repository.
/// </example>
/// <example>
/// <code>Export-PizzaWorkflow api -Style Module -BuildJobName test -JobName push -Platform linux/arm64, linux/amd64 -Replace @{ 'src/settings.json' = @{ '__PASSWORD__' = 'DB_PASSWORD' } }</code>
/// Steps in PowerShell, added to a workflow whose first job is called test; one text is replaced by the value of a secret.
/// </example>
/// <example>
/// <code>Export-PizzaWorkflow jwt-pizza-service -AsText | Set-Clipboard</code>
/// The text only; nothing is written.
/// </example>
[Cmdlet(VerbsData.Export, "PizzaWorkflow", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaWorkflow), typeof(string))]
public sealed class ExportPizzaWorkflowCommand : PizzaCmdlet
{
    /// <summary>The repository to push to.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [OneRepositoryName]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string RepositoryName { get; set; } = "";

    /// <summary>The file. Default: .github/workflows/ci.yml below the current location.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = System.IO.Path.Combine(".github", "workflows", "ci.yml");

    /// <summary>Actions: the course's chain of actions. Module: steps in PowerShell with this module. Default: Actions.</summary>
    [Parameter]
    public WorkflowStyle Style { get; set; }

    /// <summary>With -Style Module: the action that installs this module, as 'uses' takes it, OWNER/REPOSITORY@REF. Default: each script
    /// installs it from the PowerShell Gallery.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SetupAction { get; set; }

    /// <summary>The region of ECR. Default: us-east-1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string Region { get; set; } = "us-east-1";

    /// <summary>The name of the role to assume, written into the workflow. Default: it comes from the secret CI_IAM_ROLE.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RoleName { get; set; }

    /// <summary>The branch that is deployed; a new workflow runs when something is pushed to it. Default: main.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BranchCompleter))]
    public string Branch { get; set; } = Defaults.Branch;

    /// <summary>What the image runs on; several make one image for all of them. Default: linux/arm64.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [Defaults.Platform];

    /// <summary>The job that pushes the image. Default: deploy.</summary>
    [Parameter]
    public string JobName { get; set; } = "deploy";

    /// <summary>The deployment environment of that job, for its secrets and approvals. The role then has to trust the subject of this
    /// environment: Add-PizzaTrustSubject -Environment. Default: none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Environment { get; set; }

    /// <summary>The job that makes the distribution. In a workflow that exists it has to be there. Default: build.</summary>
    [Parameter]
    public string BuildJobName { get; set; } = "build";

    /// <summary>What goes into the distribution, as New-PizzaDist takes it. Default: Dockerfile, 'src/*', '*.json'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Include { get; set; }

    /// <summary>Texts that give way to the values of secrets, by file: @{ 'src/config.js' = @{ tempdbpassword = 'DB_PASSWORD' } }. @{} for
    /// none. Default: the course's root, tempdbpassword and 127.0.0.1 in src/config.js by DB_USERNAME, DB_PASSWORD and
    /// DB_HOSTNAME.</summary>
    [Parameter]
    public IDictionary? Replace { get; set; }

    /// <summary>The ECS cluster of -Service. Default: the name of the service.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>The ECS service that is to run the image after the push. Default: the name of -Cluster; without both the workflow only
    /// pushes.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Give the whole text back, and write nothing.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>Filled by the pipeline: the repository is one of ECR Public, which is refused.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RepositoryReference place =
            RepositoryReference.Parse(RepositoryName, null, IsBound(nameof(Region)) && Region.Length > 0 ? Region : null, Public);
        if (place.IsPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, RepositoryName);
        WorkflowPlan plan = await WorkflowService.PlanAsync(FilePath(Path), Options(place), cancellationToken);
        foreach (string warning in plan.Warnings) WriteWarning(warning);
        if (AsText)
        {
            WriteObject(plan.Text);
            return;
        }
        if (plan.Workflow.Status == ChangeStatus.Unchanged) WriteVerbose($"{plan.Workflow.Path}: all is there already; nothing changed.");
        else
        {
            string action =
                $"{(plan.Workflow.Status == ChangeStatus.Created ? "Write" : "Extend")} the workflow " +
                $"{plan.Workflow.Path}:\n{plan.Difference}";
            if (!ShouldProcess(action, $"{action}\nContinue?", "Export-PizzaWorkflow")) return;
            await WorkflowService.ApplyAsync(plan, cancellationToken);
        }
        WriteObject(plan.Workflow);
    }

    private WorkflowOptions Options(RepositoryReference place)
    {
        WorkflowOptions options = new()
        {
            RepositoryName = Ecr.RepositoryName.Parse(place.Name), Style = Style, SetupAction = SetupAction,
            Region = place.Region ?? (Region is "" ? "us-east-1" : Region), RoleName = RoleName is "" ? null : RoleName,
            Branch = Branch is "" ? Defaults.Branch : Branch,
            Platforms = Ecr.Platform.ParseAll(Platform), JobName = JobName, BuildJobName = BuildJobName, Cluster = Cluster,
            Service = Service ?? Cluster, Environment = Environment is "" ? null : Environment,
        };
        if (Include is not null) options = options with { Include = [.. Include.Select(DistInclude.Parse)] };
        return Replace is null ? options : options with { Replace = [.. Replace.Cast<DictionaryEntry>().SelectMany(Replacements)] };
    }

    private static IEnumerable<SecretReplacement> Replacements(DictionaryEntry file) =>
        (file.Value is PSObject wrapped ? wrapped.BaseObject : file.Value) is IDictionary texts
            ? texts.Cast<DictionaryEntry>().OrderBy(t => $"{t.Key}", StringComparer.Ordinal)
                .Select(t => SecretReplacement.Of($"{file.Key}", $"{t.Key}", $"{t.Value}"))
            : throw WorkflowErrors.InvalidReplacement(
                $"{file.Key}", $"-Replace needs texts and names of secrets for '{file.Key}': " +
                    $"-Replace @{{ '{file.Key}' = @{{ tempdbpassword = 'DB_PASSWORD' }} }}.");
}

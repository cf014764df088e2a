using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Writes the GitHub Actions workflow that builds an image and pushes it to Amazon ECR, or adds it to an existing
/// workflow.</summary>
/// <remarks>
/// <para>A new workflow has two jobs. The job 'build' makes a version and the distribution, and keeps it as an artifact. The job 'deploy'
/// downloads the artifact, and signs in to AWS with GitHub's OIDC token (no stored keys). It then inserts the production values, builds the
/// image with docker buildx, and pushes it. The output 'image' of the step 'build-image' contains the image name, for later steps.</para>
/// <para>In an existing workflow, the build job gets the steps that make and keep the distribution, and the job 'deploy' follows the other
/// jobs. No other line or comment changes by a byte. The new lines use the file's indentation, line breaks, and byte order mark. Steps are
/// recognized by what they do, not by their names. A workflow that contains the steps of the course gets only what it lacks, for example
/// the step 'Deploy new container' of -Service. A second run changes nothing. The cmdlet rejects what it cannot extend line by line (a job
/// in brackets, an alias in the place of steps), and reports the line.</para>
/// <para>The new steps fit the existing workflow. One leg of a matrix makes the distribution. If an artifact name or a directory 'dist' is
/// already in use, the new one gets another name. Default directories and shells are specified explicitly. The new job waits for every job
/// that does not come after it. Secrets are declared if other workflows call this one. Warnings report what would fail at run time and
/// cannot be added. These are a branch that no event reaches, a missing permission for the token, and secrets that end up in an
/// artifact.</para>
/// <para>A newly written job 'build' runs the project's tests, if the package.json next to the directory .github defines any.</para>
/// <para>The workflow reads the secrets AWS_ACCOUNT, CI_IAM_ROLE (unless you specify -RoleName), and those of -Replace.
/// Set-PizzaWorkflowSecret sets them. The values of -Replace are inserted after the artifact is downloaded, because everyone can read an
/// artifact of a public repository.</para>
/// <para>With -Style Actions, the steps are a chain of actions in their current major versions. With -Style Module, they are PowerShell
/// steps with this module, which GitHub's runner installs from the PowerShell Gallery. With -Service, the steps deploy exactly the image
/// that was pushed, and read back what runs. For this, the role needs Grant-PizzaCiPolicy -IncludeDeploy.</para>
/// </remarks>
/// <example>
/// <code>Export-PizzaWorkflow jwt-pizza-service</code>
/// Writes .github/workflows/ci.yml, or adds what is missing to an existing one.
/// </example>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Export-PizzaWorkflow -Service jwt-pizza-service -WhatIf</code>
/// Shows the lines that would be added, with a step that deploys the image to ECS. The region is the region of the repository.
/// </example>
/// <example>
/// <code>Export-PizzaWorkflow api -Style Module -BuildJobName test -JobName push -Platform linux/arm64, linux/amd64 -Replace @{ 'src/settings.json' = @{ '__PASSWORD__' = 'DB_PASSWORD' } }</code>
/// Adds PowerShell steps to a workflow whose first job is named test, and replaces one text with the value of a secret.
/// </example>
/// <example>
/// <code>Export-PizzaWorkflow jwt-pizza-service -AsText | Set-Clipboard</code>
/// Returns only the text, without writing a file.
/// </example>
[Cmdlet(VerbsData.Export, "PizzaWorkflow", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaWorkflow), typeof(string))]
public sealed class ExportPizzaWorkflowCommand : PizzaCmdlet
{
    /// <summary>Specifies the repository to push to.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [OneRepositoryName]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string RepositoryName { get; set; } = "";

    /// <summary>Specifies the workflow file. The default is .github/workflows/ci.yml below the current location.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = System.IO.Path.Combine(".github", "workflows", "ci.yml");

    /// <summary>Specifies the style of the steps. Actions writes the course's chain of actions. Module writes PowerShell steps with this
    /// module. The default is Actions.</summary>
    [Parameter]
    public WorkflowStyle Style { get; set; }

    /// <summary>Specifies the action that installs this module, with -Style Module, in the 'uses' syntax OWNER/REPOSITORY@REF. The default
    /// is that each script installs the module from the PowerShell Gallery.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SetupAction { get; set; }

    /// <summary>Specifies the AWS region of the repository. The default is us-east-1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string Region { get; set; } = "us-east-1";

    /// <summary>Specifies the name of the role to assume, which is written into the workflow. The default is the value of the secret
    /// CI_IAM_ROLE.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RoleName { get; set; }

    /// <summary>Specifies the branch to deploy. A new workflow runs on pushes to this branch. The default is main.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BranchCompleter))]
    public string Branch { get; set; } = Defaults.Branch;

    /// <summary>Specifies the platforms that the image runs on. Several platforms make one image for all of them. The default is
    /// linux/arm64.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [Defaults.Platform];

    /// <summary>Specifies the job that pushes the image. The default is deploy.</summary>
    [Parameter]
    public string JobName { get; set; } = "deploy";

    /// <summary>Specifies the deployment environment of that job, for its secrets and approvals. The role must then trust the subject of
    /// this environment: Add-PizzaTrustSubject -Environment. The default is none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Environment { get; set; }

    /// <summary>Specifies the job that makes the distribution. In an existing workflow, this job must exist. The default is
    /// build.</summary>
    [Parameter]
    public string BuildJobName { get; set; } = "build";

    /// <summary>Specifies the contents of the distribution, as in New-PizzaDist. The default is Dockerfile, 'src/*', '*.json'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Include { get; set; }

    /// <summary>Specifies the texts to replace with the values of secrets, by file: @{ 'src/config.js' = @{ tempdbpassword = 'DB_PASSWORD'
    /// } }. Use @{} to replace nothing. The default is the course's root, tempdbpassword, and 127.0.0.1 in src/config.js, replaced by
    /// DB_USERNAME, DB_PASSWORD, and DB_HOSTNAME.</summary>
    [Parameter]
    public IDictionary? Replace { get; set; }

    /// <summary>Specifies the ECS cluster of -Service. The default is the name of the service.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>Specifies the ECS service that runs the image after the push. The default is the name of -Cluster. Without both parameters,
    /// the workflow only pushes.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Indicates that the cmdlet returns the whole text and does not write the file.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>Indicates that the repository is in ECR Public, which this cmdlet does not support. The pipeline sets this
    /// parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RepositoryReference place =
            RepositoryReference.Parse(RepositoryName, null, IsBound(nameof(Region)) && Region is { Length: > 0 } ? Region : null, Public);
        if (place.IsPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, RepositoryName);
        WorkflowPlan plan = await WorkflowService.PlanAsync(FilePath(Path), Options(place), cancellationToken);
        foreach (string warning in plan.Warnings) WriteWarning(warning);
        if (AsText)
        {
            WriteObject(plan.Text);
            return;
        }
        if (plan.Workflow.Status == ChangeStatus.Unchanged) WriteVerbose($"{plan.Workflow.Path}: the workflow already has everything; " +
            "nothing changed.");
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
            Region = place.Region ?? (string.IsNullOrEmpty(Region) ? "us-east-1" : Region), RoleName = RoleName is "" ? null : RoleName,
            Branch = string.IsNullOrEmpty(Branch) ? Defaults.Branch : Branch,
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

using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>In whose words the steps of a workflow are written.</summary>
public enum WorkflowStyle : long
{
    /// <summary>A chain of actions, as the course has it.</summary>
    Actions,

    /// <summary>Steps in PowerShell with this module.</summary>
    Module,
}

/// <summary>What a workflow is to do. Every value is checked before it comes here or in <see cref="Check"/>, for all of them end up in
/// scripts.</summary>
public sealed partial record WorkflowOptions
{
    private const string AJob = "a job: letters, digits, '_' and '-', with a letter or '_' first";
    private const string AnEcsName = "an ECS cluster or service: up to 255 letters, digits, '_' and '-'";

    /// <summary>The ECR repository to push to.</summary>
    public required RepositoryName RepositoryName { get; init; }

    /// <summary>Actions or this module.</summary>
    public WorkflowStyle Style { get; init; }

    /// <summary>The action that installs the module, in the style <see cref="WorkflowStyle.Module"/>; null installs it in each
    /// script.</summary>
    public string? SetupAction { get; init; }

    /// <summary>The region of ECR.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The role to assume; null takes the secret <c>CI_IAM_ROLE</c>.</summary>
    public string? RoleName { get; init; }

    /// <summary>The branch that is deployed.</summary>
    public string Branch { get; init; } = Defaults.Branch;

    /// <summary>What the image runs on.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [Platform.Parse(Defaults.Platform)];

    /// <summary>The job that makes the distribution.</summary>
    public string BuildJobName { get; init; } = "build";

    /// <summary>The job that pushes the image.</summary>
    public string JobName { get; init; } = "deploy";

    /// <summary>The deployment environment of that job; null for none.</summary>
    public string? Environment { get; init; }

    /// <summary>What goes into the distribution.</summary>
    public IReadOnlyList<DistInclude> Include { get; init; } = [.. DistInclude.Default.Select(DistInclude.Parse)];

    /// <summary>Texts to replace by the values of secrets.</summary>
    public IReadOnlyList<SecretReplacement> Replace { get; init; } = SecretReplacement.Default;

    /// <summary>The ECS cluster of <see cref="Service"/>.</summary>
    public string? Cluster { get; init; }

    /// <summary>The ECS service to deploy to after the push; null for none.</summary>
    public string? Service { get; init; }

    /// <summary>The partition of AWS that the region is in.</summary>
    internal Partition Partition => Partition.Of(Region);

    /// <summary>Whether a build for these platforms needs an emulator on GitHub's runners.</summary>
    internal bool NeedsEmulation => Platforms.Any(p => p.ToString() is not ("linux/amd64" or "linux/386"));

    /// <summary>Checks what has no type of its own.</summary>
    /// <exception cref="PizzaException"><c>InvalidWorkflowOption</c>: names the value and the rule.</exception>
    public WorkflowOptions Check()
    {
        if (Partition.Find(Region) is null) throw Wrong(Region, "is not a valid AWS Region", Partition.Nearest(Region));
        if (RoleName is not null) Must(RoleName, RoleRule(), "a role's name: up to 64 letters, digits and '_+=,.@-'", Defaults.RoleName);
        Must(Branch, BranchRule(), "a branch: letters, digits and '._/-'", Defaults.Branch);
        Must(BuildJobName, JobRule(), AJob, "build");
        Must(JobName, JobRule(), AJob, "deploy");
        if (JobName == BuildJobName) throw Wrong(JobName, "cannot be the name of both jobs", "deploy");
        if (SetupAction is not null) Must(SetupAction, ActionRule(), "an action: OWNER/REPOSITORY@REF", "my-account/jwtpizza-ecr@v1");
        if (SetupAction is not null && Style != WorkflowStyle.Module)
            throw WorkflowErrors.InvalidOption(SetupAction, "installs the module, which only steps of -Style Module use",
                "Add -Style Module, or leave -SetupAction out.");
        if (Environment is not null)
            Must(Environment, EnvironmentRule(), "an environment: up to 255 characters on one line, without ' and ${{", "production");
        if (Cluster is not null) Must(Cluster, EcsRule(), AnEcsName, "jwt-pizza-service");
        if (Service is not null) Must(Service, EcsRule(), AnEcsName, "jwt-pizza-service");
        return Include.FirstOrDefault(i => !ScriptText.IsSafe(i.Text)) is not { } include
            ? this : throw WorkflowErrors.InvalidInclude(include.Text,
            "a script cannot hold it, because it has a line break, a control character or '${{'");
    }

    private static void Must(string value, Regex rule, string what, string example)
    {
        if (!rule.IsMatch(value)) throw Wrong(value, $"is not the name of {what}", example);
    }

    private static PizzaException Wrong(string value, string problem, string example) =>
        WorkflowErrors.InvalidOption(value, problem, $"Give one such as '{example}'.");

    [GeneratedRegex(@"\A[\w+=,.@-]{1,64}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex RoleRule();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}\z", RegexOptions.CultureInvariant)]
    private static partial Regex BranchRule();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex JobRule();

    [GeneratedRegex(@"\A(?!.*\$\{\{)[^\p{C}\p{Zl}\p{Zp}']{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EnvironmentRule();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,39}/[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){0,9}@[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex ActionRule();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EcsRule();
}

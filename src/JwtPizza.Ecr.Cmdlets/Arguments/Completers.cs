using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Audit;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Offers the names that begin with what was typed. What goes wrong offers nothing: a Tab is no place for an error.</summary>
internal abstract class NameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        try
        {
            return [.. Names(typed, fakeBoundParameters).Where(n => n.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                .Select(n => new CompletionResult(n))];
        }
        catch (Exception e) when (e is PizzaException or OperationCanceledException) { return []; }
    }

    protected abstract IEnumerable<string> Names(string typed, IDictionary bound);

    /// <summary>The folder that the session is in; a completer is run on the session's thread.</summary>
    protected static string CurrentFolder
    {
        get
        {
            using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            return shell.AddCommand("Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>()[0].ProviderPath;
        }
    }
}

/// <summary>AWS's regions.</summary>
internal sealed class RegionCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => Partition.AllRegions;
}

/// <summary>The profiles of the AWS configuration.</summary>
internal sealed class ProfileCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => AwsNames.Profiles;
}

/// <summary>The platforms that ECR's users build for.</summary>
internal sealed class PlatformCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) =>
        ["linux/amd64", "linux/arm/v7", "linux/arm64", "windows/amd64"];
}

/// <summary>What the gallery of ECR Public filters by, in the words of docker's platforms.</summary>
internal sealed class ArchitectureCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => ["amd64", "arm", "arm64", "x86"];
}

/// <summary>Whether tags can be pushed again.</summary>
internal sealed class MutabilityCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) =>
        ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"];
}

/// <summary>How ECR encrypts images.</summary>
internal sealed class EncryptionCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => ["AES256", "KMS", "KMS_DSSE"];
}

/// <summary>The operations of the sandbox that runs; with their service once that is typed.</summary>
internal sealed class OperationCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) =>
        (RunningSandbox.Current?.Operations ?? []).Select(o => typed.Contains(':') ? o : o.Split(':')[^1]).Distinct()
            .Order(StringComparer.Ordinal);
}

/// <summary>The rules of Find-PizzaRisk.</summary>
internal sealed class RiskIdCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => RiskRules.All.Select(r => r.Id);
}

/// <summary>What AWS has, where the command line so far leads to; asks it for two seconds at most.</summary>
internal abstract class AwsCompleter : NameCompleter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    protected override IEnumerable<string> Names(string typed, IDictionary bound)
    {
        AwsOptions options = new()
        {
            Region = Text(bound, nameof(AwsCmdlet.Region)), ProfileName = Text(bound, nameof(AwsCmdlet.ProfileName)),
            EndpointUrl = Text(bound, nameof(AwsCmdlet.EndpointUrl)),
        };
        List<string> names = [];
        using CancellationTokenSource patience = new(s_patience);
        using AwsSession session = AwsSession.Open(RunningSandbox.Redirect(options) ?? options);
        PipelinePump.Run(token => FindAsync(session, typed, bound, names, token), patience.Token);
        return names;
    }

    protected abstract Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken);

    protected static string? Text(IDictionary bound, string parameter) => bound[parameter] switch
    {
        string text => text,
        IEnumerable several => several.Cast<object?>().FirstOrDefault()?.ToString(),
        var value => value?.ToString(),
    };
}

/// <summary>The repositories; with -Public those of ECR Public.</summary>
internal sealed class RepositoryNameCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        bool fits(string name) => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase);
        bool isPublic = bound[nameof(RepositoryCmdlet.Public)] is { } given && LanguagePrimitives.IsTrue(given);
        IAsyncEnumerable<Repository> repositories = isPublic
            ? new PublicRepositoryService(aws.EcrPublic, _ => { }).FindAsync(fits, cancellationToken)
            : new RepositoryService(aws.Ecr).FindAsync(fits, cancellationToken);
        await foreach (Repository found in repositories) names.Add(found.RepositoryName);
    }
}

/// <summary>The clusters of ECS.</summary>
internal sealed class ClusterCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        await foreach (string arn in aws.Ecs.ListClustersAsync(cancellationToken)) names.Add(arn[(arn.LastIndexOf('/') + 1)..]);
    }
}

/// <summary>The services of the ECS cluster that the command line names, or else of all.</summary>
internal sealed class ServiceCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        List<string> clusters = [];
        if (Text(bound, "Cluster") is { Length: > 0 } named) clusters.Add(named);
        else await foreach (string cluster in aws.Ecs.ListClustersAsync(cancellationToken)) clusters.Add(cluster);
        foreach (string cluster in clusters)
            await foreach (string arn in aws.Ecs.ListServicesAsync(cluster, cancellationToken))
                names.Add(arn[(arn.LastIndexOf('/') + 1)..]);
    }
}

/// <summary>The managed policies of the account.</summary>
internal sealed class PolicyNameCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        await foreach (IamPolicy policy in aws.Iam.ListPoliciesAsync(cancellationToken)) names.Add(policy.PolicyName);
    }
}

/// <summary>The subjects that the role of the command line trusts.</summary>
internal sealed class SubjectCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        IamRole role = await aws.Iam.GetRoleAsync(Text(bound, "RoleName") ?? Defaults.RoleName, cancellationToken);
        names.AddRange(
            TrustPolicy.Parse(role.RoleName, role.Arn, role.AssumeRolePolicyDocument).Subjects().Select(s => s.Subject).Distinct());
    }
}

/// <summary>The priorities of the rules of the repository that the command line names.</summary>
internal sealed class PriorityCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        if (Text(bound, nameof(RepositoryCmdlet.RepositoryName)) is not { } repository || !RepositoryName.IsLegal(repository)) return;
        (RepositoryLifecycle lifecycle, _) = await new LifecycleService(aws.Ecr, aws.Region).GetAsync(repository, cancellationToken);
        names.AddRange(lifecycle.Rules.Select(r => FormattableString.Invariant($"{r.Priority}")));
    }
}

/// <summary>The tags of the repository that the command line names.</summary>
internal sealed class TagCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        if (Text(bound, nameof(RepositoryCmdlet.RepositoryName)) is not { } repository || !RepositoryName.IsLegal(repository)) return;
        bool isPublic = LanguagePrimitives.IsTrue(bound[nameof(RepositoryCmdlet.Public)]);
        await foreach (ImageDetail image in Registries
            .OfAws(aws, ImageReference.Parse(repository), Text(bound, nameof(RepositoryCmdlet.RegistryId)), isPublic)
            .DescribeAsync(isTaggedOnly: true, cancellationToken))
            names.AddRange(image.ImageTags ?? []);
        names.Sort(StringComparer.Ordinal);
    }
}

/// <summary>The roles of the account.</summary>
internal sealed class RoleNameCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        await foreach (IamRole role in aws.Iam.ListRolesAsync(cancellationToken)) names.Add(role.RoleName);
    }
}

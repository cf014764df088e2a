using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
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

/// <summary>The operations of the sandbox that runs; with their service once that is typed.</summary>
internal sealed class OperationCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) =>
        (RunningSandbox.Current?.Operations ?? []).Select(o => typed.Contains(':') ? o : o.Split(':')[^1]).Distinct()
            .Order(StringComparer.Ordinal);
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

/// <summary>The repositories.</summary>
internal sealed class RepositoryNameCompleter : AwsCompleter
{
    protected override async Task FindAsync(
        AwsSession aws, string typed, IDictionary bound, List<string> names, CancellationToken cancellationToken)
    {
        await foreach (Repository found in new RepositoryService(aws.Ecr)
            .FindAsync(n => n.StartsWith(typed, StringComparison.OrdinalIgnoreCase), cancellationToken))
            names.Add(found.RepositoryName);
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

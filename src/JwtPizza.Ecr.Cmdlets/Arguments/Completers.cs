using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Offers the names that begin with what was typed. What goes wrong offers nothing: a Tab is no place for an error.</summary>
internal abstract class NameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        try { return [.. Names(typed, fakeBoundParameters).Where(n => n.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Select(n => new CompletionResult(n))]; }
        catch (Exception e) when (e is PizzaException or OperationCanceledException) { return []; }
    }

    protected abstract IEnumerable<string> Names(string typed, IDictionary bound);
}

/// <summary>AWS's regions.</summary>
internal sealed class RegionCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => AwsNames.Regions;
}

/// <summary>The profiles of the AWS configuration.</summary>
internal sealed class ProfileCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => AwsNames.Profiles;
}

/// <summary>The platforms that ECR's users build for.</summary>
internal sealed class PlatformCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => ["linux/amd64", "linux/arm/v7", "linux/arm64", "windows/amd64"];
}

/// <summary>What the gallery of ECR Public filters by, in the words of docker's platforms.</summary>
internal sealed class ArchitectureCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => ["amd64", "arm", "arm64", "x86"];
}

/// <summary>The repositories that the command line so far leads to; asks ECR, for two seconds at most.</summary>
internal sealed class RepositoryNameCompleter : NameCompleter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    protected override IEnumerable<string> Names(string typed, IDictionary bound)
    {
        AwsOptions options = new() { Region = Text(nameof(AwsCmdlet.Region)), ProfileName = Text(nameof(AwsCmdlet.ProfileName)), EndpointUrl = Text(nameof(AwsCmdlet.EndpointUrl)) };
        List<string> names = [];
        using CancellationTokenSource patience = new(s_patience);
        using AwsSession session = AwsSession.Open(RunningSandbox.Redirect(options) ?? options);
        PipelinePump.Run(async token =>
        {
            await foreach (Repository found in new RepositoryService(session.Ecr).FindAsync(n => n.StartsWith(typed, StringComparison.OrdinalIgnoreCase), token)) names.Add(found.RepositoryName);
        }, patience.Token);
        return names;

        string? Text(string parameter) => bound[parameter]?.ToString();
    }
}

using System.Collections;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>What a program of this machine knows; it is asked for five seconds at most, for buildx looks at every node.</summary>
internal abstract class LocalCompleter : NameCompleter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    protected override IEnumerable<string> Names(string typed, IDictionary bound)
    {
        IReadOnlyList<string> names = [];
        using CancellationTokenSource patience = new(s_patience);
        PipelinePump.Run(async token => names = await FindAsync(bound, token), patience.Token);
        return names;
    }

    protected abstract Task<IReadOnlyList<string>> FindAsync(IDictionary bound, CancellationToken cancellationToken);
}

/// <summary>The builders of docker's buildx.</summary>
internal sealed class BuilderCompleter : LocalCompleter
{
    protected override Task<IReadOnlyList<string>> FindAsync(IDictionary bound, CancellationToken cancellationToken) =>
        new BuilderService().NamesAsync(cancellationToken);
}

/// <summary>The images that docker has.</summary>
internal sealed class LocalImageCompleter : LocalCompleter
{
    protected override Task<IReadOnlyList<string>> FindAsync(IDictionary bound, CancellationToken cancellationToken) =>
        new LocalImages().ListAsync(cancellationToken);
}

/// <summary>The GitHub repositories that the remotes of the current folder lead to.</summary>
internal sealed class GitRepositoryCompleter : LocalCompleter
{
    protected override Task<IReadOnlyList<string>> FindAsync(IDictionary bound, CancellationToken cancellationToken) =>
        new GitFolder(CurrentFolder).RepositoriesAsync(cancellationToken);
}

/// <summary>The branches of the git repository in the current folder.</summary>
internal sealed class BranchCompleter : LocalCompleter
{
    protected override Task<IReadOnlyList<string>> FindAsync(IDictionary bound, CancellationToken cancellationToken) =>
        new GitFolder(CurrentFolder).BranchesAsync(cancellationToken);
}

/// <summary>The images of the layout that the command line names, by tag or else by digest.</summary>
internal sealed class LayoutTagCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) => bound["Path"]?.ToString() is { } path
        ? LayoutRepository.Open(Path.GetFullPath(path, CurrentFolder)).Choices : [];
}

/// <summary>The errors that clients of AWS and of registries meet most.</summary>
internal sealed class FaultErrorCompleter : NameCompleter
{
    protected override IEnumerable<string> Names(string typed, IDictionary bound) =>
    [
        "AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "ImageNotFoundException", "InternalFailure",
        "LimitExceeded", "LimitExceededException", "NoSuchEntity", "RepositoryNotFoundException", "RequestExpired", "ServerException",
        "ServiceUnavailable", "Throttling", "ThrottlingException", "TOOMANYREQUESTS", "UnrecognizedClientException", "ValidationError",
    ];
}

using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Repositories;

/// <summary>A setting of a repository that is not as it was asked for.</summary>
/// <param name="Text">What it is to become, in the user's words: <c>scan on push off</c>.</param>
/// <param name="MakeAsync">Makes it so.</param>
internal sealed record RepositoryChange(string Text, Func<CancellationToken, Task> MakeAsync);

/// <summary>What brings a repository into line with the settings that were named; nothing is sent yet but questions.</summary>
/// <param name="There">The repository as it is.</param>
internal sealed record RepositoryAlignment(Repository There)
{
    private IReadOnlyList<RepositoryChange> Steps { get; init; } = [];

    /// <summary>What is to be changed, in the user's words; empty when all is as asked for.</summary>
    public IReadOnlyList<string> Changes => [.. Steps.Select(s => s.Text)];

    internal static async Task<RepositoryAlignment> PlanAsync(
        EcrClient ecr, Repository there, RepositorySettings wanted, CancellationToken cancellationToken) => new(there)
    {
        Steps = [.. Mutability(ecr, there, wanted), .. Scanning(ecr, there, wanted),
            .. await TagsAsync(ecr, there, wanted, cancellationToken).ConfigureAwait(false)],
    };

    internal async Task MakeAsync(CancellationToken cancellationToken)
    {
        foreach (RepositoryChange step in Steps) await step.MakeAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<RepositoryChange> Mutability(EcrClient ecr, Repository there, RepositorySettings wanted)
    {
        IReadOnlyList<string> exclusion = wanted.MutabilityExclusion ?? [];
        if (wanted.ImageTagMutability is not { } mutability
            || new RepositorySettings { ImageTagMutability = mutability, MutabilityExclusion = exclusion }.AreOf(there))
            yield break;
        yield return new($"image tag mutability {mutability}{(exclusion.Count > 0 ? $" ({string.Join(", ", exclusion)})" : "")}",
            token => ecr.PutImageTagMutabilityAsync(there.RepositoryName, mutability, exclusion, token));
    }

    private static IEnumerable<RepositoryChange> Scanning(EcrClient ecr, Repository there, RepositorySettings wanted)
    {
        if (wanted.ScanOnPush is { } scan && scan != there.ScanOnPush)
            yield return new($"scan on push {(scan ? "on" : "off")}",
                token => ecr.PutImageScanningConfigurationAsync(there.RepositoryName, scan, token));
    }

    private static async Task<IReadOnlyList<RepositoryChange>> TagsAsync(
        EcrClient ecr, Repository there, RepositorySettings wanted, CancellationToken cancellationToken)
    {
        if (wanted.Tags is not { Count: > 0 } tags) return [];
        IReadOnlyDictionary<string, string> missing =
            await ecr.Tags.MissingAsync(there.RepositoryArn, tags, cancellationToken).ConfigureAwait(false);
        return missing.Count == 0
            ? [] : [new($"tags {string.Join(", ", missing.Keys)}", token => ecr.Tags.AddAsync(there.RepositoryArn, missing, token))];
    }
}

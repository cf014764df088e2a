using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Finds out from ECR why a push failed where docker hides it, and what of it got there.</summary>
internal sealed class PublishDiagnosis(ImageRepository ecr, PublishFacts facts, IReadOnlyList<string> tags)
{
    /// <summary>The digest, when the image got there after all; else the fault in its final words.</summary>
    public async Task<(string? Digest, DockerFault Fault)> ExplainAsync(
        BuildOutcome outcome, RegistryLogin login, CancellationToken cancellationToken)
    {
        DockerFault fault = outcome.Fault!;
        try
        {
            IReadOnlyDictionary<string, StoredManifest> now = await NowAsync(fault, cancellationToken).ConfigureAwait(false);
            if (fault.Next == NextMove.AskEcr)
            {
                // buildx before 0.22 pushes each tag twice on the containerd image store, and the second push of an immutable tag is
                // refused: https://github.com/docker/buildx/commit/4f7d145c0
                if (outcome.LastManifest is { } pushed && tags.All(t => now.GetValueOrDefault(t)?.Digest.Value == pushed))
                    return (pushed, fault);
                fault = await AskAsync(fault, now, login, cancellationToken).ConfigureAwait(false);
            }
            return (null,
                WithArrived(fault,
                    [.. tags.Where(t => outcome.Pushed.Contains($"{facts.Target.RepositoryUri}:{t}")
                        || now.TryGetValue(t, out StoredManifest? image) && image.Digest != facts.Before(t)?.Digest)]));
        }
        // ECR cannot be asked now: docker's words have to do
        catch (PizzaException e) when (e.ErrorId != "RepositoryNotFoundException") { return (null, fault); }
        catch (PizzaException e) { return (null, new(e, NextMove.Tell)); }
    }

    private async Task<IReadOnlyDictionary<string, StoredManifest>> NowAsync(DockerFault fault, CancellationToken cancellationToken) =>
        fault.Next == NextMove.AskEcr || tags.Count > 1
            ? await ecr.FindAsync(tags, cancellationToken).ConfigureAwait(false)
            : new Dictionary<string, StoredManifest>();

    private async Task<DockerFault> AskAsync(
        DockerFault fault, IReadOnlyDictionary<string, StoredManifest> now, RegistryLogin login, CancellationToken cancellationToken)
    {
        RepositoryPlace target = await ecr.LocateAsync(cancellationToken).ConfigureAwait(false);   // it may be gone, or immutable by now
        if (tags.FirstOrDefault(t => now.ContainsKey(t) && target.Mutability?.IsImmutable(t) == true) is { } taken)
            return new(Transfer.Taken(target, taken, now[taken].Digest), NextMove.Tell);
        return login.ExpiresAt <= DateTimeOffset.UtcNow ? fault with { Next = NextMove.NewToken } : fault;
    }

    private DockerFault WithArrived(DockerFault fault, string[] arrived) => tags.Count < 2 || arrived.Length == 0 ? fault : fault with
    {
        Error = new(fault.Error.ErrorId, fault.Error.Kind,
            $"{fault.Error.Message}\nBefore that, these tags were pushed: {string.Join(", ", arrived)}. These were not: " +
            $"{string.Join(", ", tags.Except(arrived))}.", fault.Error.Target),
    };
}

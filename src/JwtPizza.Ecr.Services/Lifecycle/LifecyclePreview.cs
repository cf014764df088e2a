using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>ECR's own preview of a policy. A repository has one at a time, whoever asks, so that others are waited for.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="verbose">Receives what a user sees with -Verbose.</param>
/// <param name="patience">How long to wait in all.</param>
internal sealed class LifecyclePreview(EcrClient ecr, Action<string> verbose, TimeSpan patience)
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    /// <summary>What the policy would take.</summary>
    /// <exception cref="PizzaException"><c>LifecyclePreviewFailed</c>, <c>LifecyclePreviewTimeout</c>, or what ECR says.</exception>
    public async Task<IReadOnlyList<PreviewedImage>> RunAsync(string repositoryName, string policyText, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            while (true)
            {
                await StartAsync(repositoryName, policyText, limit.Token).ConfigureAwait(false);
                if (await ReadAsync(repositoryName, policyText, limit.Token).ConfigureAwait(false) is { } images) return images;
                verbose($"Someone else has started a preview of '{repositoryName}' in the meantime; starting again.");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PizzaException("LifecyclePreviewTimeout", PizzaErrorKind.Unavailable,
                $"ECR's preview of the lifecycle policy of '{repositoryName}' did not finish within {patience.TotalMinutes:0.#} minutes. " +
                "Try again later, or evaluate the rules locally with -Offline.", repositoryName);
        }
    }

    private async Task StartAsync(string repositoryName, string policyText, CancellationToken cancellationToken)
    {
        Poll poll = NewPoll();
        for (bool first = true; ; first = false)
        {
            try
            {
                await ecr.StartLifecyclePolicyPreviewAsync(repositoryName, policyText, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PizzaException e) when (e.ErrorId == "LifecyclePolicyPreviewInProgressException")
            {
                if (first) verbose($"Another preview of '{repositoryName}' is in progress; waiting until it ends.");
                await poll.NextAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>All pages; null when they are of another policy than ours.</summary>
    private async Task<IReadOnlyList<PreviewedImage>?> ReadAsync(
        string repositoryName, string policyText, CancellationToken cancellationToken)
    {
        List<PreviewedImage> images = [];
        string? token = null;
        Poll poll = NewPoll();
        while (true)
        {
            LifecyclePreviewPage page =
                await ecr.GetLifecyclePolicyPreviewAsync(repositoryName, token, cancellationToken).ConfigureAwait(false);
            if (page.LifecyclePolicyText is { } text && !SaysTheSame(text, policyText)) return null;
            if (page.Status == "IN_PROGRESS")
            {
                await poll.NextAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (page.Status == "EXPIRED") return null;
            if (page.Status != "COMPLETE") throw Failed(repositoryName, page.Status);
            images.AddRange(page.PreviewResults ?? []);
            token = page.NextToken;
            if (string.IsNullOrEmpty(token)) return images;
        }
    }

    private Poll NewPoll() => new(TimeProvider.System, patience, s_backoff);

    private static bool SaysTheSame(string one, string other)
    {
        if (one == other) return true;
        try { return LifecyclePolicy.Parse(one).Equals(LifecyclePolicy.Parse(other)); }
        catch (PizzaException) { return false; }
    }

    private static PizzaException Failed(string repositoryName, string status) =>
        new("LifecyclePreviewFailed", PizzaErrorKind.OperationFailed,
        $"ECR's preview of the lifecycle policy of '{repositoryName}' ended as {status}, and ECR does not say why. " +
        "Try again, or evaluate the rules locally with -Offline.", repositoryName);
}

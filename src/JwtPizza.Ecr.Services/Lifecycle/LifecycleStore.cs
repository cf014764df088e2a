using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>Where the lifecycle policy of a repository lies.</summary>
internal sealed class LifecycleStore(EcrClient ecr, string repositoryName) : DocumentStore<LifecycleDocument>
{
    public override string Name => $"the lifecycle policy of {repositoryName}";

    public override string LookWith => $"{Advice.Run("Get-PizzaLifecycle", repositoryName)}";

    public override string Target => repositoryName;

    public override async Task<string> KeyAsync(CancellationToken cancellationToken) =>
        $"{await ecr.CallerAsync(cancellationToken).ConfigureAwait(false)} {repositoryName}";

    public override async Task<Reading<LifecycleDocument>> ReadAsync(CancellationToken cancellationToken) =>
        new(new(repositoryName, (await ReadPolicyAsync(cancellationToken).ConfigureAwait(false))?.Text));

    /// <summary>What ECR tells of the policy; null when there is none.</summary>
    public async Task<LifecyclePolicyText?> ReadPolicyAsync(CancellationToken cancellationToken)
    {
        try { return await ecr.GetLifecyclePolicyAsync(repositoryName, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (IsMissing(e)) { return null; }
    }

    public override async Task<Reading<LifecycleDocument>> WriteAsync(
        LifecycleDocument document, Reading<LifecycleDocument> basis, CancellationToken cancellationToken)
    {
        try
        {
            await (document.Text is { } text ? ecr.PutLifecyclePolicyAsync(repositoryName, text, cancellationToken)
                : ecr.DeleteLifecyclePolicyAsync(repositoryName, cancellationToken)).ConfigureAwait(false);
        }
        // somebody was quicker, or our own call was repeated after a lost answer
        catch (PizzaException e) when (document.Text is null && IsMissing(e)) { }
        return new(document);
    }

    private static bool IsMissing(PizzaException e) => e.ErrorId == "LifecyclePolicyNotFoundException";
}

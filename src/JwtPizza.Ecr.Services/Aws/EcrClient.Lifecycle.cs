namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcrClient
{
    /// <summary>The lifecycle policy of a repository. <c>LifecyclePolicyNotFoundException</c> when it has none.</summary>
    public Task<LifecyclePolicyText> GetLifecyclePolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        CallAsync<LifecyclePolicyText>("GetLifecyclePolicy", new RepositoryInput(_registry, repositoryName), cancellationToken);

    /// <summary>Replaces the lifecycle policy of a repository.</summary>
    public Task PutLifecyclePolicyAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutLifecyclePolicy", new PutLifecyclePolicyInput(_registry, repositoryName, policyText), cancellationToken);

    /// <summary>Deletes the lifecycle policy of a repository. <c>LifecyclePolicyNotFoundException</c> when it has none.</summary>
    public Task DeleteLifecyclePolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("DeleteLifecyclePolicy", new RepositoryInput(_registry, repositoryName), cancellationToken);

    /// <summary>Has ECR work out what a policy would do. <c>LifecyclePolicyPreviewInProgressException</c> while another preview of the repository runs.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="policyText">The policy; it is not put in force.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task StartLifecyclePolicyPreviewAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("StartLifecyclePolicyPreview", new PutLifecyclePolicyInput(_registry, repositoryName, policyText), EcrLifecycleShapes.Default, cancellationToken);

    /// <summary>A page of the last preview; it has no images as long as the preview is in progress.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="nextToken">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task<LifecyclePreviewPage> GetLifecyclePolicyPreviewAsync(string repositoryName, string? nextToken, CancellationToken cancellationToken) =>
        CallAsync<LifecyclePreviewPage>("GetLifecyclePolicyPreview", new GetPreviewInput(_registry, repositoryName, nextToken, MaxIds), EcrLifecycleShapes.Default, cancellationToken);
}

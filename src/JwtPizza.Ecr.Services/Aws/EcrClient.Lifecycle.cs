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
}

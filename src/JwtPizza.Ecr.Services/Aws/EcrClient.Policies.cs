namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcrClient
{
    /// <summary>The policy of a repository, as JSON. <c>RepositoryPolicyNotFoundException</c> when it has none.</summary>
    public async Task<string> GetRepositoryPolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await CallAsync<PolicyOutput>("GetRepositoryPolicy", new RepositoryInput(_registry, repositoryName), EcrPolicyShapes.Default, cancellationToken).ConfigureAwait(false)).PolicyText;

    /// <summary>Replaces the policy of a repository. One that would keep the caller from ever changing it again is refused.</summary>
    public Task SetRepositoryPolicyAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("SetRepositoryPolicy", new SetRepositoryPolicyInput(_registry, repositoryName, policyText), EcrPolicyShapes.Default, cancellationToken);

    /// <summary>Deletes the policy of a repository. <c>RepositoryPolicyNotFoundException</c> when it has none.</summary>
    public Task DeleteRepositoryPolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("DeleteRepositoryPolicy", new RepositoryInput(_registry, repositoryName), EcrPolicyShapes.Default, cancellationToken);

    /// <summary>The policy of the caller's registry in this region, as JSON. <c>RegistryPolicyNotFoundException</c> when it has none.</summary>
    public async Task<string> GetRegistryPolicyAsync(CancellationToken cancellationToken) =>
        (await CallAsync<PolicyOutput>("GetRegistryPolicy", new Nothing(), EcrPolicyShapes.Default, cancellationToken).ConfigureAwait(false)).PolicyText;

    /// <summary>Replaces the policy of the caller's registry in this region.</summary>
    public Task PutRegistryPolicyAsync(string policyText, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutRegistryPolicy", new PutRegistryPolicyInput(policyText), EcrPolicyShapes.Default, cancellationToken);

    /// <summary>Deletes the policy of the caller's registry in this region. <c>RegistryPolicyNotFoundException</c> when it has none.</summary>
    public Task DeleteRegistryPolicyAsync(CancellationToken cancellationToken) =>
        CallAsync<Nothing>("DeleteRegistryPolicy", new Nothing(), EcrPolicyShapes.Default, cancellationToken);
}

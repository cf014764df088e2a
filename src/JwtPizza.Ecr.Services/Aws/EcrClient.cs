using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with AWS's error code.</summary>
public sealed partial class EcrClient
{
    private const int MaxIds = 100, MaxRegistries = 10;
    private readonly AwsConnection _ecr;
    private readonly string _region;
    private readonly string? _registry;

    internal EcrClient(AwsConnection ecr, string region, string? registry = null) => (_ecr, _region, _registry) = (ecr, region, registry);

    /// <summary>The same client for the registry of another account; null or empty means the caller's own.</summary>
    /// <param name="registryId">12 digits.</param>
    public EcrClient For(string? registryId) => new(_ecr, _region, string.IsNullOrEmpty(registryId) ? null : AccountId.Check(registryId));

    /// <summary>A login to the registry of the caller's account in this region, good for 12 hours.</summary>
    public async Task<RegistryLogin> GetAuthorizationTokenAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegistryLogin> logins = await GetAuthorizationTokensAsync(_registry is null ? [] : [_registry], cancellationToken).ConfigureAwait(false);
        return logins is [{ } login, ..] ? login : throw AwsErrors.Missing(AwsService.Ecr, "authorizationData");
    }

    /// <summary>Logins to the registries of these accounts in this region, in the order that ECR gives them.</summary>
    /// <param name="registryIds">12 digits each; none for the caller's own registry alone.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<RegistryLogin>> GetAuthorizationTokensAsync(IReadOnlyCollection<string> registryIds, CancellationToken cancellationToken)
    {
        List<RegistryLogin> logins = [];
        foreach (string[]? ids in registryIds.Count == 0 ? (IEnumerable<string[]?>)[null] : registryIds.Chunk(MaxRegistries))
        {
            GetAuthorizationTokenOutput output = await CallAsync<GetAuthorizationTokenOutput>("GetAuthorizationToken", new GetAuthorizationTokenInput(ids), cancellationToken).ConfigureAwait(false);
            logins.AddRange(output.AuthorizationData.Select(d => RegistryLogin.Decode(d.AuthorizationToken, d.ExpiresAt, d.ProxyEndpoint) ?? throw AwsErrors.Missing(AwsService.Ecr, "authorizationToken")));
        }
        return logins;
    }

    private Task<TOut> CallAsync<TOut>(string operation, object input, CancellationToken cancellationToken) =>
        CallAsync<TOut>(operation, input, EcrShapes.Default, cancellationToken);

    private Task<TOut> CallAsync<TOut>(string operation, object input, JsonSerializerContext shapes, CancellationToken cancellationToken) =>
        _ecr.JsonAsync<TOut>(operation, input, shapes, cancellationToken);
}

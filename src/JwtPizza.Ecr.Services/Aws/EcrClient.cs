using System.Text;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with AWS's error code.</summary>
public sealed partial class EcrClient
{
    private const int MaxIds = 100;
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
        GetAuthorizationTokenInput input = new(_registry is null ? null : [_registry]);
        GetAuthorizationTokenOutput output = await CallAsync<GetAuthorizationTokenOutput>("GetAuthorizationToken", input, cancellationToken).ConfigureAwait(false);
        return output.AuthorizationData is [{ } data, ..] && Decoded(data.AuthorizationToken) is [var user, var password]
            ? new(user, password, data.ExpiresAt, data.ProxyEndpoint)
            : throw AwsErrors.Missing(AwsService.Ecr, "authorizationToken");
    }

    private Task<TOut> CallAsync<TOut>(string operation, object input, CancellationToken cancellationToken) =>
        CallAsync<TOut>(operation, input, EcrShapes.Default, cancellationToken);

    private Task<TOut> CallAsync<TOut>(string operation, object input, JsonSerializerContext shapes, CancellationToken cancellationToken) =>
        _ecr.JsonAsync<TOut>(operation, input, shapes, cancellationToken);

    private static string[] Decoded(string token)
    {
        Span<byte> bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out int length) ? Encoding.UTF8.GetString(bytes[..length]).Split(':', 2) : [];
    }
}

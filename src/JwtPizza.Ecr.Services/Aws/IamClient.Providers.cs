using System.Xml.Linq;

namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class IamClient
{
    /// <summary>The audiences that a provider's tokens may be for. <c>NoSuchEntity</c> when it is missing.</summary>
    public async Task<IReadOnlyList<string>> GetOpenIDConnectProviderAudiencesAsync(string providerArn, CancellationToken cancellationToken)
    {
        XElement provider = await _iam.QueryAsync("GetOpenIDConnectProvider", cancellationToken, ("OpenIDConnectProviderArn", providerArn)).ConfigureAwait(false);
        return [.. Members(provider, "ClientIDList").Select(m => m.Value)];
    }

    /// <summary>Registers a provider, without thumbprints: for GitHub, IAM trusts the certificate by its issuer. <c>EntityAlreadyExists</c> when it is there.</summary>
    /// <returns>Its ARN.</returns>
    public async Task<string> CreateOpenIDConnectProviderAsync(string url, IReadOnlyList<string> audiences, CancellationToken cancellationToken) =>
        Text(await _iam.QueryAsync("CreateOpenIDConnectProvider", cancellationToken,
            [("Url", url), .. audiences.Select((a, i) => ($"ClientIDList.member.{i + 1}", (string?)a))]).ConfigureAwait(false), "OpenIDConnectProviderArn");

    /// <summary>Adds an audience; one that is there stays as it is.</summary>
    public Task AddClientIDToOpenIDConnectProviderAsync(string providerArn, string audience, CancellationToken cancellationToken) =>
        _iam.QueryAsync("AddClientIDToOpenIDConnectProvider", cancellationToken, ("OpenIDConnectProviderArn", providerArn), ("ClientID", audience));

    /// <summary>Deletes a provider, whoever trusts it. One that is not there is no error.</summary>
    public Task DeleteOpenIDConnectProviderAsync(string providerArn, CancellationToken cancellationToken) =>
        _iam.QueryAsync("DeleteOpenIDConnectProvider", cancellationToken, ("OpenIDConnectProviderArn", providerArn));
}

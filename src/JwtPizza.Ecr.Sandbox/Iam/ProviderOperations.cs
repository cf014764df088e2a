using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>OpenID Connect providers, GitHub's among them.</summary>
internal sealed class ProviderOperations(IamAccount account)
{
    public IEnumerable<Func<QueryCall, XElement[]?>> All =>
    [
        CreateOpenIDConnectProvider, GetOpenIDConnectProvider, ListOpenIDConnectProviders, DeleteOpenIDConnectProvider,
        AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, UpdateOpenIDConnectProviderThumbprint,
    ];

    public XElement[] CreateOpenIDConnectProvider(QueryCall call)
    {
        string typed = call.Text("Url", IamRules.Url), url = WithoutScheme(typed);
        IReadOnlyList<string> clientIds = call.Texts("ClientIDList", IamRules.ClientId), thumbprints = Thumbprints(call);
        if (account.Providers.ContainsKey(url)) throw IamErrors.AlreadyExists($"Provider with url {typed} already exists.");
        if (clientIds.Count > IamRules.MaxClientIds) throw TooManyClientIds();
        if (account.Providers.Count == IamRules.MaxProviders) throw IamErrors.Quota("OpenIdConnectProvidersPerAccount", IamRules.MaxProviders);
        OidcProvider provider = new(url, account.Arn("oidc-provider/" + url), account.Now, call.Tags()) { Thumbprints = [.. thumbprints] };
        provider.ClientIds.AddRange(clientIds.Distinct(StringComparer.Ordinal));
        account.Providers.Add(url, provider);
        return [El("OpenIDConnectProviderArn", provider.Arn), Tags(provider.Tags)];
    }

    public XElement[] GetOpenIDConnectProvider(QueryCall call)
    {
        OidcProvider p = Existing(call);
        return
        [
            El("Url", p.Url), El("CreateDate", p.CreatedAt), List("ClientIDList", p.ClientIds, i => i),
            List("ThumbprintList", p.Thumbprints, t => t), Tags(p.Tags),
        ];
    }

    public XElement[] ListOpenIDConnectProviders(QueryCall call) =>
        [List("OpenIDConnectProviderList", account.Providers.Values, p => El("Arn", p.Arn))];

    /// <summary>Deleting what is not there is no error, by AWS's documentation.</summary>
    public XElement[]? DeleteOpenIDConnectProvider(QueryCall call)
    {
        account.Providers.Remove(Url(Arn(call)));
        return null;
    }

    public XElement[]? AddClientIDToOpenIDConnectProvider(QueryCall call)
    {
        OidcProvider provider = Existing(call);
        string clientId = call.Text("ClientID", IamRules.ClientId);
        if (provider.ClientIds.Contains(clientId)) return null;
        if (provider.ClientIds.Count == IamRules.MaxClientIds) throw TooManyClientIds();
        provider.ClientIds.Add(clientId);
        return null;
    }

    public XElement[]? RemoveClientIDFromOpenIDConnectProvider(QueryCall call)
    {
        Existing(call).ClientIds.Remove(call.Text("ClientID", IamRules.ClientId));
        return null;
    }

    public XElement[]? UpdateOpenIDConnectProviderThumbprint(QueryCall call)
    {
        Existing(call).Thumbprints = [.. Thumbprints(call)];
        return null;
    }

    private OidcProvider Existing(QueryCall call)
    {
        string arn = Arn(call);
        return account.Providers.GetValueOrDefault(Url(arn)) is { } provider && provider.Arn == arn
            ? provider
            : throw IamErrors.NoSuchEntity($"OpenIDConnect Provider not found for arn {arn}");
    }

    private static string Arn(QueryCall call)
    {
        string arn = call.Text("OpenIDConnectProviderArn", IamRules.Arn);
        return JwtPizza.Ecr.Arn.IsMeant(arn) && arn.Contains(":oidc-provider/", StringComparison.Ordinal)
            ? arn
            : throw IamErrors.InvalidInput($"ARN {arn} is not valid.");
    }

    private static string Url(string arn) => arn[(arn.IndexOf(":oidc-provider/", StringComparison.Ordinal) + ":oidc-provider/".Length)..];

    private static string WithoutScheme(string url) =>
        url.StartsWith("https://", StringComparison.Ordinal) && Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri is { IsDefaultPort: true, Query: "", Fragment: "", UserInfo: "" }
            ? uri.Host + uri.AbsolutePath.TrimEnd('/')
            : throw new ApiError("ValidationError", "Invalid Open ID Connect Provider URL");

    private static IReadOnlyList<string> Thumbprints(QueryCall call)
    {
        IReadOnlyList<string> thumbprints = call.Texts("ThumbprintList", IamRules.Thumbprint);
        return thumbprints.Count <= IamRules.MaxThumbprints ? thumbprints : throw IamErrors.InvalidInput("Thumbprint list must contain fewer than 5 entries.");
    }

    private static ApiError TooManyClientIds() => IamErrors.Quota("ClientIdsPerOpenIdConnectProvider", IamRules.MaxClientIds);
}

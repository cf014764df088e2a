using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>OpenID Connect providers, GitHub's among them.</summary>
internal static class ProviderOperations
{
    private const string Kind = ":oidc-provider/";

    public static XElement[] Create(IamCall call)
    {
        IamAccount account = call.Account;
        string typed = call.Required("Url"), url = WithoutScheme(typed);
        IReadOnlyList<string> clientIds = call.Texts("ClientIDList"), thumbprints = Thumbprints(call);
        IReadOnlyList<KeyValuePair<string, string>> tags = Tagging.New(call, caseCounts: true);
        if (account.Providers.ContainsKey(url)) throw IamErrors.AlreadyExists($"Provider with url {typed} already exists.");
        if (clientIds.Count > IamRules.MaxClientIds) throw TooManyClientIds();
        if (account.Providers.Count == IamRules.MaxProviders)
            throw IamErrors.Quota("OpenIdConnectProvidersPerAccount", IamRules.MaxProviders);
        OidcProvider provider = new(url, account.Arn("oidc-provider/" + url), account.Now) { Thumbprints = [.. thumbprints], Tags = tags };
        provider.ClientIds.AddRange(clientIds.Distinct(StringComparer.Ordinal));
        account.Providers.Add(url, provider);
        return [El("OpenIDConnectProviderArn", provider.Arn), .. tags.Count == 0 ? [] : new[] { Tags(tags) }];
    }

    public static XElement[] Get(IamCall call)
    {
        OidcProvider p = Existing(call);
        return
        [
            El("Url", p.Url), El("CreateDate", p.CreatedAt), QueryXml.List("ClientIDList", p.ClientIds, i => i),
            QueryXml.List("ThumbprintList", p.Thumbprints, t => t), Tags(p.Tags),
        ];
    }

    public static XElement[] List(IamCall call) =>
        [QueryXml.List("OpenIDConnectProviderList", call.Account.Providers.Values, p => El("Arn", p.Arn))];

    public static XElement[]? Delete(IamCall call)
    {
        string arn = Arn(call);
        return call.Account.Providers.Remove(Url(arn))
            ? null : throw IamErrors.NoSuchEntity($"OpenId connect Provider {arn} cannot be found.");
    }

    public static XElement[]? AddClientId(IamCall call)
    {
        OidcProvider provider = Existing(call);
        string clientId = call.Required("ClientID");
        if (provider.ClientIds.Contains(clientId)) return null;
        if (provider.ClientIds.Count == IamRules.MaxClientIds) throw TooManyClientIds();
        provider.ClientIds.Add(clientId);
        return null;
    }

    public static XElement[]? RemoveClientId(IamCall call)
    {
        Existing(call).ClientIds.Remove(call.Required("ClientID"));
        return null;
    }

    public static XElement[]? UpdateThumbprint(IamCall call)
    {
        Existing(call).Thumbprints = [.. Thumbprints(call)];
        return null;
    }

    /// <summary>The provider that the call names.</summary>
    public static OidcProvider Existing(IamCall call)
    {
        string arn = Arn(call);
        return call.Account.Providers.GetValueOrDefault(Url(arn)) is { } provider && provider.Arn == arn
            ? provider
            : throw IamErrors.NoSuchEntity($"OpenIDConnect Provider not found for arn {arn}");
    }

    private static string Arn(IamCall call)
    {
        string arn = call.Required("OpenIDConnectProviderArn");
        return JwtPizza.Ecr.Arn.IsMeant(arn) && arn.Contains(Kind, StringComparison.Ordinal)
            ? arn : throw IamErrors.InvalidInput($"ARN {arn} is not valid.");
    }

    private static string Url(string arn) => arn[(arn.IndexOf(Kind, StringComparison.Ordinal) + Kind.Length)..];

    private static string WithoutScheme(string url) =>
        url.StartsWith("https://", StringComparison.Ordinal) && Uri.TryCreate(url, UriKind.Absolute, out Uri? uri)
            && uri is { IsDefaultPort: true, Query: "", Fragment: "", UserInfo: "" }
            ? uri.Host + uri.AbsolutePath.TrimEnd('/')
            : throw new ApiError("ValidationError", "Invalid Open ID Connect Provider URL");

    private static IReadOnlyList<string> Thumbprints(IamCall call)
    {
        IReadOnlyList<string> thumbprints = call.Texts("ThumbprintList");
        return thumbprints.Count <= IamRules.MaxThumbprints
            ? thumbprints : throw IamErrors.InvalidInput("Thumbprint list must contain fewer than 5 entries.");
    }

    private static ApiError TooManyClientIds() => IamErrors.Quota("ClientIdsPerOpenIdConnectProvider", IamRules.MaxClientIds);
}

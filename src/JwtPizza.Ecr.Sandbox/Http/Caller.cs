using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>Who calls, as the request's credential scope tells. The signature is not checked: nobody but this machine gets here.</summary>
/// <param name="AccessKey">Null when the request is not signed, as AssumeRoleWithWebIdentity's is not.</param>
/// <param name="Region">The region signed for; the sandbox's own when the request is not signed.</param>
/// <param name="SessionToken">What temporary credentials send along.</param>
internal sealed partial record Caller(string? AccessKey, string Region, string? SessionToken)
{
    /// <summary>The account whose administrator calls by a key that is nothing but its 12 digits, as LocalStack has it; null for the sandbox's own.</summary>
    public string? AccountId => AccessKey is { } key && JwtPizza.Ecr.AccountId.IsLegal(key) ? key : null;

    public static Caller Of(Exchange exchange, string defaultRegion)
    {
        string credential = exchange.Header("Authorization") ?? exchange.Query.GetValueOrDefault("X-Amz-Credential", "");
        string? token = exchange.Header("X-Amz-Security-Token") ?? exchange.Query.GetValueOrDefault("X-Amz-Security-Token");
        return Scope().Match(credential) is { Success: true, Groups: var found }
            ? new(found["key"].Value, found["region"].Value, token)
            : new(null, defaultRegion, token);
    }

    [GeneratedRegex(@"(?:\A|Credential=)(?<key>\w{1,128})/\d{8}/(?<region>[a-z0-9-]{1,25})/(?<service>[a-z0-9-]{1,32})/aws4_request", RegexOptions.CultureInvariant)]
    private static partial Regex Scope();
}

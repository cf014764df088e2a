using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>Who calls, as the request's credential scope tells. The signature is not checked: nobody but this machine gets here.</summary>
/// <param name="AccessKey">Null when the request is not signed, as AssumeRoleWithWebIdentity's is not.</param>
/// <param name="Region">The region signed for; the sandbox's own when the request is not signed.</param>
/// <param name="SessionToken">What temporary credentials send along.</param>
internal sealed partial record Caller(string? AccessKey, string Region, string? SessionToken)
{
    /// <summary>The caller's account; null for the sandbox's own. A key that is nothing but the 12 digits of an account is that of its
    /// root, as LocalStack has it.</summary>
    public string? AccountId { get; init; } = AccessKey is { } key && JwtPizza.Ecr.AccountId.IsLegal(key) ? key : null;

    /// <summary>The service signed for.</summary>
    public string Service { get; init; } = "";

    public static Caller Of(Exchange exchange, string defaultRegion)
    {
        string credential = exchange.Header("Authorization") ?? exchange.Query.GetValueOrDefault("X-Amz-Credential", "");
        string? token = exchange.Header("X-Amz-Security-Token") ?? exchange.Query.GetValueOrDefault("X-Amz-Security-Token");
        return Scope().Match(credential) is { Success: true, Groups: var found }
            ? new(found["key"].Value, found["region"].Value, token) { Service = found["service"].Value }
            : new(null, defaultRegion, token);
    }

    [GeneratedRegex(@"(?:\A|Credential=)(?<key>\w{1,128})/\d{8}/(?<region>[a-z0-9-]{1,25})/(?<service>[a-z0-9-]{1,32})/aws4_request",
        RegexOptions.CultureInvariant)]
    private static partial Regex Scope();
}

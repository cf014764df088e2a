using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime.CredentialManagement;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Region, profile and endpoint of a session, as resolved from options, session variables, environment and configuration
/// files.</summary>
/// <param name="Region">Where ECR and STS are called.</param>
/// <param name="Partition">The partition of the region.</param>
/// <param name="EndpointUrl">The URL typed, which replaces all endpoints.</param>
/// <param name="Profile">The profile that the call, AWS_PROFILE or nothing (then: default) names, if it exists.</param>
/// <param name="ProfileIsNamed">Whether the call itself names it.</param>
internal sealed partial record Settings(
    string Region, Partition Partition, string? EndpointUrl, CredentialProfile? Profile, bool ProfileIsNamed)
{
    /// <summary>What is taken when nothing names a region; both tutorials use it.</summary>
    public const string DefaultRegion = "us-east-1";

    /// <summary>The named profile, for the SDK's own settings (endpoint_url and the like).</summary>
    public Profile? SdkProfile => ProfileIsNamed ? new Profile(Profile!.Name) : null;

    /// <summary>Told of each call.</summary>
    public ICallObserver? Observer { get; init; }

    /// <summary>How long one attempt of a call may take.</summary>
    public TimeSpan AttemptTimeout { get; init; } = Transport.AttemptTimeout;

    /// <summary>How long a call may take with all its attempts, however slowly an answer drips.</summary>
    public TimeSpan CallTimeout { get; init; } = Transport.CallTimeout;

    /// <summary>Is told of each operation that AWS has throttled.</summary>
    public Action<string>? Throttled { get; init; }

    /// <summary>The URL, checked.</summary>
    /// <exception cref="PizzaException"><c>InvalidEndpointUrl</c>.</exception>
    public static Uri CheckedUrl(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw InvalidUrl(url);

    public static PizzaException InvalidUrl(string url) => ErrorCatalog.InvalidEndpointUrl(url, PizzaErrorKind.Configuration,
        "Give an absolute http or https URL, for example http://127.0.0.1:4566 (-EndpointUrl, AWS_ENDPOINT_URL or the profile's " +
        "endpoint_url).");

    public static Settings Resolve(AwsOptions options)
    {
        string? named = FirstText(options.ProfileName);
        CredentialProfileStoreChain store = new();
        CredentialProfile? profile =
            Profiles.Find(store, named, hasKeys: options.AccessKey is not null || options.StoredCredentials is not null);
        string? region = FirstText(options.Region, SystemName(options.StoredRegion), Environment.GetEnvironmentVariable("AWS_REGION"),
            Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION"), profile?.Region?.SystemName);
        if (region is null) options.Verbose?.Invoke($"No region is configured; using {DefaultRegion}.");
        region ??= DefaultRegion;
        string? url = FirstText(options.EndpointUrl);
        if (url is not null) CheckedUrl(url);
        return new(region, Partition.Of(region), url, profile, named is not null);
    }

    private static string? FirstText(params ReadOnlySpan<string?> candidates)
    {
        foreach (string? text in candidates) if (!string.IsNullOrWhiteSpace(text)) return text.Trim();
        return null;
    }

    // AWS.Tools may store its RegionEndpoint, whose text is "US East (N. Virginia) (us-east-1)".
    private static string? SystemName(string? stored) =>
        stored is null ? null : RegionName().Match(stored) is { Success: true } name ? name.Value : stored;

    [GeneratedRegex(@"\b[a-z]{2,5}(-[a-z]+)+-\d{1,2}\b", RegexOptions.CultureInvariant)]
    private static partial Regex RegionName();
}

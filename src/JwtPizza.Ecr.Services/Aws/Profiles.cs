using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The shared configuration files (and, on Windows, the .NET SDK's own store).</summary>
internal static partial class Profiles
{
    private static readonly string[] s_endless = ["/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

    /// <summary>The profile that the options or AWS_PROFILE name, or the default one when it exists. A named one that is missing is an
    /// error, not a reason to look elsewhere.</summary>
    public static CredentialProfile? Find(CredentialProfileStoreChain store, string? named, bool hasKeys)
    {
        string? fromEnvironment = Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } text ? text : null;
        if (store.TryGetProfile(named ?? fromEnvironment ?? "default", out CredentialProfile profile)) return profile;
        if (named is not null || (fromEnvironment is not null && !hasKeys))
        {
            throw NotFound(store, named ?? fromEnvironment!, named is null ? "AWS_PROFILE names" : "the call names");
        }
        return null;
    }

    /// <summary>Refuses a configuration file that would be read for ever.</summary>
    /// <exception cref="PizzaException"><c>InvalidProfileFile</c>.</exception>
    public static void CheckFiles(params ReadOnlySpan<string?> files)
    {
        foreach (string? file in files)
        {
            if (file is not { Length: > 0 } || RealPath.Of(Path.GetFullPath(file)) is not { } real || !s_endless.Contains(real)) continue;
            throw Invalid($": '{file}' is a device without an end");
        }
    }

    /// <summary>The error for a file that cannot be read. Neither its text nor the SDK's exception is passed on: they quote the line, which
    /// may be a secret.</summary>
    public static PizzaException? Unreadable(Exception e) =>
        e is InvalidDataException or IOException or UnauthorizedAccessException or AmazonClientException or ArgumentException
        ? Invalid(Where(e))
        : null;

    private static PizzaException Invalid(string why) => new("InvalidProfileFile", PizzaErrorKind.Configuration,
        $"An AWS configuration file cannot be read{why}. Correct it, or name others with AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE.");

    private static string Where(Exception e) => Place().Match(e.Message) is { Success: true } m
        ? $": line {m.Groups[1].Value} of {m.Groups[2].Value} is neither a [section], a setting with '=', nor a comment"
        : SsoSession().Match(e.Message) is { Success: true } s
            ? $": a profile names the sso_session '{s.Groups[1].Value}', and there is no section [sso-session {s.Groups[1].Value}]"
        : Setting().Match(e.Message) is { Success: true } v ? $": {v.Groups[1].Value} does not have a value that it can have"
        : "";

    [GeneratedRegex(@"sso_session \[([^\]\s]+)\]", RegexOptions.CultureInvariant)]
    private static partial Regex SsoSession();

    [GeneratedRegex(
        @"\b(retry_mode|s3_\w+|defaults_mode|max_attempts|\w+_enabled|sts_regional_endpoints|ec2_metadata_\w+|endpoint_discovery\w*)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\ALine (\d+):.* in file (.+) does not contain", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    private static PizzaException NotFound(CredentialProfileStoreChain store, string name, string source)
    {
        string[] known = [.. store.ListProfiles().Select(p => p.Name).Distinct().Order(StringComparer.Ordinal)];
        string there = known is []
            ? "There are no profiles; make one with 'aws configure --profile " + name + "'." : $"There are: {string.Join(", ", known)}.";
        return new PizzaException("ProfileNotFound", PizzaErrorKind.Configuration,
            $"There is no AWS profile '{name}', which {source}. {there}", name);
    }
}

using System.Reflection;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>
/// Who calls, in the module's order: keys typed, profile named, $StoredAWSCredentials, then the SDK's chain (environment, web identity,
/// profile, container, instance). Looked for once a session, at the first call.
/// </summary>
internal sealed class Credentials(AwsOptions options, Settings settings)
{
    /// <summary>
    /// The chain's last stop is the metadata service of an EC2 instance, which answers in milliseconds; elsewhere packets may vanish, and
    /// the SDK asks for 16 seconds. The AWS CLI gives up after one.
    /// </summary>
    private static readonly TimeSpan s_instanceTimeout = TimeSpan.FromSeconds(2);

    private readonly object _lock = new();
    private readonly CredentialProfile? _profile = Profile(options, settings);
    private Task<AWSCredentials>? _found;

    /// <summary>Where the credentials come from, for -Verbose.</summary>
    public string Source => options.AccessKey is { Length: > 0 } key ? $"access key {key}"
        : _profile is { } profile ? $"profile {profile.Name}"
        : options.StoredCredentials is not null ? "$StoredAWSCredentials"
        : EnvironmentHasCredentials() ? "the environment" : "the SDK's chain";

    /// <summary>The credentials, found and fresh.</summary>
    public async Task<AWSCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            AWSCredentials found = await Found().WaitAsync(cancellationToken).ConfigureAwait(false);
            // The SDK keeps and renews them; asked for here, so that trouble with them is not taken for trouble of the call.
            await Task.Run(found.GetCredentialsAsync, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return found;
        }
        catch (Exception e)
            when (!cancellationToken.IsCancellationRequested && CredentialErrors.Translate(e, _profile) is { } error) { throw error; }
    }

    private Task<AWSCredentials> Found()
    {
        // after a failure the user may have logged in
        lock (_lock) return _found = _found is null or { IsFaulted: true } ? Task.Run(FindAsync) : _found;
    }

    /// <summary>Complains about half a key pair before anything is sent.</summary>
    public static void Check(AwsOptions options)
    {
        string? problem = (options.AccessKey, options.SecretKey, options.SessionToken) switch
        {
            ({ Length: > 0 }, null or "", _) => "AccessKey without SecretKey",
            (null or "", { Length: > 0 }, _) => "SecretKey without AccessKey",
            (null or "", null or "", { Length: > 0 }) => "SessionToken without AccessKey and SecretKey",
            _ => null,
        };
        if (problem is not null)
        {
            throw CredentialErrors.Invalid(
                $"The call has {problem}; they belong together. Give both -AccessKey and -SecretKey (with -SessionToken for temporary " +
                "keys), or none of them.",
                kind: PizzaErrorKind.Configuration);
        }
    }

    private static CredentialProfile? Profile(AwsOptions options, Settings settings) =>
        options.AccessKey is { Length: > 0 } ? null
        : settings.ProfileIsNamed ? settings.Profile
        : options.StoredCredentials is null && !EnvironmentHasCredentials() && settings.Profile is { CanCreateAWSCredentials: true } profile
            ? profile : null;

    private async Task<AWSCredentials> FindAsync() => options switch
    {
        { AccessKey.Length: > 0, SessionToken.Length: > 0 } =>
            new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken),
        { AccessKey.Length: > 0 } => new BasicAWSCredentials(options.AccessKey, options.SecretKey),
        _ when _profile is not null => FromProfile(_profile),
        { StoredCredentials: { } stored } => new StoredCredentials(stored),
        _ => await FromChainAsync().ConfigureAwait(false),
    };

    // In the SDK's chain these come before a profile.
    private static bool EnvironmentHasCredentials() =>
        Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("AWS_WEB_IDENTITY_TOKEN_FILE") is { Length: > 0 };

    private static Task<AWSCredentials> FromChainAsync() =>
        Task.Run(() => new DefaultAWSCredentialsIdentityResolver().ResolveIdentity(null)).WaitAsync(s_instanceTimeout);

    private static AWSCredentials FromProfile(CredentialProfile profile) => profile.CanCreateAWSCredentials
        ? profile.GetAWSCredentials(new CredentialProfileStoreChain())
        : throw CredentialErrors.Invalid(
            $"The AWS profile '{profile.Name}' holds no complete credentials (keys, role, SSO session or credential process). " +
            $"Complete it with 'aws configure --profile {profile.Name}' or 'aws configure sso --profile {profile.Name}'.", profile.Name);

    /// <summary>
    /// $StoredAWSCredentials: an AWSPSCredentials around an AWSCredentials, both of AWS.Tools' own AWSSDK.Core, which is another assembly
    /// than ours; only reflection crosses that line. Asked each time, so that what refreshes itself there is fresh here.
    /// </summary>
    private sealed class StoredCredentials(object stored) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials()
        {
            try
            {
                object credentials = Unwrap(stored);
                object keys = credentials.GetType().GetMethod("GetCredentials", Type.EmptyTypes)
                    ?.Invoke(credentials, BindingFlags.DoNotWrapExceptions, null, null, null)
                    ?? throw Refused("it is not a credentials object of AWS.Tools");
                return new ImmutableCredentials(Text(keys, "AccessKey"), Text(keys, "SecretKey"), Text(keys, "Token"));
            }
            catch (Exception e) when (e is not PizzaException) { throw Refused(e.Message, e); }
        }

        public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.Run(GetCredentials);

        private static object Unwrap(object value)
        {
            const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            object? inner = value.GetType().Name switch
            {
                "PSObject" => value.GetType().GetProperty("BaseObject")?.GetValue(value),
                "AWSPSCredentials" => value.GetType().GetProperty("Credentials", Any)?.GetValue(value),
                _ => null,
            };
            return inner is null ? value : Unwrap(inner);
        }

        private static string? Text(object keys, string property) => keys.GetType().GetProperty(property)?.GetValue(keys) as string;

        private static PizzaException Refused(string why, Exception? inner = null) => CredentialErrors.Invalid(
            $"$StoredAWSCredentials gives no credentials: {why}. Set it again with Set-AWSCredential of AWS.Tools, clear it with " +
            "Clear-AWSCredential, or name -ProfileName.", cause: inner);
    }
}

using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>What goes wrong on the way to credentials, in the user's words: the SDK's are riddles ("This type of profile is not allowed
/// here").</summary>
internal static class CredentialErrors
{
    /// <summary>The error to throw instead; null to let the exception pass.</summary>
    public static PizzaException? Translate(Exception e, CredentialProfile? profile) => e switch
    {
        PizzaException => null,
        _ when IsSso(profile)
            && e is AmazonClientException
                or AmazonServiceException { ErrorCode: "UnauthorizedException" or "InvalidGrantException" or "ExpiredTokenException" } =>
                SsoLogin(e, profile!),
        ProcessAWSCredentialException => Failed(e, profile, "its credential_process failed. Run that program by hand to see why"),
        InvalidOperationException when profile?.Options.MfaSerial is { Length: > 0 } => Failed(e, profile,
            "its role requires an MFA code, and the module does not prompt for one. Get temporary keys first ('aws sts assume-role " +
            "--serial-number ... --token-code ...') and give them with -AccessKey, -SecretKey and -SessionToken"),
        AmazonServiceException =>
            Failed(e, profile, $"AWS refused: {e.Message.TrimEnd('.')}. Check the role's trust policy and the source profile"),
        HttpRequestException or IOException => ErrorCatalog.ServiceUnreachable(
            $"The service that provides the credentials of {Name(profile)}",
            $"cannot be reached: {e.GetBaseException().Message.TrimEnd('.')}", "the network and the proxy", profile?.Name, e),
        TimeoutException =>
            None(e, " The metadata service of an EC2 instance did not answer either; outside of EC2, AWS_EC2_METADATA_DISABLED=true " +
                "avoids the wait."),
        AmazonClientException when profile is null => None(e, ""),
        _ =>
            Failed(e, profile,
                (e.InnerException is { } inner ? $"{e.Message.TrimEnd('.')}: {inner.Message}" : e.Message).TrimEnd('.')
                    + (profile is null ? "" : ". Correct the profile, or name another with -ProfileName")),
    };

    private static bool IsSso(CredentialProfile? profile) => profile?.Options is { SsoSession.Length: > 0 } or { SsoStartUrl.Length: > 0 };

    private static PizzaException SsoLogin(Exception e, CredentialProfile profile) => new("SsoLoginRequired", PizzaErrorKind.Authentication,
        $"The AWS profile '{profile.Name}' signs in by SSO (IAM Identity Center), and there is no valid session. Run: " +
        $"aws sso login --profile {profile.Name}", profile.Name, e);

    private static PizzaException None(Exception e, string more) => new("NoCredentials", PizzaErrorKind.Authentication,
        "There are no AWS credentials. Name a profile with -ProfileName (or AWS_PROFILE), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            +
        $"or use Set-AWSCredential of AWS.Tools. To work without AWS, run Start-PizzaSandbox.{more}", innerException: e);

    private static PizzaException Failed(Exception e, CredentialProfile? profile, string why) =>
        Invalid($"There are no credentials from {Name(profile)}: {why}.", profile?.Name, e);

    /// <summary>The error for credentials that were named and cannot be used.</summary>
    public static PizzaException Invalid(
        string message, string? profile = null, Exception? cause = null, PizzaErrorKind kind = PizzaErrorKind.Authentication) =>
        new("InvalidCredentials", kind, message, profile, cause);

    private static string Name(CredentialProfile? profile) => profile is null ? "the environment" : $"the AWS profile '{profile.Name}'";
}

using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Assumes a role by a token of GitHub Actions, and says why when AWS does not.</summary>
/// <param name="aws">The caller's session; its credentials are used to read the role after a refusal, if it has any.</param>
/// <param name="patience">How long to go on after a refusal: IAM shows changes late.</param>
/// <param name="time">The clock.</param>
internal sealed class WebIdentityService(AwsSession aws, TimeSpan patience, TimeProvider time)
{
    /// <summary>Assumes the role.</summary>
    /// <param name="request">The role and the session.</param>
    /// <param name="token">The token; sent to STS, and to nobody else.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>AccessDenied</c>, <c>InvalidIdentityToken</c>, <c>ExpiredTokenException</c>,
    /// <c>ValidationError</c>.</exception>
    public async Task<AssumedRole> AssumeAsync(WebIdentityRequest request, string token, CancellationToken cancellationToken)
    {
        GitHubToken claims = GitHubToken.Read(token);
        try
        {
            return await new ConsistencyRetry(time, patience)
                .RunAsync(() => aws.AnonymousSts.AssumeRoleWithWebIdentityAsync(request, token, cancellationToken), MayPass,
                    cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e)
            when (e.ErrorId == "AccessDenied") { throw await RefusedAsync(e, request, claims, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (Next(e, claims) is { } next)
        {
            throw new PizzaException(e.ErrorId, PizzaErrorKind.PermissionDenied,
                $"{e.InnerException?.Message.TrimEnd('.') ?? e.Message.TrimEnd('.')}. {Said(claims)} {next}", request.RoleArn, e);
        }
    }

    private static bool MayPass(PizzaException e) =>
        e.ErrorId is "AccessDenied" or "IDPCommunicationError"
            || (e.ErrorId == "InvalidIdentityToken" && e.Message.Contains("No OpenIDConnect provider", StringComparison.Ordinal));

    private static string? Next(PizzaException e, GitHubToken claims) => e.ErrorId switch
    {
        "InvalidIdentityToken" when e.Message.Contains("No OpenIDConnect provider", StringComparison.Ordinal) =>
            "Register-PizzaOidcProvider, or New-PizzaCiRole, registers GitHub's provider in the account.",
        "InvalidIdentityToken"
            when e.Message.Contains("audience", StringComparison.OrdinalIgnoreCase) =>
            $"{Advice.Run("Register-PizzaOidcProvider").With("-Audience", claims.Audiences)} adds the audience to the account's " +
            "provider; leave -Audience out for AWS's usual one.",
        "ExpiredTokenException" =>
            "Run Connect-PizzaAws again, which asks for a new one; if that does not help, the clock of this machine is wrong.",
        "ValidationError" or "ValidationException" =>
            "A role allows sessions of one hour unless its MaxSessionDuration is longer; leave -DurationSeconds out.",
        "IDPCommunicationError" => "AWS could not ask GitHub for its keys; try again in a minute.",
        "InvalidIdentityToken" => "Is it GitHub's token, and the provider of the account GitHub's?",
        _ => null,
    };

    private static string Said(GitHubToken token) =>
        $"The token's subject is '{token.Subject}', its audience '{string.Join(", ", token.Audiences)}'.";

    private async Task<PizzaException> RefusedAsync(
        PizzaException e, WebIdentityRequest request, GitHubToken token, CancellationToken cancellationToken)
    {
        string why = await WhyAsync(request, token, cancellationToken).ConfigureAwait(false);
        return new("AccessDenied", PizzaErrorKind.PermissionDenied,
            $"AWS does not let this run assume {request.RoleArn} (Not authorized to perform sts:AssumeRoleWithWebIdentity). " +
            $"{Said(token)} {why}", request.RoleArn, e);
    }

    /// <summary>AWS never tells; whoever may read the role can.</summary>
    private async Task<string> WhyAsync(WebIdentityRequest request, GitHubToken token, CancellationToken cancellationToken)
    {
        string role = request.RoleArn[(request.RoleArn.LastIndexOf('/') + 1)..];
        try
        {
            TrustVerdict verdict = await new TrustTester(aws.Iam, time).TestAsync(role, token, cancellationToken).ConfigureAwait(false);
            return verdict switch
            {
                _ when verdict.RoleArn != request.RoleArn =>
                    $"The role that these credentials see is {verdict.RoleArn}; check account and path.",
                { Allowed: true } =>
                    "The trust policy that IAM shows now allows the run, so a change might not be in effect yet. " +
                    "Try again in a minute.",
                _ => $"Its trust policy: {string.Join("; ", verdict.Reasons)}. {string.Join(" ", verdict.Hints)}",
            };
        }
        catch (PizzaException e)
            when (e.ErrorId == "NoSuchEntity") { return $"There is no role '{role}' in the account; New-PizzaCiRole creates one."; }
        catch (PizzaException)
        {
            return "Check that the role exists and that its trust policy allows exactly this subject. With credentials that can read " +
                $"it, {Advice.Run("Test-PizzaTrustSubject").With("-Subject", token.Subject).With("-RoleName", role)} shows which " +
                "condition denies it, and Add-PizzaTrustSubject adds it.";
        }
    }
}

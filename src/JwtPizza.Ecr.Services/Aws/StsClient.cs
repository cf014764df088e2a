using System.Globalization;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Who calls: the account's 12 digits, the caller's ARN and unique id.</summary>
internal sealed record CallerIdentity(string Account, string Arn, string UserId);

/// <summary>Which role a token shall open.</summary>
/// <param name="RoleArn">The role.</param>
/// <param name="SessionName">The session's name, which CloudTrail shows: 2 to 64 letters, digits and <c>_+=,.@-</c>.</param>
/// <param name="DurationSeconds">900 to 43,200; null: one hour.</param>
internal sealed record WebIdentityRequest(string RoleArn, string SessionName, int? DurationSeconds);

/// <summary>Temporary credentials of a role.</summary>
internal sealed class AssumedRole
{
    /// <summary>The access key id.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>A secret.</summary>
    public required string SecretAccessKey { get; init; }

    /// <summary>A secret.</summary>
    public required string SessionToken { get; init; }

    /// <summary>When they end.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Who they belong to.</summary>
    public required string Arn { get; init; }
}

/// <summary>The operations of the security token service that the module uses.</summary>
internal sealed class StsClient
{
    private readonly AwsConnection _sts;

    internal StsClient(AwsConnection sts) => _sts = sts;

    /// <summary>Who the credentials belong to; needs no permission.</summary>
    public async Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellationToken)
    {
        XElement result = await _sts.ReadAsync("GetCallerIdentity", cancellationToken).ConfigureAwait(false);
        return new(Text(result, "Account"), Text(result, "Arn"), Text(result, "UserId"));
    }

    /// <summary>Credentials of a role for a token that its trust policy lets in.</summary>
    public async Task<AssumedRole> AssumeRoleWithWebIdentityAsync(
        WebIdentityRequest request, string token, CancellationToken cancellationToken)
    {
        XElement result = await _sts.ReadAsync("AssumeRoleWithWebIdentity", cancellationToken,
            ("RoleArn", request.RoleArn), ("RoleSessionName", request.SessionName), ("WebIdentityToken", token),
            ("DurationSeconds", request.DurationSeconds?.ToString(CultureInfo.InvariantCulture))).ConfigureAwait(false);
        XElement keys = Child(result, "Credentials");
        return new()
        {
            AccessKeyId = Text(keys, "AccessKeyId"), SecretAccessKey = Text(keys, "SecretAccessKey"),
            SessionToken = Text(keys, "SessionToken"),
            ExpiresAt = DateTimeOffset.Parse(Text(keys, "Expiration"), CultureInfo.InvariantCulture),
            Arn = Text(Child(result, "AssumedRoleUser"), "Arn"),
        };
    }

    private static XElement Child(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(e => e.Name.LocalName == name) ?? throw AwsErrors.Missing(AwsService.Sts, name);

    private static string Text(XElement parent, string name) => Child(parent, name).Value;
}

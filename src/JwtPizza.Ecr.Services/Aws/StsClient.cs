namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Who calls: the account's 12 digits, the caller's ARN and unique id.</summary>
public sealed record CallerIdentity(string Account, string Arn, string UserId);

/// <summary>The operations of the security token service that the module uses.</summary>
public sealed class StsClient
{
    /// <summary>Who the credentials belong to; needs no permission.</summary>
    public Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

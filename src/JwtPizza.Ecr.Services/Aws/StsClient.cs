using System.Xml.Linq;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Who calls: the account's 12 digits, the caller's ARN and unique id.</summary>
public sealed record CallerIdentity(string Account, string Arn, string UserId);

/// <summary>The operations of the security token service that the module uses.</summary>
public sealed class StsClient
{
    private readonly AwsConnection _sts;

    internal StsClient(AwsConnection sts) => _sts = sts;

    /// <summary>Who the credentials belong to; needs no permission.</summary>
    public async Task<CallerIdentity> GetCallerIdentityAsync(CancellationToken cancellationToken)
    {
        XElement result = await _sts.QueryAsync("GetCallerIdentity", cancellationToken).ConfigureAwait(false);
        return new(Text("Account"), Text("Arn"), Text("UserId"));

        string Text(string name) => result.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? throw AwsErrors.Missing(AwsService.Sts, name);
    }
}

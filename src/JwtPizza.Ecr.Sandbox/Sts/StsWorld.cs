using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What STS works with: an account's roles, the credentials given out, and an issuer of web identities.</summary>
internal sealed class StsWorld(IamAccount account, TokenIssuer issuer)
{
    public IamAccount Account => account;

    public TokenIssuer Issuer => issuer;

    public Sessions Sessions { get; } = new(account);
}

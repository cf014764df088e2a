using JwtPizza.Ecr.Sandbox.GitHub;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What STS works with: an account's roles, the credentials given out, and an issuer of web identities.</summary>
internal sealed class StsWorld(Readers readers, TokenIssuer issuer, StateFolder? state = null)
{
    /// <summary>The roles as readers see them: STS, too, learns of a change a little later.</summary>
    public IamAccount Account => readers.Seen;

    public TokenIssuer Issuer => issuer;

    /// <summary>The repositories whose tokens the issuer signs.</summary>
    public GitHubWorld GitHub { get; } = new(state);

    public Sessions Sessions { get; } = new(readers.Account, state);
}

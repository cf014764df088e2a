using JwtPizza.Ecr.Sandbox.GitHub;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What STS works with: the accounts' roles and users, the credentials given out, and an issuer of web identities.</summary>
/// <param name="iam">All accounts. STS, too, learns of a change a little later.</param>
/// <param name="issuer">Signs GitHub's tokens.</param>
/// <param name="sessions">The credentials given out.</param>
/// <param name="region">The region of calls that name none.</param>
/// <param name="state">Where all is kept over a restart.</param>
internal sealed class StsWorld(IamWorld iam, TokenIssuer issuer, Sessions sessions, string region, StateFolder? state = null)
{
    public IamWorld Iam => iam;

    public TokenIssuer Issuer => issuer;

    public Sessions Sessions => sessions;

    public Principals Principals { get; } = new(sessions, iam);

    /// <summary>The repositories whose tokens the issuer signs.</summary>
    public GitHubWorld GitHub { get; } = new(state);

    /// <summary>The account that the sandbox plays, as readers see it.</summary>
    public IamAccount Home => iam.Of(IamWorld.PartitionOf(region), iam.Home).Seen;

    /// <summary>Whose IAM a call is about, and who calls. Credentials of a user's session are not for IAM.</summary>
    public (Readers Readers, Identity Who) Identify(Caller caller) => sessions.Of(caller) is { RoleName: null }
        ? throw new ApiError("InvalidClientTokenId", "The security token included in the request is invalid", 403)
        : (sessions.AccountOf(caller), sessions.Identify(caller));
}

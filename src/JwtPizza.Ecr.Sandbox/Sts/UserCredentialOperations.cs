using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Temporary credentials of a user, for himself or for somebody that he vouches for; and what is to be known of an access
/// key.</summary>
internal sealed class UserCredentialOperations(StsWorld sts)
{
    public XElement[] GetSessionToken(QueryCall call)
    {
        (IamAccount account, User? user) = Caller(call);
        (string key, Session session) = Issue(call, account, user, session => session);
        return [StsXml.Credentials(key, session)];
    }

    public XElement[] GetFederationToken(QueryCall call)
    {
        (IamAccount account, User? user) = Caller(call);
        string name = call.Required("Name");
        List<string> policies = SessionPolicies.Of(call, account);
        IReadOnlyList<SessionTag> tags = SessionTags.Of(call, null);
        Arn arn = new(account.Partition.Name, "sts", "", account.AccountId, "federated-user/" + name);
        Identity identity = new($"{arn}", $"{account.AccountId}:{name}");
        int packed = SessionTags.PackedSize(policies, tags) ?? 0;
        (string key, Session session) = Issue(
            call, account, user, session => session with { Identity = identity, IsFederated = true, Policies = policies, Tags = tags });
        XElement federated = El("FederatedUser", El("FederatedUserId", identity.UserId), El("Arn", identity.Arn));
        return [StsXml.Credentials(key, session), federated, El("PackedPolicySize", packed)];
    }

    public XElement[] GetAccessKeyInfo(QueryCall call)
    {
        string key = call.Required("AccessKeyId");
        return [El("Account", sts.Sessions.AccountOf(key) ?? throw new ApiError("ValidationError", $"Access Key ID {key} was not found."))];
    }

    /// <summary>No operation of the sandbox answers with an encoded message, so that none can be its own.</summary>
    public static XElement[] DecodeAuthorizationMessage(
        QueryCall call) => throw new ApiError("InvalidAuthorizationMessageException", "Message is not valid");

    private (IamAccount Account, User? User) Caller(QueryCall call) => sts.Sessions.Of(call.Caller) is null
        ? (sts.Sessions.AccountOf(call.Caller).Seen, sts.Sessions.UserOf(call.Caller))
        : throw new ApiError("AccessDenied", $"Cannot call {call.Action} with session credentials", 403);

    private (string, Session) Issue(QueryCall call, IamAccount account, User? user, Func<Session, Session> describe)
    {
        Identity identity = sts.Sessions.Identify(call.Caller);
        return sts.Sessions.Issue(TimeSpan.FromSeconds(call.Number("DurationSeconds", StsRules.DefaultOfUser)),
            (secret, token, from, until) => describe(new()
        {
            Partition = account.Partition.Name, AccountId = account.AccountId, UserName = user?.Name, Identity = identity,
            SecretKey = secret, Token = token, IssuedAt = from, ExpiresAt = until,
        }));
    }
}

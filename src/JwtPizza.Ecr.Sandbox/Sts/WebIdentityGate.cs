using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Decides whether a web identity may assume a role.</summary>
internal sealed class WebIdentityGate(StsWorld sts)
{
    /// <summary>Evaluates the role's trust policy alone, as STS does.</summary>
    public PolicyEvaluation Evaluate(Role role, WebIdentity identity, string sessionName) =>
        TrustJudge.Of(role.TrustPolicy, identity.Provider.Arn, identity.Context(sessionName, sts.Iam.Now));

    /// <summary>The same in words.</summary>
    public TrustVerdict Explain(string roleName, string token)
    {
        string? subject = null;
        try
        {
            IamAccount account = sts.Home;
            WebIdentity identity = WebIdentity.Verify(token, sts, account);
            subject = identity.Subject;
            lock (account.Gate) return Evaluate(account.Role(roleName), identity, "explain").Verdict(roleName, subject);
        }
        catch (ApiError e) { return new() { RoleName = roleName, Subject = subject, Allowed = false, Reasons = [e.Message] }; }
    }
}

using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Decides whether a web identity may assume a role.</summary>
internal sealed class WebIdentityGate(StsWorld sts)
{
    public const string Action = "sts:AssumeRoleWithWebIdentity";

    /// <summary>Judges by the role's trust policy alone, as STS does.</summary>
    public Judgement Judge(Role role, WebIdentity identity, string sessionName)
    {
        RequestContext context = identity.Context(sessionName, sts.Account.Now);
        return Judgement.Of(PolicyStatement.Of(role.TrustPolicy), Objection, context);

        string? Objection(PolicyStatement statement) =>
            !statement.CoversAction(Action, context) ? $"is not about {Action}"
            : !statement.Principals("Federated").Contains(identity.Provider.Arn) ? $"does not name {identity.Provider.Arn} as Principal"
            : null;
    }

    /// <summary>The same in words.</summary>
    public SandboxVerdict Explain(string roleName, string token)
    {
        string? subject = null;
        try
        {
            WebIdentity identity = WebIdentity.Verify(token, sts);
            subject = identity.Subject;
            Judgement judgement;
            lock (sts.Account.Gate) judgement = Judge(sts.Account.Role(roleName), identity, "explain");
            return new() { RoleName = roleName, Subject = subject, Allowed = judgement.Decision == Decision.Allowed, Reasons = judgement.Reasons };
        }
        catch (ApiError e) { return new() { RoleName = roleName, Subject = subject, Allowed = false, Reasons = [e.Message] }; }
    }
}

using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What callers may do, by the policies of the role whose credentials they have.</summary>
internal sealed class Permissions(StsWorld sts)
{
    /// <summary>Judges a request. Whoever holds <see cref="IamAccount.Gate"/> may ask.</summary>
    public Judgement Judge(Caller caller, string action, string resource, RequestContext context)
    {
        if (sts.Sessions.Of(caller) is not { } session) return new(Decision.Allowed, [], []);   // the administrator
        Judgement own = Judgement.Of(Documents(session.RoleName), action, resource, context);
        return own.Decision == Decision.Allowed && session.Policies.Count > 0 ? Judgement.Of(session.Policies, action, resource, context) : own;
    }

    private IEnumerable<string> Documents(string roleName) => sts.Account.Roles.GetValueOrDefault(roleName) is { } role ? Documents(role) : [];

    public static IEnumerable<string> Documents(Role role) => role.Inline.Values.Concat(role.Attached.Select(p => p.Default.Document));
}

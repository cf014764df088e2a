using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Sts;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>What a role or user may do with a repository.</summary>
/// <param name="Principal">The ARN of the role or user.</param>
/// <param name="Repository">The ARN of the repository.</param>
/// <param name="Rights">By what it is called: whether it is allowed, and if not, why not.</param>
internal sealed record PrincipalRights(string Principal, string Repository, IReadOnlyDictionary<string, ExplainedNeed> Rights);

/// <summary>Who may do what, as it would be decided for a call without session policies.</summary>
internal sealed class Rights(StsWorld sts, EcrWorld ecr)
{
    private const int RowLimit = 1000;

    /// <summary>The actions behind what people call a right.</summary>
    private static readonly (string Name, string[] Actions)[] s_rights =
    [
        ("log in", ["GetAuthorizationToken"]),
        ("pull", ["BatchGetImage", "GetDownloadUrlForLayer"]),
        ("push", ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"]),
        ("delete images", ["BatchDeleteImage"]),
        ("set its policy", ["SetRepositoryPolicy"]),
    ];

    /// <summary>Every role and user with every repository, as many as a page can show.</summary>
    public IReadOnlyList<PrincipalRights> All()
    {
        (EcrRegistry Registry, string Name)[] repositories = [.. ecr.Registries.Where(r => !r.IsPublic)
            .SelectMany(r => r.Run(() => r.Repositories.Keys.ToList(), writes: false).Select(n => (r, n)))];
        return [.. sts.Principals.Standing().SelectMany(who => repositories.Select(r => Of(who, r.Registry, r.Name))).Take(RowLimit)];
    }

    private static PrincipalRights Of(StandingPrincipal who, EcrRegistry registry, string repository) =>
        new(who.Arn, registry.ArnOf(repository),
        s_rights.ToDictionary(r => r.Name,
            r => r.Actions.Select(a => Decide(who, registry, repository, a)).Aggregate((one, next) => one.Allowed ? next : one)));

    private static ExplainedNeed Decide(StandingPrincipal who, EcrRegistry registry, string repository, string action)
    {
        Need need =
            action == "GetAuthorizationToken" ? new("ecr:" + action, "*") { Registry = registry } : Need.On(registry, action, repository);
        NamedPolicy[] ofResource = Guard.PoliciesOf(need);
        RequestContext context =
            who.Context.Copy().With("aws:ResourceAccount", registry.RegistryId).With("aws:RequestedRegion", registry.Region);
        AccessRequest request = new(need.Action, need.Resource, Guard.WithTags(context, need));
        AccessDecision decision = AccessDecision.Of(who.Principal, request, registry.RegistryId, [.. ofResource.Select(p => p.Policy)]);
        return decision.By is not { } type ? new(need.Action, need.Resource, true, null, [])
            : new(need.Action, need.Resource, false, Guard.NameOf(type),
                NamedPolicy.Reasons([.. who.Policies, .. ofResource], decision, request, who.Principal));
    }
}

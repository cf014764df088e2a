namespace JwtPizza.Ecr;

/// <summary>What a policy of a role allows for one of the repositories that it names, or for a pattern of such.</summary>
/// <param name="Resource">The ARN or pattern, as it stands in the policy.</param>
internal sealed record CiPolicyReach(string Resource)
{
    private const string Update = "ecs:UpdateService", Repository = ":repository/", Any = "*";

    /// <summary>What is done with a repository; a statement with one of them is about repositories.</summary>
    private static readonly string[] s_verify = ["ecr:DescribeImages"];

    private static readonly string[] s_all = [.. CiStatement.PushActions.Concat(AccessGrant.PullActions).Concat(s_verify).Distinct()];

    public bool CanPush { get; private init; }

    public bool CanPull { get; private init; }

    public bool CanVerify { get; private init; }

    /// <summary>Cluster and service that may be redeployed with its images; null when the policy does not tell.</summary>
    public (string Cluster, string Service)? Deploys { get; private init; }

    /// <summary>The statements that name it.</summary>
    public IReadOnlyList<string> Sids { get; private init; } = [];

    /// <summary>The repository's name, or a pattern of names.</summary>
    public string RepositoryName =>
        Resource.IndexOf(Repository, StringComparison.Ordinal) is >= 0 and var at ? Resource[(at + Repository.Length)..] : Resource;

    public string Region => Part(a => a.Region);

    public string RegistryId => Part(a => a.AccountId);

    /// <summary>Everything that the policy says about repositories, in its order.</summary>
    public static IReadOnlyList<CiPolicyReach> Of(CiPolicy policy)
    {
        string[] resources =
        [
            .. policy.Statements.Where(s => s.Allows && Array.Exists(s_all, s.CoversAction)).SelectMany(s => s.Resources ?? [])
                .Where(MayBeRepository).Distinct(),
        ];
        return [.. resources.Select(r => Of(policy, r, resources))];
    }

    /// <summary>What it says about the repository of a grant, and the service that was named with it.</summary>
    public static CiPolicyReach Of(CiPolicy policy, CiGrant grant)
    {
        bool deploys = Allows(policy, Update, grant.Arn("ecs", grant.Region, $"service/{grant.Cluster}/{grant.Service}"));
        return Of(policy, grant.RepositoryArn, []) with { Deploys = deploys ? (grant.Cluster, grant.Service) : null };
    }

    private static CiPolicyReach Of(CiPolicy policy, string resource, string[] all)
    {
        CiPolicyReach reach = new(resource)
        {
            CanPush = CiStatement.PushActions.All(a => Allows(policy, a, resource)),
            CanPull = AccessGrant.PullActions.All(a => Allows(policy, a, resource)),
            CanVerify = s_verify.All(a => Allows(policy, a, resource)),
            Sids = [.. policy.Statements.Where(s => s.Allows && Array.Exists(s_all, s.CoversAction) && s.CoversResource(resource))
                .Select(s => s.Name)],
        };
        return reach with { Deploys = reach.Service(policy, all) };
    }

    /// <summary>The service of the repository's own name; of a policy for one repository and one service, that one.</summary>
    private (string, string)? Service(CiPolicy policy, string[] all)
    {
        if (!Arn.TryParse(Resource, out Arn? arn)) return null;
        string own = CiGrant.UsualService(RepositoryName);
        if (Allows(policy, Update, $"{arn with { Service = "ecs", Resource = $"service/{own}/{own}" }}")) return (own, own);
        string[] services =
            [.. policy.Statements.Where(s => s.Allows && s.CoversAction(Update)).SelectMany(s => s.Resources ?? []).Distinct()];
        return all is [_] && services is [var only] && Arn.TryParse(only, out Arn? service)
            && service.Resource.Split('/') is ["service", var cluster, var name] && Allows(policy, Update, only) ? (cluster, name) : null;
    }

    /// <summary>Whether it is allowed, conditions aside, and not denied without one.</summary>
    private static bool Allows(CiPolicy policy, string action, string resource) =>
        policy.Statements.Any(s => s.Allows && s.CoversAction(action) && s.CoversResource(resource))
        && !policy.Statements.Any(s => s.Denies && !s.HasCondition && s.CoversAction(action) && s.CoversResource(resource));

    private static bool MayBeRepository(string resource) =>
        !Arn.TryParse(resource, out Arn? arn) ? resource == Any : IamPattern.Covers(arn.Service, "ecr");

    private string Part(Func<Arn, string> part) =>
        Arn.TryParse(Resource, out Arn? arn) && part(arn) is var text && !IamPattern.IsPattern(text) ? text : "";
}

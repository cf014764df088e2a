namespace JwtPizza.Ecr;

/// <summary>How a state file speaks of the policy of a CI role.</summary>
internal static class StateGrant
{
    private static readonly CiGrant s_any =
        CiGrant.For("arn:aws:ecr:us-east-1:000000000000:repository/any", null, null, Defaults.TaskRole);

    /// <summary>The grant that a file asks for.</summary>
    /// <param name="repository">The name or the ARN of the repository.</param>
    /// <param name="push">What CI does there.</param>
    /// <param name="taskRoles">The roles that task definitions name; null for the course's.</param>
    /// <param name="partition">The partition of a repository that is given by name.</param>
    /// <param name="region">Its region.</param>
    /// <param name="account">Its account.</param>
    /// <exception cref="PizzaException"><c>InvalidRepositoryName</c>, <c>InvalidRepositoryArn</c>, <c>InvalidEcsName</c>,
    /// <c>InvalidRoleName</c>.</exception>
    public static CiGrant Of(
        string repository, PushState push, IReadOnlyList<string>? taskRoles, string partition, string region, string account)
    {
        string arn = Arn.IsMeant(repository)
            ? repository : $"{Arn.OfRepository(partition, region, account, RepositoryName.Parse(repository).Value)}";
        return CiGrant.For(arn, push.Cluster, push.Service, taskRoles ?? [Defaults.TaskRole]) with
        {
            IncludePull = push.IncludePull, IncludeVerify = push.IncludeVerify, IncludeDeploy = push.IncludeDeploy,
        };
    }

    /// <summary>What a policy grants, as far as the module's own statements say it.</summary>
    /// <param name="policy">The managed policy of a CI role.</param>
    public static IReadOnlyList<CiGrant> In(CiPolicy policy)
    {
        string[] taskRoles = TaskRoles(policy);
        List<CiGrant> grants = [];
        List<string> apart = [], services = [.. Resources(policy, s => s.Sid == "DeployContainer")];
        foreach (string arn in Resources(policy, s => s.Sid == CiStatement.PushSid).Where(IsRepository))
        {
            CiGrant usual = CiGrant.For(arn, null, null, taskRoles);
            if (services.Remove(ServiceArn(usual))) grants.Add(usual);
            else apart.Add(arn);
        }
        // a grant adds its repository and its service together, so those that have other names stand in the same order
        foreach ((string arn, string service) in apart.Zip(services))
            if (Arn.TryParse(service, out Arn? parsed) && parsed.Resource.Split('/') is ["service", var cluster, var name])
                grants.Add(CiGrant.For(arn, cluster, name, taskRoles));
        return [.. grants.Select(g => WithRights(policy, g))];
    }

    /// <summary>The roles that the policy lets CI pass, by name.</summary>
    /// <param name="policy">The managed policy of a CI role.</param>
    public static string[] TaskRoles(CiPolicy policy) =>
    [
        .. Resources(policy, s => s.Sid == "PassRolesInTaskDefinition").Select(r => Arn.TryParse(r, out Arn? arn) ? arn.ResourceId : null)
            .OfType<string>().Where(r => !r.Contains('*', StringComparison.Ordinal)).Distinct(),
    ];

    /// <summary>The statements that the module did not write, with a digest of each.</summary>
    /// <param name="policy">The managed policy of a CI role.</param>
    public static IReadOnlyDictionary<string, string> Others(CiPolicy policy) => StateAccess.Digests(policy,
        policy.Statements.Where(s => !CiStatement.AllOf(s_any).Any(c => c.Grant.IsOurs(s))));

    /// <summary>What a file says of a grant.</summary>
    /// <param name="grant">The grant.</param>
    public static PushState Push(CiGrant grant)
    {
        string own = CiGrant.UsualService(grant.RepositoryName);
        return new(grant.Cluster == own ? null : grant.Cluster, grant.Service == own ? null : grant.Service)
        {
            IncludePull = grant.IncludePull, IncludeVerify = grant.IncludeVerify, IncludeDeploy = grant.IncludeDeploy,
        };
    }

    private static CiGrant WithRights(CiPolicy policy, CiGrant grant)
    {
        return grant with
        {
            IncludePull = Has(grant with { IncludePull = true }), IncludeVerify = Has(grant with { IncludeVerify = true }),
            IncludeDeploy = Has(grant with { IncludeDeploy = true }),
        };

        bool Has(CiGrant wider) => !policy.Grant([wider]).Changed;
    }

    private static bool IsRepository(string arn) =>
        Arn.TryParse(arn, out Arn? parsed) && parsed is { Service: "ecr" }
            && parsed.Resource.StartsWith("repository/", StringComparison.Ordinal) && RepositoryName.IsLegal(parsed.ResourceId);

    private static string ServiceArn(CiGrant grant) => grant.Arn("ecs", grant.Region, $"service/{grant.Cluster}/{grant.Service}");

    private static IEnumerable<string> Resources(CiPolicy policy, Func<StatementGrant, bool> isMeant)
    {
        StatementGrant grant = CiStatement.AllOf(s_any).Select(c => c.Grant).Single(isMeant);
        return policy.Statements.Where(grant.IsOurs).SelectMany(s => s.Resources!).Distinct();
    }
}

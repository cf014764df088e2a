namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Clusters and services of ECS that are not there.</summary>
internal static class ServiceErrors
{
    /// <summary>ECS's refusal in words that say what to do; null for another one.</summary>
    public static PizzaException? Missing(PizzaException e, string cluster, string service, string region) => e.ErrorId switch
    {
        "ClusterNotFoundException" => new(e.ErrorId, PizzaErrorKind.NotFound,
            $"There is no cluster '{cluster}' in {region}. Name it with -Cluster, or look in another region with -Region; " +
            "'aws ecs list-clusters' lists them.", cluster, e),
        "ServiceNotFoundException" or "ServiceNotActiveException" => NoService(cluster, service, region, e),
        _ => null,
    };

    /// <summary>A service that its cluster does not have.</summary>
    public static PizzaException NoService(string cluster, string service, string region, PizzaException? e = null) =>
        new(e?.ErrorId ?? "ServiceNotFoundException", PizzaErrorKind.NotFound,
        $"The cluster '{cluster}' in {region} has no {(e?.ErrorId == "ServiceNotActiveException" ? "active " : "")}service '{service}'. " +
        $"Name it with -Service; {Advice.Run("Get-PizzaService").With("-Cluster", cluster)} lists them.", service, e);
}

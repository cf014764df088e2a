using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Gets the services of Amazon ECS, with the images that they run.</summary>
/// <remarks>
/// <para>The output is one record for each service. ImageUris holds the images that its task definition names. ImageDigests holds what the
/// running tasks pulled, as they report it. If the caller lacks the permissions ecs:ListTasks and ecs:DescribeTasks, the cmdlet writes a
/// warning, and ImageDigests is empty.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaService</code>
/// Lists the services of all clusters of the region.
/// </example>
/// <example>
/// <code>Get-PizzaService jwt-pizza-* | Update-PizzaService -WhatIf</code>
/// Shows which services would be deployed again.
/// </example>
/// <example>
/// <code>Get-PizzaService jwt-pizza-service | Format-List Cluster, Service, ImageUris, ImageDigests</code>
/// Shows which image a service runs.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaService")]
[OutputType(typeof(PizzaService))]
public sealed class GetPizzaServiceCommand : AwsCmdlet
{
    /// <summary>Specifies the ECS services, by name or by patterns with wildcards. The default is all. A name without wildcards that does
    /// not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] Service { get; set; } = ["*"];

    /// <summary>Specifies the ECS clusters, by name or by a pattern with wildcards. The default is all clusters of the region.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string Cluster { get; set; } = "*";

    private ServiceReader Services => new(Aws.Ecs, Aws.Region, CalledSandbox?.Info.RegistryHost);

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string cluster = string.IsNullOrEmpty(Cluster) ? "*" : Cluster;
        foreach (string service in Service)
            if (!await TryAsync(() => FindAsync(cluster, service, cancellationToken), service)) OnFailed();
    }

    private async Task FindAsync(string cluster, string service, CancellationToken cancellationToken)
    {
        bool isPattern = WildcardPattern.ContainsWildcardCharacters(service), isFound = false;
        Func<string, bool> fits = NamePattern.Of(service);
        foreach (string one in await ClustersAsync(cluster, cancellationToken))
        {
            foreach (EcsService found in await InAsync(one, service, isPattern ? fits : null, cancellationToken))
            {
                isFound = true;
                await StartAsync<GetPizzaServiceCommand>((self, token) => self.WriteAsync(one, found, token), service, cancellationToken);
            }
        }
        if (!isFound && !isPattern) throw ServiceErrors.NoService(cluster, service, Aws.Region);
    }

    private async Task<IReadOnlyList<string>> ClustersAsync(string cluster, CancellationToken cancellationToken)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(cluster)) return [cluster];
        List<string> clusters = [];
        await foreach (string name in Services.ClustersAsync(NamePattern.Of(cluster), cancellationToken)) clusters.Add(name);
        return clusters;
    }

    private async Task<IReadOnlyList<EcsService>> InAsync(
        string cluster, string service, Func<string, bool>? fits, CancellationToken cancellationToken)
    {
        try
        {
            return fits is not null ? await Services.ServicesAsync(cluster, fits, cancellationToken)
                : await Services.FindAsync(cluster, service, cancellationToken) is { } found ? [found] : [];
        }
        catch (PizzaException e) when (ServiceErrors.Missing(e, cluster, service, Aws.Region) is { } missing) { throw missing; }
    }

    private async Task WriteAsync(string cluster, EcsService service, CancellationToken cancellationToken)
    {
        string name = cluster[(cluster.LastIndexOf('/') + 1)..];
        (PizzaService read, string? notSeen) = await Services.ReadAsync(name, service, cancellationToken);
        if (notSeen is not null) WriteWarning(notSeen);
        WriteObject(read);
    }
}

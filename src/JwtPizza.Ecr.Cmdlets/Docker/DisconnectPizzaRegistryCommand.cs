using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Logs docker out of Amazon ECR registries.</summary>
/// <remarks>
/// <para>The cmdlet removes the logins that Connect-PizzaRegistry made, from docker's settings or its credential helper. Logins to other
/// registries stay. If docker is not logged in, nothing changes and no error occurs.</para>
/// <para>Without -RegistryHost, the cmdlet gets the hosts of the registries from ECR. The output of Connect-PizzaRegistry already contains
/// the hosts, so no call to AWS is necessary for it.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Disconnect-PizzaRegistry</code>
/// Logs docker out of your own registry in your region.
/// </example>
/// <example needs="docker compose">
/// <code>$logins = Connect-PizzaRegistry -Region us-east-1, eu-central-1; docker compose push; $logins | Disconnect-PizzaRegistry</code>
/// Logs docker out of exactly the registries that it was logged in to before.
/// </example>
/// <example needs="docker">
/// <code>Disconnect-PizzaRegistry -RegistryHost public.ecr.aws</code>
/// Logs docker out of a registry by its host, without a call to AWS.
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "PizzaRegistry", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryConnection))]
public sealed class DisconnectPizzaRegistryCommand : RegistriesCmdlet
{
    /// <summary>Specifies the hosts of the registries, as at the start of their image names. The default is the hosts that belong to
    /// -RegistryId and -Region, or to -Public.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] RegistryHost { get; set; } = [];

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string host in RegistryHost)
        {
            if (!ShouldProcess(host, "Log docker out")) continue;
            await TryAsync(() => DisconnectAsync(host, null, cancellationToken), host);
        }
        if (RegistryHost.Length == 0)
            await EachAsync("Log docker out", offer => DisconnectAsync(offer.Login.Host, offer.RegistryId, cancellationToken),
                cancellationToken);
    }

    private async Task DisconnectAsync(string host, string? registryId, CancellationToken cancellationToken)
    {
        RegistryConnection connection = await Docker.DisconnectAsync(host, cancellationToken);
        WriteVerbose(
            connection.Status == ChangeStatus.Unchanged
                ? $"docker was not logged in to {host}; nothing changed." : $"docker is no longer logged in to {host}.");
        WriteObject(connection with { RegistryId = registryId, IsPublic = Public });
    }
}

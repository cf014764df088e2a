using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Logs docker out of registries of Amazon ECR.</summary>
/// <remarks>
/// <para>Takes the logins that Connect-PizzaRegistry made out of docker's settings or its credential helper; logins to other registries
/// stay. Where docker is not logged in, nothing changes and nothing fails.</para>
/// <para>Without -RegistryHost, ECR is asked for the hosts of the registries. What Connect-PizzaRegistry gave back has the hosts already,
/// so that no AWS is needed for it.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Disconnect-PizzaRegistry</code>
/// Your own registry in your region.
/// </example>
/// <example needs="docker compose">
/// <code>$logins = Connect-PizzaRegistry -Region us-east-1, eu-central-1; docker compose push; $logins | Disconnect-PizzaRegistry</code>
/// Exactly what was logged in to before.
/// </example>
/// <example needs="docker">
/// <code>Disconnect-PizzaRegistry -RegistryHost public.ecr.aws</code>
/// A registry by its host; AWS is not called.
/// </example>
[Cmdlet(VerbsCommunications.Disconnect, "PizzaRegistry", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryConnection))]
public sealed class DisconnectPizzaRegistryCommand : RegistriesCmdlet
{
    /// <summary>The hosts of the registries, as the names of their images begin. Default: those of -RegistryId and -Region, or of
    /// -Public.</summary>
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
                ? $"docker was not logged in to {host}; nothing changed." : $"docker is no more logged in to {host}.");
        WriteObject(connection with { RegistryId = registryId, IsPublic = Public });
    }
}

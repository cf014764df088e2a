using System.Management.Automation;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Logs docker in to registries of Amazon ECR.</summary>
/// <remarks>
/// <para>Afterwards 'docker push' and 'docker pull' work with these registries for 12 hours. It stands for 'aws ecr get-login-password |
/// docker login', once for each registry. The password goes to docker's standard input: it is on no command line, in no output and in no
/// log.</para>
/// <para>docker keeps the login where its settings say: with a credential helper, else in the file config.json, where whoever may read the
/// file can read it. CredentialStore of the output says which. Disconnect-PizzaRegistry takes it away again.</para>
/// <para>Publish-PizzaImage and Push-PizzaImage need no login; they bring their own, which nobody else sees.</para>
/// </remarks>
/// <example needs="docker and AWS">
/// <code>Connect-PizzaRegistry; docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service:latest</code>
/// Logs in to your own registry and pushes with plain docker.
/// </example>
/// <example needs="docker and a second account">
/// <code>Connect-PizzaRegistry -RegistryId 123456789012, 210987654321 -Region us-east-1, eu-central-1</code>
/// The registries of two accounts in two regions: four logins.
/// </example>
/// <example needs="docker">
/// <code>Connect-PizzaRegistry -Public</code>
/// ECR Public, to push to a repository of your own there, and to pull more often than those who are not logged in.
/// </example>
/// <example needs="docker compose">
/// <code>$logins = Get-PizzaRepository team-a/* | Connect-PizzaRegistry -DockerConfig ./.docker; docker --config ./.docker compose pull; $logins | Disconnect-PizzaRegistry</code>
/// Each registry once, in a folder of settings of its own.
/// </example>
[Cmdlet(VerbsCommunications.Connect, "PizzaRegistry", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryConnection))]
public sealed class ConnectPizzaRegistryCommand : RegistriesCmdlet
{
    private readonly Dictionary<string, RegistryOffer> _connected = [];

    private protected override Task ProcessAsync(CancellationToken cancellationToken) => EachAsync("Log docker in", async offer =>
    {
        RegistryConnection connection = await Docker.ConnectAsync(offer, cancellationToken);
        if (_connected.TryGetValue($"{offer.Login.Host} {DockerConfig}", out RegistryOffer? before))
            WriteWarning(
                $"{offer.Login.Host} serves several registries here, and docker keeps one login for a host: " +
                $"that to {before.RegistryId ?? "ECR Public"} in {before.Region} is replaced.");
        _connected[$"{offer.Login.Host} {DockerConfig}"] = offer;
        WriteVerbose(
            $"docker is logged in to {connection.RegistryHost} until {connection.ExpiresAt:u}; " +
            $"the login is kept by {connection.CredentialStore}.");
        WriteObject(connection);
    }, cancellationToken);
}

using System.Management.Automation;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Logs docker in to Amazon ECR registries.</summary>
/// <remarks>
/// <para>Afterwards, 'docker push' and 'docker pull' work with these registries for 12 hours. The cmdlet is the equivalent of 'aws ecr
/// get-login-password | docker login', once for each registry. It passes the password to docker's standard input. The password does not
/// appear on a command line, in the output, or in a log.</para>
/// <para>docker stores the login as its settings specify: with a credential helper, or otherwise in the file config.json. Anyone who can
/// read that file can read the login. CredentialStore in the output shows which one is used. Disconnect-PizzaRegistry removes the
/// login.</para>
/// <para>Publish-PizzaImage and Push-PizzaImage do not require this login. They use a separate login, which is not visible to
/// others.</para>
/// </remarks>
/// <example needs="docker and AWS">
/// <code>Connect-PizzaRegistry; docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service:latest</code>
/// Logs docker in to your own registry, and pushes with plain docker.
/// </example>
/// <example needs="docker and a second account">
/// <code>Connect-PizzaRegistry -RegistryId 123456789012, 210987654321 -Region us-east-1, eu-central-1</code>
/// Logs docker in to the registries of two accounts in two regions, with four logins.
/// </example>
/// <example needs="docker">
/// <code>Connect-PizzaRegistry -Public</code>
/// Logs docker in to ECR Public. You can then push to your own repository there, and pull more often than without a login.
/// </example>
/// <example needs="docker compose">
/// <code>$logins = Get-PizzaRepository team-a/* | Connect-PizzaRegistry -DockerConfig ./.docker; docker --config ./.docker compose pull; $logins | Disconnect-PizzaRegistry</code>
/// Logs docker in to each registry once, in a separate configuration directory.
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
                $"{offer.Login.Host} serves several registries here, and docker keeps one login for each host. The " +
                $"login to {before.RegistryId ?? "ECR Public"} in {before.Region} is replaced.");
        _connected[$"{offer.Login.Host} {DockerConfig}"] = offer;
        WriteVerbose(
            $"docker is logged in to {connection.RegistryHost} until {connection.ExpiresAt:u}; " +
            $"the login is stored by {connection.CredentialStore}.");
        WriteObject(connection);
    }, cancellationToken);
}

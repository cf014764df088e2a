using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>A registry, and a login to it that docker does not have yet.</summary>
/// <param name="Login">What to tell docker.</param>
/// <param name="RegistryId">The account; null for ECR Public.</param>
/// <param name="Region">The region.</param>
internal sealed record RegistryOffer(RegistryLogin Login, string? RegistryId, string Region)
{
    /// <summary>The registry, without the password.</summary>
    public override string ToString() => Login.Host;
}

/// <summary>Logs docker in to registries and out again.</summary>
internal sealed class RegistryConnectionService
{
    private readonly DockerLogins _docker;
    private readonly string? _folder;

    /// <summary>With the docker of this machine.</summary>
    /// <param name="dockerConfig">The folder of docker's settings, a full path; null for docker's own.</param>
    /// <param name="verbose">Receives what was passed over.</param>
    public RegistryConnectionService(string? dockerConfig, Action<string> verbose) : this(new DockerProgram(), dockerConfig, verbose) { }

    internal RegistryConnectionService(DockerProgram docker, string? dockerConfig, Action<string>? verbose) =>
        (_docker,
            _folder) =
            (new(docker,
                new(name => name == "DOCKER_CONFIG" && dockerConfig is not null ? dockerConfig : Environment.GetEnvironmentVariable(name),
                    verbose), dockerConfig), dockerConfig);

    /// <summary>Asks ECR for logins to private registries of one region, one for each.</summary>
    /// <param name="aws">The session; its region is the registries'.</param>
    /// <param name="registryIds">The accounts; none for the caller's own.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<IReadOnlyList<RegistryOffer>> AskAsync(
        AwsSession aws, IReadOnlyList<string> registryIds, CancellationToken cancellationToken)
    {
        string[] ids = [.. registryIds.Select(AccountId.Check).Distinct()];
        IReadOnlyList<RegistryLogin> logins = await aws.Ecr.GetAuthorizationTokensAsync(ids, cancellationToken).ConfigureAwait(false);
        List<RegistryOffer> offers = [];
        foreach (RegistryLogin login in logins)
        {
            // AWS's hosts tell the account; those that stand in for them do not.
            string account = EcrHost.TryParse(login.Host)?.RegistryId ?? ids.ElementAtOrDefault(offers.Count)
                ?? await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            offers.Add(new(login, account, aws.Region));
        }
        return offers;
    }

    /// <summary>Asks ECR Public for a login.</summary>
    /// <param name="aws">The session, of any region.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<RegistryOffer> AskPublicAsync(AwsSession aws, CancellationToken cancellationToken) =>
        new(await aws.EcrPublic.GetAuthorizationTokenAsync(cancellationToken).ConfigureAwait(false), null, EcrPublicClient.Region);

    /// <summary>Logs docker in.</summary>
    /// <param name="offer">Where, and as whom.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<RegistryConnection> ConnectAsync(RegistryOffer offer, CancellationToken cancellationToken)
    {
        bool was = _docker.HasLogin(offer.Login.Host);
        await _docker.LogInAsync(offer.Login.Host, offer.Login.User, offer.Login.Password, cancellationToken).ConfigureAwait(false);
        return new()
        {
            RegistryHost = offer.Login.Host, Status = was ? ChangeStatus.Changed : ChangeStatus.Created, IsConnected = true,
            UserName = offer.Login.User, ExpiresAt = offer.Login.ExpiresAt, RegistryId = offer.RegistryId,
            Region = offer.Region, IsPublic = offer.RegistryId is null, CredentialStore = _docker.StoreOf(offer.Login.Host),
            DockerConfig = _folder,
        };
    }

    /// <summary>Logs docker out; nothing changes where it is not logged in.</summary>
    /// <param name="host">The registry's host.</param>
    /// <param name="cancellationToken">Kills docker.</param>
    public async Task<RegistryConnection> DisconnectAsync(string host, CancellationToken cancellationToken)
    {
        string store = _docker.StoreOf(host);
        bool was = await _docker.LogOutAsync(host, cancellationToken).ConfigureAwait(false);
        return new()
        {
            RegistryHost = host, Status = was ? ChangeStatus.Removed : ChangeStatus.Unchanged, IsConnected = false, CredentialStore = store,
            DockerConfig = _folder,
        };
    }
}

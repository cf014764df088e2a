using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Base of the cmdlets that log docker in and out: one registry or several, each once in a pipeline.</summary>
public abstract class RegistriesCmdlet : AwsCmdlet
{
    private readonly HashSet<string> _seen = [];

    /// <summary>Specifies the accounts that own the registries, by their 12 digits. The default is your own account.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] RegistryId { get; set; } = [];

    /// <summary>Indicates that the cmdlet uses ECR Public (public.ecr.aws) instead of private registries. A public repository from the
    /// pipeline sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    /// <summary>Specifies docker's configuration directory, as in 'docker --config'. The default is DOCKER_CONFIG, and then the directory
    /// .docker in your home directory.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DockerConfig { get; set; }

    /// <summary>docker, with the settings of the record at hand.</summary>
    private protected RegistryConnectionService Docker =>
        new(string.IsNullOrEmpty(DockerConfig) ? null : FilePath(DockerConfig), WriteVerbose);

    /// <summary>Does it for the registries of the region at hand, or for ECR Public.</summary>
    private protected async Task EachAsync(string action, Func<RegistryOffer, Task> work, CancellationToken cancellationToken)
    {
        AwsSession aws = SessionFor(OptionsFor(Public ? null : CurrentRegion));
        string which = Public ? "ECR Public"
            : $"{(RegistryId.Length == 0 ? "your own registry" : $"the registry of {string.Join(", ", RegistryId)}")} in {aws.Region}";
        if (!_seen.Add($"{which} {CurrentProfile} {DockerConfig}") || !ShouldProcess(which, action)) return;
        await TryAsync(async () =>
        {
            foreach (RegistryOffer offer in await AskAsync(aws, cancellationToken))
                await TryAsync(() => work(offer), offer.Login.Host);
        }, which);
    }

    private async Task<IReadOnlyList<RegistryOffer>> AskAsync(AwsSession aws, CancellationToken cancellationToken) => Public
        ? [await RegistryConnectionService.AskPublicAsync(aws, cancellationToken)]
        : await RegistryConnectionService.AskAsync(aws, RegistryId, cancellationToken);
}

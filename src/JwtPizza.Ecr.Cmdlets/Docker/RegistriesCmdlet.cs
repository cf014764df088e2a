using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Base of the cmdlets that log docker in and out: one registry or several, each once in a pipeline.</summary>
public abstract class RegistriesCmdlet : AwsCallerCmdlet
{
    private readonly HashSet<string> _seen = [];

    /// <summary>The 12 digits of the accounts that own the registries. Default: your own.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] RegistryId { get; set; } = [];

    /// <summary>The regions of the registries: each account has one registry in each region. Default: $StoredAWSRegion of AWS.Tools, then
    /// AWS_REGION, the profile's region, and us-east-1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RegionToCall")]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[] Region { get; set; } = [];

    /// <summary>ECR Public (public.ecr.aws) in place of private registries. A public repository in the pipeline brings it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    /// <summary>The folder of docker's settings, as in 'docker --config'. Default: DOCKER_CONFIG, else the folder .docker in your
    /// home.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DockerConfig { get; set; }

    /// <summary>docker, with the settings of the record at hand.</summary>
    private protected RegistryConnectionService Docker =>
        new(string.IsNullOrEmpty(DockerConfig) ? null : FilePath(DockerConfig), WriteVerbose);

    /// <summary>Does it for the registries of one region; null is the caller's own region, and ECR Public.</summary>
    private protected async Task EachAsync(string action, Func<RegistryOffer, Task> work, CancellationToken cancellationToken)
    {
        foreach (string? region in Public || Region.Length == 0 ? (string?[])[null] : Region)
        {
            string which = Public
                ? "ECR Public"
                : $"{(RegistryId.Length == 0 ? "your own registry" : $"the registry of {string.Join(", ", RegistryId)}")} in " +
                    $"{SessionFor(Typed(region)).Region}";
            if (!_seen.Add($"{which} {DockerConfig}") || !ShouldProcess(which, action)) continue;
            await TryAsync(async () =>
            {
                foreach (RegistryOffer offer in await AskAsync(SessionFor(Typed(region)), cancellationToken))
                    await TryAsync(() => work(offer), offer.Login.Host);
            }, which);
        }
    }

    private async Task<IReadOnlyList<RegistryOffer>> AskAsync(AwsSession aws, CancellationToken cancellationToken) => Public
        ? [await RegistryConnectionService.AskPublicAsync(aws, cancellationToken)]
        : await RegistryConnectionService.AskAsync(aws, RegistryId, cancellationToken);
}

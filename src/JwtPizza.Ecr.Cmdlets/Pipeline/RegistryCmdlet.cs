using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that act within one registry, and meet repositories of ECR Public in the pipeline.</summary>
public abstract class RegistryCmdlet : AwsCmdlet
{
    /// <summary>Specifies the account that owns the registry, by its 12 digits. The default is the account of a URI, and then the caller's
    /// own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>Filled by the pipeline: the repository is one of ECR Public. What ECR Public does not have is refused for it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public virtual SwitchParameter Public { get; set; }

    /// <summary>Whether the cmdlet works on repositories of ECR Public too.</summary>
    private protected virtual bool TakesPublic => false;

    /// <summary>ECR, for the registry that the record at hand names.</summary>
    private protected EcrClient Registry => Aws.Ecr.For(RegistryId);

    /// <summary>Does the work where a repository is: a URI names its account and region, which -RegistryId and -Region may not
    /// contradict.</summary>
    /// <param name="repository">A name, a pattern or a URI.</param>
    /// <param name="work">The work, which is given the name alone.</param>
    private protected async Task AtAsync(string repository, Func<string, Task> work)
    {
        RepositoryReference place = RepositoryReference.Parse(repository, RegistryId, Region, Public);
        if (place.IsPublic && !TakesPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, repository);
        CheckHost(place);
        (string? registryId, string? region, SwitchParameter isPublic) = (RegistryId, Region, Public);
        (RegistryId, Region, Public) = (place.RegistryId, place.Region, place.IsPublic);
        try { await work(place.Name); }
        finally { (RegistryId, Region, Public) = (registryId, region, isPublic); }
    }
}

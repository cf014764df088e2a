using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Access;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Gets Amazon ECR repositories.</summary>
/// <remarks>
/// <para>The cmdlet gets all repositories of the registry, or those with the specified names. Names support the wildcards '*', '?', and
/// '[a-c]'. The cmdlet reads all pages, and returns each repository as soon as its page arrives.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist</code>
/// Builds the directory dist and pushes the image to the repository.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Set-PizzaLifecycle -UntaggedDays 1</code>
/// Sets one rule on every repository of a team.
/// </example>
/// <example>
/// <code>(Get-PizzaRepository -IncludePolicy).Access | Where-Object Principal -eq '*'</code>
/// Gets repositories whose policy gives access to everyone.
/// </example>
/// <example>
/// <code>Get-PizzaRepository -Public | Format-List RepositoryUri, Catalog</code>
/// Gets the repositories of the public registry, with what the gallery shows for them.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaRepository")]
[OutputType(typeof(Repository))]
public sealed class GetPizzaRepositoryCommand : RepositoryCmdlet
{
    /// <summary>Specifies the repositories, by name. Wildcards are supported. The default is all repositories of the registry. A name
    /// without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    [RepositoryNames]
    public override string[] RepositoryName { get; set; } = ["*"];

    /// <summary>Indicates that the cmdlet also reads the policy of each repository. PolicyText is its JSON, and Access shows who can pull
    /// and push. This takes one call for each repository.</summary>
    [Parameter]
    public SwitchParameter IncludePolicy { get; set; }

    /// <summary>Indicates that the repositories are in ECR Public (public.ecr.aws), with what the gallery shows for them. A public
    /// repository from the pipeline sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    private protected override bool TakesPublic => true;

    private protected override bool IncludeCatalog => true;

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (Public && IncludePolicy)
            throw ErrorCatalog.SettingNotOffered(nameof(IncludePolicy),
                "-IncludePolicy reads the policies of private repositories: leave it out, or leave -Public out.");
        return EachAsync<GetPizzaRepositoryCommand>((self, repository, token) => self.WriteAsync(repository, token), cancellationToken);
    }

    private async Task WriteAsync(Repository repository, CancellationToken cancellationToken)
    {
        if (IncludePolicy)
        {
            (repository, string? unreadable) = await AccessService.DescribeAsync(Registry, repository, cancellationToken);
            if (unreadable is not null)
                WriteWarning($"{repository}: Access is empty, because the policy cannot be read; PolicyText has it. {unreadable}");
        }
        WriteObject(repository);
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Access;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Gets repositories of Amazon ECR.</summary>
/// <remarks>
/// <para>All of the registry, or those of the names given; '*', '?' and '[a-c]' work in a name. All pages are read, and each repository is
/// handed on as soon as its page is there.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist</code>
/// Builds the folder dist and pushes the image there.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Set-PizzaLifecycle -UntaggedDays 1</code>
/// One rule for every repository of a team.
/// </example>
/// <example>
/// <code>(Get-PizzaRepository -IncludePolicy).Access | Where-Object Principal -eq '*'</code>
/// Repositories that their policy opens to everybody.
/// </example>
/// <example>
/// <code>Get-PizzaRepository -Public | Format-List RepositoryUri, Catalog</code>
/// The repositories of the public registry, and what the gallery shows of them.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaRepository")]
[OutputType(typeof(Repository))]
public sealed class GetPizzaRepositoryCommand : RepositoryCmdlet
{
    /// <summary>Names, or patterns with wildcards. Default: all. A name without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    [RepositoryNames]
    public override string[] RepositoryName { get; set; } = ["*"];

    /// <summary>Read the policy of each repository too: PolicyText is its JSON, Access tells who may pull and push by it. Costs a call for
    /// each.</summary>
    [Parameter]
    public SwitchParameter IncludePolicy { get; set; }

    /// <summary>Repositories of ECR Public (public.ecr.aws), with what the gallery shows of them. A public repository in the pipeline
    /// brings it.</summary>
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

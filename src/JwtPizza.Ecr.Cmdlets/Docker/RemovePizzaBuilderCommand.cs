using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Removes builders of docker's buildx, with their nodes and their build cache.</summary>
/// <remarks>
/// <para>Images stay, and so do docker engines, clusters and BuildKit daemons that are nodes of the builder. The builder of a docker
/// context cannot be removed.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Initialize-PizzaBuilder trial -Create; Remove-PizzaBuilder trial</code>
/// Makes a builder, and removes it again.
/// </example>
/// <example needs="docker">
/// <code>Get-PizzaBuilder trial-* | Remove-PizzaBuilder -KeepCache</code>
/// Removes several, and leaves what they have built for the next builders of these names.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaBuilder", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaBuilder))]
public sealed class RemovePizzaBuilderCommand : PizzaCmdlet
{
    /// <summary>Specifies the builders, by name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Builder")]
    [ArgumentCompleter(typeof(BuilderCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Leaves the build cache, for a builder of the same name that is created later.</summary>
    [Parameter]
    public SwitchParameter KeepCache { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        BuilderService builders = new();
        foreach (string name in Name)
        {
            if (!ShouldProcess($"builder '{name}'", KeepCache ? "Remove, without its build cache" : "Remove, with its build cache"))
                continue;
            await TryAsync(async () => WriteObject(await builders.RemoveAsync(name, KeepCache, cancellationToken)), name);
        }
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Docker;

/// <summary>Gets the builders of docker's buildx, and what they can do for a platform.</summary>
/// <remarks>
/// <para>The current builder, which docker takes where none is named, comes first. Missing says what a builder lacks for the platforms,
/// each with the next step.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaBuilder</code>
/// Lists all builders of this machine.
/// </example>
/// <example needs="docker">
/// <code>Get-PizzaBuilder -Platform linux/amd64, linux/arm64 | Where-Object IsReady</code>
/// Lists the builders that can build an image for both platforms.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaBuilder")]
[OutputType(typeof(PizzaBuilder))]
public sealed class GetPizzaBuilderCommand : PizzaCmdlet
{
    /// <summary>Specifies the builders, by name or by patterns with wildcards. The default is all. A name without wildcards that does not
    /// exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Builder")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BuilderCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Specifies the platforms that images are to be built for.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [Defaults.Platform];

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        BuilderService builders = new();
        Platform[] platforms = [.. Ecr.Platform.ParseAll(Platform)];
        foreach (string name in Name)
        {
            string[] found = WildcardPattern.ContainsWildcardCharacters(name)
                ? [.. (await builders.ListAsync(cancellationToken)).Where(NamePattern.Of(name))] : [name];
            foreach (string builder in found)
                await TryAsync(async () => WriteObject(await builders.CheckAsync(builder, platforms, cancellationToken)), builder);
        }
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.State;

namespace JwtPizza.Ecr.Cmdlets.State;

/// <summary>Writes the repositories of an Amazon ECR registry and the CI roles of the account to a state file.</summary>
/// <remarks>
/// <para>The file holds private repositories by name, with tag mutability, scan on push, encryption, resource tags, lifecycle rules, and
/// access for other accounts, roles, and organizations. It also holds the IAM roles that trust GitHub, with the subjects that they trust
/// and the repositories that they can push to and deploy. Names and rules are in a stable order. What is as in a new repository is left
/// out.</para>
/// <para>Policy statements that this module did not write are named with a digest of their text. The file does not hold them, and
/// Sync-PizzaState neither writes nor removes them.</para>
/// <para>The file does not hold images, registry scanning, replication, repositories of ECR Public, and other policies of the roles. It is
/// about one account and one region.</para>
/// <para>You can also write the file by hand. The section 'defaults' applies to every repository of the file. A name with '*' under
/// 'repositories' applies its settings to every repository that matches. The module contains a JSON Schema,
/// pizza-state.schema.json.</para>
/// </remarks>
/// <example>
/// <code>Export-PizzaState</code>
/// Writes everything to pizza-state.yml in the current location.
/// </example>
/// <example>
/// <code>Export-PizzaState ./state.json -RepositoryName team-a/* -ExcludeRoles</code>
/// Writes the repositories of a team to a JSON file, without roles.
/// </example>
/// <example>
/// <code>Export-PizzaState -AsText -Format Psd1</code>
/// Returns the text of a PowerShell data file, without writing a file.
/// </example>
[Cmdlet(VerbsData.Export, "PizzaState", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaStateFile), typeof(string))]
public sealed class ExportPizzaStateCommand : AwsCmdlet
{
    /// <summary>Specifies the file to write. The end of its name says the format: .yml, .yaml, .json, or .psd1. The default is
    /// pizza-state.yml.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = StateFileCmdlet.StateFileName;

    /// <summary>Specifies the repositories to write, by name or by URI. Wildcards are allowed. The default is all repositories.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = ["*"];

    /// <summary>Indicates that the cmdlet does not read IAM roles. The file then has no section 'roles'.</summary>
    [Parameter]
    public SwitchParameter ExcludeRoles { get; set; }

    /// <summary>Indicates that the cmdlet returns the text and does not write the file.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>Specifies the format of -AsText. The default is Yaml.</summary>
    [Parameter]
    public StateFormat Format { get; set; }

    /// <summary>Indicates that the cmdlet overwrites a file with different content.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool TakesSeveral => false;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string file = FilePath(Path);
        StateFormat format = AsText ? Format : StateText.FormatOf(file);
        string[] names = await NamesAsync(cancellationToken);
        Func<string, bool>[] patterns = [.. names.Select(NamePattern.Of)];
        PizzaState state = await new StateService(Aws, ThrottleLimit)
            .ReadAsync(name => Array.Exists(patterns, fits => fits(name)), !ExcludeRoles, cancellationToken);
        if (names.FirstOrDefault(n => !WildcardPattern.ContainsWildcardCharacters(n) && !state.Holds(n)) is { } missing)
            throw ErrorCatalog.RepositoryNotFound(missing, isPublic: false);
        string text = StateText.Write(StateWriter.Write(state), format);
        if (AsText) WriteObject(text);
        else await WriteAsync(file, text, state, cancellationToken);
    }

    /// <summary>The names and patterns. A URI also names the region, and the account, which must be the caller's.</summary>
    private async Task<string[]> NamesAsync(CancellationToken cancellationToken)
    {
        List<string> names = [];
        foreach (string text in RepositoryName)
        {
            RepositoryReference place = PlaceOf(text);
            CurrentRegion = place.Region;
            if (place.RegistryId is { } named && await Aws.GetAccountAsync(cancellationToken) is var own && named != own)
                throw ErrorCatalog.RegistryMismatch(text, $"is in the account {named}, and the credentials belong to {own}",
                    $"A file is about the caller's account: use credentials of {named}, or give the name alone.");
            names.Add(place.Name);
        }
        return [.. names];
    }

    private async Task WriteAsync(string file, string text, PizzaState state, CancellationToken cancellationToken)
    {
        string? before = await StateFiles.TryTextAsync(file, cancellationToken);
        ChangeStatus status = before is null ? ChangeStatus.Created : before == text ? ChangeStatus.Unchanged : ChangeStatus.Changed;
        if (status is ChangeStatus.Changed && !Force) throw StateErrors.Exists(Path);
        if (status is not ChangeStatus.Unchanged)
        {
            string difference = TextDifference.Between((before ?? "").Split('\n'), text.Split('\n'));
            string action = $"Write the state file {file}:\n{difference}";
            if (!ShouldProcess(action, $"{action}\nContinue?", "Export-PizzaState")) return;
            await StateFiles.WriteAsync(file, text, cancellationToken);
        }
        WriteObject(new PizzaStateFile
        {
            Path = file, Status = status, RepositoryCount = state.Repositories!.Count, RoleCount = state.Roles?.Count ?? 0,
        });
    }
}

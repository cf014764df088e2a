using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Makes a clean folder with just what goes into a container image.</summary>
/// <remarks>
/// <para>Takes the Dockerfile, everything in src and the JSON files beside it, unless -Include says otherwise, each under its own name:
/// src/index.js becomes index.js. A * takes no names that begin with a dot. What the .dockerignore leaves out is left out by docker's own
/// rules; the .gitignore has no say.</para>
/// <para>-Replace puts production values in the place of the test values in chosen files, literally and in one pass: what was put in is not
/// replaced again. A text that is not there is an error, so that no image goes out with a test password. The encoding, line endings and
/// byte order mark of a file stay as they are, and no value is ever shown.</para>
/// <para>The old folder is replaced at the very end and in one go; when anything goes wrong, or with Ctrl+C, it stays as it was. A folder
/// that is a link, or that holds files which New-PizzaDist did not write, is refused. A hidden .dockerignore in the folder lists its files;
/// docker leaves it out of the image. Only you can open the folder, for it may hold secrets.</para>
/// <para>A link in the source is taken as the file that it leads to.</para>
/// </remarks>
/// <example needs="docker">
/// <code>New-PizzaDist | Publish-PizzaImage -RepositoryName jwt-pizza-service</code>
/// Makes the folder dist from the current location, builds the image from it and pushes it.
/// </example>
/// <example>
/// <code>New-PizzaDist -Path . -Destination dist -Replace @{ 'src/config.js' = @{ root = 'env:DB_USERNAME'; tempdbpassword = 'env:DB_PASSWORD'; '127.0.0.1' = 'env:DB_HOSTNAME' } }</code>
/// The test database gives way to the production database, whose data are in environment variables, as in a step of GitHub Actions.
/// </example>
/// <example>
/// <code>New-PizzaDist -Include Dockerfile, src, package*.json -Replace @{ 'src/config.js' = @{ tempdbpassword = Read-Host -AsSecureString } } -WhatIf -Verbose</code>
/// The files of src stay in a folder src. Nothing is written yet: -Verbose names the files, and what would be wrong is said.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaDist", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaDist))]
public sealed class NewPizzaDistCommand : PizzaCmdlet
{
    /// <summary>The folder of the project, with the Dockerfile. Default: the current location.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>The folder to make. Default: dist in the folder of the project.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Files and folders to take, from the folder of the project, with *, ? and [abc]. A folder is taken with all that is in it.
    /// Each must be there. Default: Dockerfile, 'src/*', '*.json'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Include { get; set; }

    /// <summary>Texts to replace, by file: @{ 'src/config.js' = @{ root = 'admin'; tempdbpassword = $secureString } }. Case counts. A value
    /// is a text, a SecureString, a PSCredential (its password), or 'env:NAME' for an environment variable.</summary>
    [Parameter]
    public IDictionary? Replace { get; set; }

    /// <summary>Replace the folder even if it holds files that New-PizzaDist did not write. They are deleted.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string source = FilePath(Path);
        DistRequest request = new()
        {
            Source = source,
            Destination = Destination is null ? System.IO.Path.Combine(source, "dist") : FilePath(Destination),
            Include = Include,
            Replace = Replacements(),
            Force = Force,
        };
        using DistPlan plan = await PlanAsync(request, cancellationToken);
        foreach (string file in plan.Files) WriteVerbose(file);
        string replacing = plan.Replaced.Count == 0 ? "" : $", replacing {string.Join(", ", plan.Replaced)}";
        if (ShouldProcess(request.Destination, $"Make a distribution of {plan.Files.Count()} files from {source}{replacing}"))
            WriteObject(await DistService.CreateAsync(plan, new Progress<string>(WriteWarning), cancellationToken));
    }

    private static async Task<DistPlan> PlanAsync(DistRequest request, CancellationToken cancellationToken)
    {
        try { return await DistService.PlanAsync(request, cancellationToken); }
        finally { foreach (Replacement done in request.Replace.Values.SelectMany(r => r)) done.Value.Dispose(); }
    }

    private Dictionary<string, IReadOnlyList<Replacement>> Replacements()
    {
        Dictionary<string, IReadOnlyList<Replacement>> files = [];
        foreach (DictionaryEntry file in Replace ?? new Hashtable())
        {
            if ((file.Value is PSObject wrapped ? wrapped.BaseObject : file.Value) is not IDictionary { Count: > 0 } texts)
                throw WorkflowErrors.InvalidReplacement(
                $"{file.Key}",
                $"-Replace needs texts and values for '{file.Key}', for example -Replace @{{ '{file.Key}' = @{{ tempdbpassword = " +
                $"'env:DB_PASSWORD' }} }}.");
            files.Add($"{file.Key}",
                [.. texts.Cast<DictionaryEntry>()
                    .Select(t => new Replacement($"{t.Key}", HiddenValue.Of(t.Value, $"'{t.Key}' in '{file.Key}'")))]);
        }
        return files;
    }
}

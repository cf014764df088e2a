using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Creates a clean directory with only the files that go into a container image.</summary>
/// <remarks>
/// <para>The cmdlet takes the Dockerfile, everything in src, and the JSON files beside it, unless -Include specifies otherwise. Each keeps
/// its own name: src/index.js becomes index.js. A * does not match names that begin with a dot. Files that the .dockerignore excludes are
/// excluded by docker's own rules. The .gitignore has no effect.</para>
/// <para>-Replace replaces test values with production values in the files that you choose, literally and in one pass: an inserted value is
/// not replaced again. A text that is not found is an error, so that no image ships with a test password. The encoding, line endings, and
/// byte order mark of a file do not change. No value is ever shown.</para>
/// <para>The old directory is replaced at the very end, in one operation. After an error or Ctrl+C, it remains unchanged. The cmdlet
/// rejects a directory that is a link, or that contains files that New-PizzaDist did not write. A hidden .dockerignore in the directory
/// lists its files; docker excludes it from the image. Only you can open the directory, because it can contain secrets.</para>
/// <para>A link in the source is treated as the file that it points to.</para>
/// </remarks>
/// <example needs="docker">
/// <code>New-PizzaDist | Publish-PizzaImage -RepositoryName jwt-pizza-service</code>
/// Creates the directory dist from the current location, builds the image from it, and pushes it.
/// </example>
/// <example>
/// <code>New-PizzaDist -Path . -Destination dist -Replace @{ 'src/config.js' = @{ root = 'env:DB_USERNAME'; tempdbpassword = 'env:DB_PASSWORD'; '127.0.0.1' = 'env:DB_HOSTNAME' } }</code>
/// Replaces the test database with the production database, whose data are in environment variables, as in a GitHub Actions step.
/// </example>
/// <example>
/// <code>New-PizzaDist -Include Dockerfile, src, package*.json -Replace @{ 'src/config.js' = @{ tempdbpassword = Read-Host -AsSecureString } } -WhatIf -Verbose</code>
/// Keeps the files of src in a directory src. Nothing is written yet: -Verbose lists the files, and errors are reported.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaDist", SupportsShouldProcess = true)]
[OutputType(typeof(PizzaDist))]
public sealed class NewPizzaDistCommand : PizzaCmdlet
{
    /// <summary>Specifies the project directory, which contains the Dockerfile. The default is the current location.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>Specifies the directory to create. The default is dist in the project directory.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Specifies the files and directories to include, from the project directory. Wildcards are supported: *, ?, and [abc]. A
    /// directory includes all its contents. Each item must exist. The default is Dockerfile, 'src/*', '*.json'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Include { get; set; }

    /// <summary>Specifies the texts to replace, by file: @{ 'src/config.js' = @{ root = 'admin'; tempdbpassword = $secureString } }. The
    /// texts are case-sensitive. A value is a text, a SecureString, a PSCredential (its password), or 'env:NAME' for an environment
    /// variable.</summary>
    [Parameter]
    public IDictionary? Replace { get; set; }

    /// <summary>Indicates that the cmdlet replaces the directory even if it contains files that New-PizzaDist did not write. These files
    /// are deleted.</summary>
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
        if (ShouldProcess(request.Destination, $"Create a distribution of {plan.Files.Count()} files from {source}{replacing}"))
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

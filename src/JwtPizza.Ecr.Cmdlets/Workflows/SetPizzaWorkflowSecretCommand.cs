using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Sets secrets that the GitHub Actions workflows of a repository can read.</summary>
/// <remarks>
/// <para>The cmdlet uses GitHub's own program gh, which must be installed and logged in ('gh auth login', or a token in GH_TOKEN). gh
/// encrypts the value on this machine. The cmdlet passes the value on the input of gh, so it is on no command line, and in no output,
/// verbose text, or error.</para>
/// <para>Names are converted to capitals, as GitHub stores them. An existing secret is overwritten, because GitHub never returns its value.
/// gh removes line breaks from the end of a value.</para>
/// <para>A value that you type as plain text remains in the history of your shell. Use Read-Host -AsSecureString, Get-Secret, or 'env:NAME'
/// instead.</para>
/// </remarks>
/// <example needs="GitHub's CLI, logged in">
/// <code>Set-PizzaWorkflowSecret -Repository my-account/jwt-pizza-service -Secret @{ AWS_ACCOUNT = '123456789012'; CI_IAM_ROLE = 'github-ci' }</code>
/// Sets the two secrets that the workflow of Export-PizzaWorkflow needs to push.
/// </example>
/// <example needs="GitHub's CLI, logged in">
/// <code>Read-Host 'Database password' -AsSecureString | Set-PizzaWorkflowSecret DB_PASSWORD -Repository my-account/jwt-pizza-service</code>
/// Sets a secret without showing the password or saving it in the history.
/// </example>
/// <example needs="GitHub's CLI, logged in">
/// <code>Set-PizzaWorkflowSecret DB_HOSTNAME env:DB_HOSTNAME -Repository my-account/jwt-pizza-service -Environment production</code>
/// Sets a secret for the jobs of one deployment environment, with the value of an environment variable.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaWorkflowSecret", SupportsShouldProcess = true, DefaultParameterSetName = "Many")]
[OutputType(typeof(WorkflowSecret))]
public sealed class SetPizzaWorkflowSecretCommand : PizzaCmdlet
{
    /// <summary>Specifies the name of the secret: letters, digits, and '_'. It cannot begin with a digit or GITHUB_.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "One", ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string Name { get; set; } = "";

    /// <summary>Specifies the value of the secret: a SecureString, a PSCredential (its password), 'env:NAME' for an environment variable,
    /// or a text. The maximum is 48 KB.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "One", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public object? Value { get; set; }

    /// <summary>Specifies several secrets by name and value: @{ AWS_ACCOUNT = '123456789012'; DB_PASSWORD = $secureString }.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Many", ValueFromPipeline = true)]
    [Alias("Secrets")]
    public IDictionary? Secret { get; set; }

    /// <summary>The repositories, as owner/name or by address. The default is where the git remote origin of the current folder
    /// leads.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [GitHubRepositories]
    [ArgumentCompleter(typeof(GitRepositoryCompleter))]
    public string[] Repository { get; set; } = [];

    /// <summary>Specifies the deployment environment of the secrets. It must exist. The default is the whole repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        IEnumerable<(string Name, object? Value)> secrets = Secret is null ? [(Name, Inner(Value))]
            : Secret.Cast<DictionaryEntry>().OrderBy(e => $"{e.Key}", StringComparer.Ordinal).Select(e => ($"{e.Key}", e.Value));
        if (Repository.Length == 0)
            Repository = await GitRemote.RepositoryAsync(SessionState, WriteVerbose, " with -Repository", cancellationToken);
        foreach (string repository in Repository)
            foreach ((string name, object? value) in secrets)
                await TryAsync(() =>
                    SetAsync(GitHubRepository.Parse(repository), WorkflowSecret.CheckName(name), value, cancellationToken));
    }

    private async Task SetAsync(GitHubRepository repository, string name, object? given, CancellationToken cancellationToken)
    {
        using HiddenText value = HiddenValue.Of(given, $"the secret {name}");
        if (!ShouldProcess(Environment is null ? $"{repository}" : $"{repository}, environment {Environment}", $"Set the secret {name}"))
            return;
        WriteObject(await new WorkflowSecretService().SetAsync(repository, name, value, Environment, cancellationToken));
    }

    // An entry of a hashtable, or a row with a name and a value, comes as a whole; its name has been bound already.
    private static object? Inner(object? value) =>
        value is PSObject { BaseObject: DictionaryEntry or PSCustomObject } row && row.Properties["Value"] is { } inner ? inner.Value
        : value is DictionaryEntry entry ? entry.Value : value;
}

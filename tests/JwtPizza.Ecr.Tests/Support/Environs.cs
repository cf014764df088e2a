namespace JwtPizza.Ecr.Tests.Support;

/// <summary>Tests that change the environment of the process run one after another, and beside no others.</summary>
[CollectionDefinition(nameof(Environs), DisableParallelization = true)]
public sealed class EnvironsOfTests;

/// <summary>An AWS environment of a test's own: no AWS_ variable of the machine, no home with profiles; put back at the end.</summary>
internal sealed class Environs : IDisposable
{
    private readonly Dictionary<string, string?> _before = [];
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("pizza-aws-");

    public Environs(params (string Name, string? Value)[] variables)
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(n => n.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)))
            Set(name, null);
        Set("AWS_SHARED_CREDENTIALS_FILE", ConfigFile("credentials"));
        Set("AWS_CONFIG_FILE", ConfigFile("config"));
        Set("AWS_EC2_METADATA_DISABLED", "true");
        foreach ((string name, string? value) in variables) Set(name, value);
    }

    public string Home => _home.FullName;

    /// <summary>Writes ~/.aws/config of this environment.</summary>
    public Environs WithConfig(string text) { File.WriteAllText(ConfigFile("config"), text); return this; }

    /// <summary>Writes ~/.aws/credentials of this environment.</summary>
    public Environs WithCredentials(string text) { File.WriteAllText(ConfigFile("credentials"), text); return this; }

    public void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach ((string name, string? value) in _before) Environment.SetEnvironmentVariable(name, value);
        _home.Delete(recursive: true);
    }

    private string ConfigFile(string name) => Path.Combine(_home.FullName, name);
}

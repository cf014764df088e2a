namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// A secret of a build as <c>docker buildx build --secret</c> takes it: <c>id=npm,src=.npmrc</c> or <c>id=npm,env=NPM_TOKEN</c>. Only the
/// place of the secret is ever named, never the secret; anything that could hold a value is refused.
/// </summary>
internal sealed record BuildSecret
{
    private const string Forms =
        "Write 'id=NAME,src=FILE' or 'id=NAME,env=VARIABLE', in quotes (PowerShell reads a bare comma as a list); " +
        "a secret's value must not be on a command line.";

    private BuildSecret(string id, string? file, string? variable) => (Id, File, Variable) = (id, file, variable);

    /// <summary>The name that the Dockerfile uses.</summary>
    public string Id { get; }

    /// <summary>The file that holds the secret, as it was written.</summary>
    public string? File { get; }

    /// <summary>The environment variable that holds the secret.</summary>
    public string? Variable { get; }

    /// <summary>Reads an option. Its text is in no error, for it may hold a value by mistake.</summary>
    /// <param name="text">The option.</param>
    /// <exception cref="PizzaException"><c>InvalidBuildSecret</c>.</exception>
    public static BuildSecret Parse(string text)
    {
        Dictionary<string, string> fields = [];
        foreach ((string key, string value) in OptionFields.Of(text))
        {
            if (value.Length == 0 || !fields.TryAdd(key == "source" ? "src" : key, value))
                throw Illegal("a part of it is empty or given twice");
        }
        if (fields.Keys.Any(key => key is not ("id" or "src" or "env" or "type")))
            throw Illegal("it has a part other than id, src, env and type");
        if (!fields.TryGetValue("id", out string? id)) throw Illegal("it has no id");
        (string? file, string? variable) = (fields.GetValueOrDefault("src"), fields.GetValueOrDefault("env"));
        if (fields.GetValueOrDefault("type") == "env") (file, variable) = (null, variable ?? file ?? id);   // as buildx reads it
        if (file is not null && variable is not null) throw Illegal("it names both a file and a variable");
        return file is null && variable is null ? new(id, null, id) : new(id, file, variable);
    }

    /// <summary>As docker takes it.</summary>
    public override string ToString() => OptionFields.Join(File is null ? [("id", Id), ("env", Variable!)] : [("id", Id), ("src", File)]);

    private static PizzaException Illegal(string problem) =>
        new("InvalidBuildSecret", PizzaErrorKind.InvalidArgument, $"A build secret cannot be read: {problem}. {Forms}");
}

namespace JwtPizza.Ecr;

/// <summary>A text of a file, and the secret of GitHub Actions whose value is to stand in its place.</summary>
public sealed record SecretReplacement
{
    private SecretReplacement(string file, string text, string secret) => (File, Text, Secret) = (file, text, secret);

    /// <summary>The course's: the test database gives way to the production database.</summary>
    public static IReadOnlyList<SecretReplacement> Default { get; } =
        [Of("src/config.js", "root", "DB_USERNAME"), Of("src/config.js", "tempdbpassword", "DB_PASSWORD"),
            Of("src/config.js", "127.0.0.1", "DB_HOSTNAME")];

    /// <summary>The file, from the root of the repository.</summary>
    public string File { get; }

    /// <summary>The text to replace.</summary>
    public string Text { get; }

    /// <summary>The name of the secret.</summary>
    public string Secret { get; }

    /// <summary>Checks and takes one.</summary>
    /// <param name="file">The file, from the root of the repository.</param>
    /// <param name="text">The text to replace.</param>
    /// <param name="secret">The name of the secret.</param>
    /// <exception cref="PizzaException"><c>InvalidSecretName</c>, <c>InvalidReplacement</c>.</exception>
    public static SecretReplacement Of(string file, string text, string secret)
    {
        file = file.Replace('\\', '/');
        if (text.Length == 0 || !ScriptText.IsSafe(text)) throw Wrong(text, "a text to replace is one line, not empty, and without ${{");
        if (file.Length == 0 || file.StartsWith('/') || file.Split('/').Contains("..") || !ScriptText.IsSafe(file))
            throw Wrong(file, "a file is named by its path from the root of the repository");
        return new(file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file, text, WorkflowSecret.CheckName(secret));
    }

    /// <summary>The path of the file within the distribution.</summary>
    /// <param name="includes">What goes into the distribution.</param>
    /// <exception cref="PizzaException"><c>ReplaceFileNotFound</c>: nothing that is included takes the file.</exception>
    public string FileIn(IEnumerable<DistInclude> includes) => includes.Select(i => i.TargetOf(File)).FirstOrDefault(t => t is not null)
        ?? throw WorkflowErrors.ReplaceFileNotFound(File, "no -Include matches it", PizzaErrorKind.InvalidArgument)
            .With("Or add it to -Include.");

    private static PizzaException Wrong(string value, string rule) => WorkflowErrors.InvalidReplacement(value,
        $"'{value}' cannot be used in -Replace: {rule}. Write -Replace @{{ 'src/config.js' = @{{ tempdbpassword = 'DB_PASSWORD' }} }}, " +
        "with the name of a secret for each text.");
}

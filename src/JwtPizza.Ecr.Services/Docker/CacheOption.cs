namespace JwtPizza.Ecr.Services.Docker;

/// <summary>A place of a build cache as docker takes it, for example <c>type=registry,ref=HOST/NAME:cache</c>, <c>type=gha</c> or just an
/// image's reference.</summary>
internal sealed record CacheOption
{
    private CacheOption(string value) => Value = value;

    /// <summary>As docker takes it.</summary>
    public string Value { get; }

    /// <summary>Reads an option.</summary>
    /// <param name="text">The option.</param>
    /// <exception cref="PizzaException"><c>InvalidCacheOption</c>: it holds a key, a token or a password, which every program on the
    /// machine could read from docker's command line.</exception>
    public static CacheOption Parse(string text) =>
        OptionFields.Of(text).FirstOrDefault(f => IsSecret(f.Key) || UrlSecrets.AreIn(f.Value) || UrlSecrets.AreIn(f.Key)).Key is { } secret
            ? throw Invalid(
                $"A cache option holds {(IsSecret(secret) ? $"'{secret}'" : "a user name or password within a URL")}, which every " +
                "program on this machine could read from docker's command line. Leave it out: docker takes it from the environment " +
                "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN for type=s3, ACTIONS_RUNTIME_TOKEN for type=gha).")
            : text.Trim().Length == 0
                ? throw Invalid("A cache option is empty. Write for example 'type=gha' or 'type=registry,ref=HOST/NAME:cache'.")
                : new(text);

    private static PizzaException Invalid(string message) => new("InvalidCacheOption", PizzaErrorKind.InvalidArgument, message);

    /// <summary>As docker takes it.</summary>
    public override string ToString() => Value;

    private static bool IsSecret(string key) =>
        key.Contains("secret", StringComparison.OrdinalIgnoreCase) || key.Contains("token", StringComparison.OrdinalIgnoreCase) ||
        key.Contains("password", StringComparison.OrdinalIgnoreCase) || key.Contains("access_key", StringComparison.OrdinalIgnoreCase);
}

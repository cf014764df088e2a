namespace JwtPizza.Ecr;

/// <summary>
/// The errors that more than one place meets: id, kind, sentence and next step of each stand here, and only here. What a single rule
/// refuses stands beside that rule; a test holds that no id is made in two places.
/// </summary>
internal static class ErrorCatalog
{
    private const string UriExample = "'123456789012.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service'";

    /// <summary>What is not the name of a region.</summary>
    public static PizzaException InvalidRegion(string region, PizzaErrorKind kind, string next) => new("InvalidRegion", kind,
        $"'{region}' is not a valid AWS Region. Did you mean '{Partition.Nearest(region)}'? {next}", region);

    /// <summary>A URI that leads to another account, region or registry than what was said beside it.</summary>
    public static PizzaException RegistryMismatch(string text, string problem, string next) =>
        new("RegistryMismatch", PizzaErrorKind.InvalidArgument, $"'{text}' {problem}. {next}", text);

    /// <summary>What ECR does not take for a repository's name.</summary>
    public static PizzaException InvalidRepositoryName(string text, string problem) =>
        new("InvalidRepositoryName", PizzaErrorKind.InvalidArgument,
        $"'{text}' is not a legal ECR repository name: {problem}.", text);

    /// <summary>What does not name an image, or not as the caller needs it.</summary>
    public static PizzaException InvalidImageReference(string text, string problem) =>
        new("InvalidImageReference", PizzaErrorKind.InvalidArgument,
        $"'{text}' cannot be used: {problem}. Write 'name', 'name:tag', or the repository's URI (for example {UriExample}).", text);

    /// <summary>A repository that is not there.</summary>
    public static PizzaException RepositoryNotFound(string name, bool isPublic) =>
        new("RepositoryNotFoundException", PizzaErrorKind.NotFound,
        $"The {(isPublic ? "public " : "")}repository '{name}' does not exist. Create it with New-PizzaRepository " +
        $"'{name}'{(isPublic ? " -Public" : "")}, " +
        $"or check {(isPublic ? "-ProfileName; without -Public, private repositories are meant" : "-Region and -RegistryId")}.", name);

    /// <summary>A service that does not answer, or not in time.</summary>
    public static PizzaException ServiceUnreachable(string place, string problem, string check, object? target, Exception cause) =>
        new("ServiceUnreachable", PizzaErrorKind.Unavailable,
        $"{place} {problem}. Check {check}.", target, cause);

    /// <summary>An answer that AWS, GitHub or a registry would not give.</summary>
    public static PizzaException InvalidResponse(string message, object? target = null, Exception? cause = null) =>
        new("InvalidResponse", PizzaErrorKind.InvalidData, message, target, cause);

    /// <summary>AWS, or a registry, that takes no more calls for now.</summary>
    public static PizzaException Throttled(string message, object? target, Exception? cause) =>
        new(ThrottlingId, PizzaErrorKind.Unavailable,
        $"{message.TrimEnd('.')}. AWS limits the rate of requests, and repeating this one did not help; " +
        "wait a little and run the command again.", target, cause);

    /// <summary>The id of <see cref="Throttled"/>, whichever service throttles and whatever it calls that.</summary>
    public const string ThrottlingId = "ThrottlingException";

    /// <summary>A cmdlet of the sandbox without one.</summary>
    /// <param name="why">What it is needed for, after 'there is none'.</param>
    public static PizzaException SandboxNotRunning(string why) => new("SandboxNotRunning", PizzaErrorKind.InvalidOperation,
        $"No sandbox is running in this PowerShell process, so there is none {why}. Run Start-PizzaSandbox first.");

    /// <summary>A parameter that has no meaning beside the others.</summary>
    public static PizzaException SettingNotOffered(string parameter, string message) =>
        new("SettingNotOffered", PizzaErrorKind.InvalidArgument, message, parameter);
}

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
    public static PizzaException RegistryMismatch(
        string text, string problem, string next, PizzaErrorKind kind = PizzaErrorKind.InvalidArgument) =>
        new("RegistryMismatch", kind, $"'{text}' {problem}. {next}", text);

    /// <summary>What ECR does not take for a repository's name.</summary>
    public static PizzaException InvalidRepositoryName(string text, string problem) =>
        new("InvalidRepositoryName", PizzaErrorKind.InvalidArgument,
        $"'{text}' is not a valid ECR repository name: {problem}.", text);

    /// <summary>What does not name an image, or not as the caller needs it.</summary>
    public static PizzaException InvalidImageReference(string text, string problem, string? next = null) =>
        new("InvalidImageReference", PizzaErrorKind.InvalidArgument,
        $"'{text}' cannot be used: {problem}. " +
        (next ?? $"Write 'name', 'name:tag', or the repository's URI (for example {UriExample})."), text);

    /// <summary>A repository that is not there.</summary>
    public static PizzaException RepositoryNotFound(string name, bool isPublic) =>
        new("RepositoryNotFoundException", PizzaErrorKind.NotFound,
        $"The {(isPublic ? "public " : "")}repository '{name}' does not exist. Create it with " +
        $"{Advice.Run("New-PizzaRepository", name).Switch("-Public", isPublic)}, " +
        "or check " +
        $"{(isPublic ? "-ProfileName; without -Public, the name refers to a private repository" : "-Region and -RegistryId")}.", name);

    /// <summary>An address at which nothing of AWS can be.</summary>
    public static PizzaException InvalidEndpointUrl(string url, PizzaErrorKind kind, string next) => new("InvalidEndpointUrl", kind,
        $"'{url}' is not an endpoint URL. {next}", url);

    /// <summary>A builder of buildx that is not there.</summary>
    public static PizzaException BuilderNotFound(string? name) => new("BuilderNotFound", PizzaErrorKind.NotFound,
        $"buildx has no builder '{name}'. Create it with Initialize-PizzaBuilder {name} -Create; " +
        "Get-PizzaBuilder lists the existing ones.",
        name);

    /// <summary>Another sandbox than the one that is wanted is in use.</summary>
    public static PizzaException SandboxRunning(string message, object? target) =>
        new("SandboxRunning", PizzaErrorKind.AlreadyExists, message, target);

    /// <summary>A disk of this machine without room; null where the cause is another.</summary>
    public static PizzaException? DiskFull(string? what, Exception cause)
    {
        if (!DiskSpace.IsUsedUp(cause)) return null;
        string told = what is null ? $": {cause.Message.TrimEnd('.')}" : $", and '{what}' could not be written";
        return new("DiskFull", PizzaErrorKind.LimitExceeded, $"The disk is full{told}. "
            + "Free some space, or name a folder on another disk (TMPDIR for temporary files), and run the command again.", what, cause);
    }

    /// <summary>The system's folder for temporary files is missing, or cannot be written.</summary>
    public static PizzaException TemporaryFolderUnusable(Exception cause) => new("TemporaryFolderUnusable", PizzaErrorKind.Configuration,
        $"The folder for temporary files, '{Path.GetTempPath()}', cannot be written: {cause.Message.TrimEnd('.')}. Set "
        + $"{(OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR")} to another folder that exists, is writable and has free space.",
        Path.GetTempPath(), cause);

    /// <summary>What cannot be a number of GitHub's.</summary>
    public static PizzaException InvalidGitHubId(long? ownerId, long? repositoryId, string repository) =>
        new("InvalidGitHubId", PizzaErrorKind.InvalidArgument,
        $"-OwnerId {ownerId} and -RepositoryId {repositoryId} are not valid, because GitHub's IDs begin at 1. " +
        "'gh api repos/OWNER/NAME --jq .owner.id,.id' shows them.", repository);

    /// <summary>A service that does not answer, or not in time.</summary>
    public static PizzaException ServiceUnreachable(
        string place, string problem, string check, object? target, Exception cause, string next = "") =>
        new("ServiceUnreachable", PizzaErrorKind.Unavailable,
        $"{place} {problem}. Check {check}.{next}", target, cause);

    /// <summary>An answer that AWS, GitHub or a registry would not give.</summary>
    public static PizzaException InvalidResponse(string message, object? target = null, Exception? cause = null) =>
        new("InvalidResponse", PizzaErrorKind.InvalidData, message, target, cause);

    /// <summary>AWS, or a registry, that takes no more calls for now.</summary>
    public static PizzaException Throttled(string message, object? target, Exception? cause) =>
        new(ThrottlingId, PizzaErrorKind.Unavailable,
        $"{message.TrimEnd('.')}. AWS limits the rate of requests, and retries of this one failed. Wait " +
        "a moment and run the command again.", target, cause);

    /// <summary>The id of <see cref="Throttled"/>, whichever service throttles and whatever it calls that.</summary>
    public const string ThrottlingId = "ThrottlingException";

    /// <summary>A role that is not there.</summary>
    public static PizzaException RoleNotFound(string roleName, Exception cause) => NoSuchEntity(
        $"The role '{roleName}' was not found in this account. Create it with New-PizzaCiRole, or check -RoleName and -ProfileName.",
        roleName, cause);

    /// <summary>An identity provider that is not there.</summary>
    public static PizzaException ProviderNotFound(string url) => NoSuchEntity(
        $"The account has no identity provider '{url}'. Register GitHub's with Register-PizzaOidcProvider, or check -Url and -ProfileName.",
        url, null);

    /// <summary>A managed policy that is not there.</summary>
    /// <param name="policy">Its name or ARN.</param>
    /// <param name="where">Where it was looked for, and what to do.</param>
    public static PizzaException PolicyNotFound(string policy, string where) =>
        NoSuchEntity($"The managed policy '{policy}' was not found{where}", policy, null);

    /// <summary>What IAM does not take for the name of a role.</summary>
    public static PizzaException InvalidRoleName(string name, string rule) =>
        new("InvalidRoleName", PizzaErrorKind.InvalidArgument, $"'{name}' is not the name of an IAM role: {rule}", name);

    /// <summary>What IAM does not take for the name of a managed policy.</summary>
    public static PizzaException InvalidPolicyName(string name, string rule) =>
        new("InvalidPolicyName", PizzaErrorKind.InvalidArgument, $"'{name}' is not the name of a managed policy: {rule}", name);

    /// <summary>A policy that would be longer than AWS takes.</summary>
    /// <param name="policy">The policy, at the beginning of a sentence.</param>
    /// <param name="size">Its characters.</param>
    /// <param name="limit">Who takes how many.</param>
    /// <param name="next">What else to do than to take something out.</param>
    /// <param name="target">What the policy is of.</param>
    public static PizzaException PolicyTooLong(string policy, int size, string limit, string next, object target) =>
        new("PolicyTooLong", PizzaErrorKind.LimitExceeded,
        $"{policy} would have {size:N0} characters, and {limit}. Nothing was changed. Remove what is no longer needed{next}.", target);

    /// <summary>What cannot be the 'sub' of a token of GitHub, or a part of it.</summary>
    public static PizzaException InvalidTrustSubject(string text, string message) =>
        new("InvalidTrustSubject", PizzaErrorKind.InvalidArgument, message, text);

    /// <summary>A cmdlet about trust that was told no repository.</summary>
    /// <param name="how">How to name one.</param>
    public static PizzaException NoTrustSubject(string how) =>
        new("NoTrustSubject", PizzaErrorKind.InvalidArgument, $"No GitHub repository is specified. {how}");

    /// <summary>What is no identity provider of GitHub.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="what">What it should be.</param>
    /// <param name="next">What such a thing looks like.</param>
    public static PizzaException NotAGitHubProvider(string? text, string what, string next) =>
        new("NotAGitHubProvider", PizzaErrorKind.InvalidArgument, $"'{text}' is not {what}. {next}", text);

    /// <summary>A cmdlet about replication that was told neither a destination nor, where that is enough, a prefix.</summary>
    public static PizzaException NoReplicationDestination(string message) =>
        new("NoReplicationDestination", PizzaErrorKind.InvalidArgument, message);

    /// <summary>Content that has another digest than it should.</summary>
    public static PizzaException DigestMismatch(string message, object target) =>
        new("DigestMismatch", PizzaErrorKind.InvalidData, message, target);

    /// <summary>A folder or tar that is no OCI image layout, or not a whole one.</summary>
    public static PizzaException InvalidLayout(string message, string path, Exception? cause = null) =>
        new("InvalidLayout", PizzaErrorKind.InvalidData, message, path, cause);

    /// <summary>A file of a layout that cannot be read.</summary>
    public static PizzaException LayoutNotReadable(string path, Exception cause) =>
        new("LayoutNotReadable", PizzaErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", path, cause);

    /// <summary>A layer whose content does not come.</summary>
    /// <param name="layer">The layer, after "The layer".</param>
    /// <param name="problem">Why, as sentences.</param>
    /// <param name="target">What is read.</param>
    public static PizzaException LayerStorageUnreachable(string layer, string problem, string target) =>
        new("LayerStorageUnreachable", PizzaErrorKind.Unavailable,
        $"The layer {layer} cannot be read: {problem} Check the network and the proxy, and run the command again; " +
        "what has arrived is kept.", target);

    /// <summary>A cmdlet of the sandbox without one.</summary>
    /// <param name="why">What it is needed for, after 'there is none'.</param>
    public static PizzaException SandboxNotRunning(string why) => new("SandboxNotRunning", PizzaErrorKind.InvalidOperation,
        $"No sandbox is running in this PowerShell process, so there is none {why}. Run Start-PizzaSandbox first.");

    /// <summary>A parameter that has no meaning beside the others.</summary>
    public static PizzaException SettingNotOffered(string parameter, string message) =>
        new("SettingNotOffered", PizzaErrorKind.InvalidArgument, message, parameter);

    private static PizzaException NoSuchEntity(string message, object target, Exception? cause) =>
        new("NoSuchEntity", PizzaErrorKind.NotFound, message, target, cause);
}

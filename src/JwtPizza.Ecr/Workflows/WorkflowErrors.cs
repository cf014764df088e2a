namespace JwtPizza.Ecr;

/// <summary>The errors of workflows and distributions that more than one place meets.</summary>
internal static class WorkflowErrors
{
    /// <summary>A value that cannot stand in a workflow.</summary>
    public static PizzaException InvalidOption(string value, string problem, string next) =>
        new("InvalidWorkflowOption", PizzaErrorKind.InvalidArgument, $"'{value}' {problem}. {next}", value);

    /// <summary>What does not name files for a distribution.</summary>
    public static PizzaException InvalidInclude(string text, string problem) => new("InvalidInclude", PizzaErrorKind.InvalidArgument,
        $"'{text}' is not a valid value of -Include: {problem}. Name files and folders below the source folder, for " +
        "example 'Dockerfile', 'src/*' or '*.json'.", text);

    /// <summary>An entry of -Replace that says nothing to replace, or nothing to replace it by.</summary>
    public static PizzaException InvalidReplacement(string value, string message) =>
        new("InvalidReplacement", PizzaErrorKind.InvalidArgument, message, value);

    /// <summary>A file of -Replace that the distribution does not have.</summary>
    public static PizzaException ReplaceFileNotFound(string file, string why, PizzaErrorKind kind) => new("ReplaceFileNotFound", kind,
        $"No text can be replaced in '{file}': {why}. Name a file of the distribution by its path from the source folder, for example " +
        "'src/config.js'.", file);

    /// <summary>Files that cannot both be in a distribution.</summary>
    public static PizzaException DistNameClash(string file, PizzaErrorKind kind, string message) =>
        new("DistNameClash", kind, message, file);

    /// <summary>A value that GitHub does not take for a secret. The value itself is never told.</summary>
    public static PizzaException InvalidSecretValue(string secret, PizzaErrorKind kind, string problem, string next) =>
        new("InvalidSecretValue", kind,
        $"The value for the secret {secret} {problem}. {next}", secret);
}

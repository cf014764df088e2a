namespace JwtPizza.Ecr;

/// <summary>The errors about state files.</summary>
internal static class StateErrors
{
    /// <summary>A file that does not describe a state.</summary>
    /// <param name="file">The file.</param>
    /// <param name="problems">What is wrong, as sentences.</param>
    /// <param name="inner">The cause.</param>
    public static PizzaException Invalid(string file, IReadOnlyList<string> problems, Exception? inner = null) =>
        new("InvalidStateFile", PizzaErrorKind.InvalidData,
            $"'{file}' does not describe a state: {string.Join(" ", problems)} Nothing was changed. " +
            "'Get-Help Export-PizzaState' lists what a state file holds.", file, inner) { Problems = problems };

    /// <summary>A file that cannot be read or written.</summary>
    public static PizzaException NotAccessible(string file, Exception cause) => cause is FileNotFoundException or DirectoryNotFoundException
        ? new("StateFileNotFound", PizzaErrorKind.NotFound,
            $"'{file}' does not exist. {Advice.Run("Export-PizzaState").With("-Path", file)} writes what is there now to it.", file, cause)
        : new("StateFileNotAccessible", PizzaErrorKind.PermissionDenied, $"'{file}' cannot be used: {cause.Message}", file, cause);

    /// <summary>A file that another content has, and that is not to be overwritten.</summary>
    public static PizzaException Exists(string file) => new("StateFileExists", PizzaErrorKind.AlreadyExists,
        $"'{file}' exists and says something else. Look at the differences with " +
        $"{Advice.Run("Compare-PizzaState", file)}, or add -Force to overwrite the file.", file);

    /// <summary>What the name of a file does not say.</summary>
    public static PizzaException UnknownFormat(string file) => new("UnknownStateFormat", PizzaErrorKind.InvalidArgument,
        $"The name '{file}' does not say which format the file has. Use a name that ends in .yml, .yaml, .json, or .psd1.", file);
}

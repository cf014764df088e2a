namespace JwtPizza.Ecr.Services.Images;

/// <summary>The outputs of a step of GitHub Actions: <c>image</c> and <c>digest</c>, for the steps after it.</summary>
internal static class GitHubOutput
{
    /// <summary>Appends them when this runs in GitHub Actions; else does nothing.</summary>
    /// <param name="image">What was published.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="warning">Told when the file cannot be written; the image is published all the same.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(PublishedImage image, Func<string, string?> variable, Action<string>? warning, CancellationToken cancellationToken)
    {
        if (variable("GITHUB_ACTIONS") != "true" || variable("GITHUB_OUTPUT") is not { Length: > 0 } file) return;
        try { await File.AppendAllLinesAsync(file, [$"image={image.ImageUri}", $"digest={image.ImageDigest}"], cancellationToken).ConfigureAwait(false); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { warning?.Invoke($"The outputs of this step could not be written: {e.Message}"); }
    }
}

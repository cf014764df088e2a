using System.Runtime.InteropServices;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What can be seen to be wrong without docker and without AWS, in better words than docker's and before anything
/// starts.</summary>
internal static class PublishChecks
{
    private static readonly string[] s_usual = ["Dockerfile", "dockerfile"];   // docker's own choice, in its order

    public static void Check(BuildRequest build)
    {
        if (!Directory.Exists(build.Directory))
        {
            throw NotFound("BuildDirectoryNotFound", File.Exists(build.Directory)
                ? $"'{build.Directory}' is a file. Give the directory to build in -Path, and the Dockerfile in -File."
                : $"There is no directory '{build.Directory}'. Give the directory that holds the Dockerfile and what it copies.",
                build.Directory);
        }
        if (build.File is null ? !s_usual.Any(name => File.Exists(Path.Combine(build.Directory, name))) : !File.Exists(build.File))
        {
            throw NotFound("DockerfileNotFound", build.File is null
                ? $"There is no 'Dockerfile' in '{build.Directory}'. Write one, or name another file with -File."
                : $"There is no file '{build.File}'. -File takes the path of a Dockerfile, from the current location or within the " +
                    "directory to build.", build.File ?? build.Directory);
        }
        foreach (BuildSecret secret in build.Secrets) Check(secret, build.WorkingDirectory ?? build.Directory);
    }

    /// <summary>
    /// The platform that the Dockerfile fixes, when it is none of those asked for: docker builds such an image without complaint and labels
    /// it with
    /// the platform asked for, where it then does not run
    /// (https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/). Null when all is well.
    /// </summary>
    public static string? FixedPlatform(BuildRequest build)
    {
        string file = build.File ?? s_usual.Select(name => Path.Combine(build.Directory, name)).First(File.Exists);
        if (DockerfileStages.Parse(File.ReadAllText(file), build.BuildArgs).FixedPlatform(build.Target) is not { } text) return null;
        Architecture here = RuntimeInformation.OSArchitecture;
        string own =
            $"linux/{here switch { Architecture.X64 => "amd64", Architecture.X86 => "386", _ => here.ToString().ToLowerInvariant() }}";
        try { return build.Platforms.All(p => Platform.Parse(text == "$BUILDPLATFORM" ? own : text).Matches(p)) ? null : text; }
        catch (PizzaException) { return null; }   // docker's to judge
    }

    /// <summary>What to tell of it.</summary>
    public static string WarningOf(string fixedPlatform, BuildRequest build) =>
        $"The Dockerfile uses the base image of {(build.Target is null ? "its last stage" : $"the stage '{build.Target}'")} for " +
        $"{(fixedPlatform == "$BUILDPLATFORM" ? "the docker engine's own platform ($BUILDPLATFORM)" : fixedPlatform)}, whatever platform " +
        $"is requested. The image will state that it is for {string.Join(", ", build.Platforms)}, and might not run there. " +
        $"Take '--platform={fixedPlatform}' out of the FROM that it comes from.";

    private static void Check(BuildSecret secret, string from)
    {
        if (secret.File is { } file && !File.Exists(Path.Combine(from, file)))
            throw NotFound("BuildSecretNotFound",
                $"The build secret '{secret.Id}' must come from the file '{Path.Combine(from, file)}', which does not exist.", secret.Id);
        if (secret.Variable is { } variable && Environment.GetEnvironmentVariable(variable) is null)
            throw NotFound("BuildSecretNotFound",
                $"The build secret '{secret.Id}' must come from the environment variable '{variable}', which is not set.", secret.Id);
    }

    private static PizzaException NotFound(string id, string message, string target) => new(id, PizzaErrorKind.NotFound, message, target);
}

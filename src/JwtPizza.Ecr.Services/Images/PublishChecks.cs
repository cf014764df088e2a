using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What can be seen to be wrong without docker and without AWS, in better words than docker's and before anything starts.</summary>
internal static partial class PublishChecks
{
    private static readonly string[] s_usual = ["Dockerfile", "dockerfile"];   // docker's own choice, in its order

    public static void Check(BuildRequest build)
    {
        if (!Directory.Exists(build.Directory))
        {
            throw NotFound("BuildDirectoryNotFound", File.Exists(build.Directory)
                ? $"'{build.Directory}' is a file. Give the directory to build in -Path, and the Dockerfile in -File."
                : $"There is no directory '{build.Directory}'. Give the directory that holds the Dockerfile and what it copies.", build.Directory);
        }
        if (build.File is null ? !s_usual.Any(name => File.Exists(Path.Combine(build.Directory, name))) : !File.Exists(build.File))
        {
            throw NotFound("DockerfileNotFound", build.File is null
                ? $"There is no 'Dockerfile' in '{build.Directory}'. Write one, or name another file with -File."
                : $"There is no file '{build.File}'. -File takes the path of a Dockerfile, from the current location or within the directory to build.", build.File ?? build.Directory);
        }
        foreach (BuildSecret secret in build.Secrets) Check(secret, build.WorkingDirectory ?? build.Directory);
    }

    /// <summary>
    /// The fixed platform of the last FROM, when it is none of those asked for: docker builds such an image without complaint and labels it with
    /// the platform asked for, where it then does not run (https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/). Null when all is well.
    /// </summary>
    public static string? FixedPlatform(BuildRequest build)
    {
        if (build.Target is not null) return null;
        string file = build.File ?? s_usual.Select(name => Path.Combine(build.Directory, name)).First(File.Exists);
        Match from = File.ReadLines(file).Select(line => From().Match(line)).LastOrDefault(m => m.Success) ?? Match.Empty;
        string text = from.Groups["platform"].Value;
        if (text.Length == 0 || text.Contains('$', StringComparison.Ordinal)) return null;
        try { return build.Platforms.Any(p => Platform.Parse(text).Matches(p)) ? null : text; }
        catch (PizzaException) { return null; }   // docker's to judge
    }

    private static void Check(BuildSecret secret, string from)
    {
        if (secret.File is { } file && !File.Exists(Path.Combine(from, file)))
            throw NotFound("BuildSecretNotFound", $"The build secret '{secret.Id}' is to come from the file '{Path.Combine(from, file)}', which does not exist.", secret.Id);
        if (secret.Variable is { } variable && Environment.GetEnvironmentVariable(variable) is null)
            throw NotFound("BuildSecretNotFound", $"The build secret '{secret.Id}' is to come from the environment variable '{variable}', which is not set.", secret.Id);
    }

    [GeneratedRegex(@"^\s*FROM\s+(--platform=(?<platform>\S+)\s+)?\S", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();

    private static PizzaException NotFound(string id, string message, string target) => new(id, PizzaErrorKind.NotFound, message, target);
}

using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What can be seen to be wrong without docker and without AWS, in better words than docker's and before anything starts.</summary>
internal static class PublishChecks
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

    private static void Check(BuildSecret secret, string from)
    {
        if (secret.File is { } file && !File.Exists(Path.Combine(from, file)))
            throw NotFound("BuildSecretNotFound", $"The build secret '{secret.Id}' is to come from the file '{Path.Combine(from, file)}', which does not exist.", secret.Id);
        if (secret.Variable is { } variable && Environment.GetEnvironmentVariable(variable) is null)
            throw NotFound("BuildSecretNotFound", $"The build secret '{secret.Id}' is to come from the environment variable '{variable}', which is not set.", secret.Id);
    }

    private static PizzaException NotFound(string id, string message, string target) => new(id, PizzaErrorKind.NotFound, message, target);
}

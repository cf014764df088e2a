using System.ComponentModel;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>The <c>docker</c> program of this machine. Its errors: <c>DockerNotFound</c>, <c>DockerNotStartable</c>.</summary>
/// <param name="path">The file; null looks for it at each run.</param>
/// <param name="searchPath">Where to look for it; null is the PATH.</param>
internal sealed class DockerProgram(string? path = null, string? searchPath = null) : ChildProgram("docker", path, searchPath)
{
    protected override PizzaException NotFound => new("DockerNotFound", PizzaErrorKind.NotFound,
        "There is no 'docker' program on the PATH. Install Docker Desktop or Docker Engine with buildx " +
        "(https://docs.docker.com/get-docker/), or push an existing image with Push-PizzaImage, which needs no docker.", "docker");

    protected override PizzaException NotStartable(string file, Win32Exception inner) =>
        new("DockerNotStartable", PizzaErrorKind.OperationFailed,
        $"'{file}' could not be started: {inner.Message}. Check that it is docker's program and that you can run it.", file, inner);
}

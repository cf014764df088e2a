using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Docker;

/// <summary>A stand-in for docker.</summary>
internal sealed class FakeDocker(string script) : FakeProgram("docker", script)
{
    public DockerProgram Docker => new(Program);
}

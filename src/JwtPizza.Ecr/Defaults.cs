namespace JwtPizza.Ecr;

/// <summary>The names of the course (https://github.com/devops329/devops), which are taken where the user names none.</summary>
internal static class Defaults
{
    public const string RoleName = "github-ci", PolicyName = "jwt-pizza-ci-deployment", TaskRole = "jwt-pizza-ecs",
        Platform = "linux/arm64", ImageTag = "latest", Branch = "main";
}

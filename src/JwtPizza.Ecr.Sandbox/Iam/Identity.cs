namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Who calls, as GetCallerIdentity tells it and refusals name it.</summary>
/// <param name="Arn">The user or the assumed role.</param>
/// <param name="UserId">The unique id; for an assumed role, with the session's name behind a colon.</param>
internal sealed record Identity(string Arn, string UserId)
{
    public const string SandboxUser = "sandbox";
}

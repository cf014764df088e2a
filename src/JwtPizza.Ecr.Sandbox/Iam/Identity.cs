namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Who calls, as GetCallerIdentity returns it and refusals name it.</summary>
/// <param name="Arn">The user, the assumed role, the federated user, or the root of an account.</param>
/// <param name="UserId">The unique id; for an assumed role, with the session's name behind a colon.</param>
internal sealed record Identity(string Arn, string UserId)
{
    /// <summary>The name of the user, where it is one.</summary>
    public string? UserName { get; init; }
}

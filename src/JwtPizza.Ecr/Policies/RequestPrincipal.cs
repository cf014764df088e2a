namespace JwtPizza.Ecr;

/// <summary>
/// Who makes a request, and the policies that bind him. A type of policy that is null does not limit him; an empty one allows nothing.
/// </summary>
internal sealed record RequestPrincipal
{
    private const string Everything = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""";

    /// <summary>The user, the session of a role, or the root of an account.</summary>
    public required string Arn { get; init; }

    /// <summary>12 digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The role behind a session.</summary>
    public string? RoleArn { get; init; }

    public required IReadOnlyList<CompiledPolicy> Identity { get; init; }

    public IReadOnlyList<CompiledPolicy>? Boundary { get; init; }

    public IReadOnlyList<CompiledPolicy>? Session { get; init; }

    /// <summary>The root of an account, who may do everything in it.</summary>
    public static RequestPrincipal Root(string partition, string accountId) =>
        new()
        {
            Arn = $"{JwtPizza.Ecr.Arn.OfIam(partition, accountId, "root")}", AccountId = accountId,
            Identity = [CompiledPolicy.Of(Everything)],
        };

    /// <summary>Whether the name in a policy is the caller himself: a user, or this one session of a role.</summary>
    public bool IsNamed(string principal) => principal == Arn;

    /// <summary>Whether the name in a policy stands for the caller without asking his account: himself, his role, or anybody.</summary>
    public bool IsNamedDirectly(string principal) =>
        principal == "*" || IsNamed(principal) || (RoleArn is not null && principal == RoleArn);

    /// <summary>Whether the name in a policy stands for the caller, or for his account, which then decides by policies of its
    /// own.</summary>
    public bool IsMeant(string principal) => IsNamedDirectly(principal) || principal == AccountId || IsAccount(principal);

    private bool IsAccount(string principal) =>
        JwtPizza.Ecr.Arn.TryParse(principal, out Arn? arn) && arn is { Service: "iam", Resource: "root" } && arn.AccountId == AccountId;
}

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>Why a call was refused. AWS itself says no more than a sentence, and of web identities not even that.</summary>
/// <param name="Caller">The ARN of who called.</param>
/// <param name="Permissions">All that the call needs, also what is allowed.</param>
/// <param name="Trust">For a web identity, what the role's trust policy says.</param>
internal sealed record Explanation(string? Caller, IReadOnlyList<ExplainedNeed> Permissions, TrustVerdict? Trust = null);

/// <summary>A permission that a call needs, and what the policies say.</summary>
/// <param name="Action">For example <c>ecr:PutImage</c>.</param>
/// <param name="Resource">Its ARN.</param>
/// <param name="Allowed">Whether the caller has it.</param>
/// <param name="Missing">The type of policy that denies it or does not allow it.</param>
/// <param name="Reasons">Statement by statement, why not.</param>
internal sealed record ExplainedNeed(string Action, string Resource, bool Allowed, string? Missing, IReadOnlyList<string> Reasons);

/// <summary>A refused call with its explanation.</summary>
internal sealed record ExplainedCall(
    string RequestId, DateTimeOffset Time, string Service, string Operation, string? Region, int? Status, string? ErrorCode,
    Explanation Why);

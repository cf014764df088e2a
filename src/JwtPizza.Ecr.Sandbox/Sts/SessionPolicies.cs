using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The policies that a call wants to limit a session by.</summary>
internal static class SessionPolicies
{
    public static List<string> Of(QueryCall call, IamAccount account)
    {
        List<string> policies = [];
        if (call["Policy"] is { } inline)
        {
            PolicyGrammar.Check(inline, PolicyKind.Inline);
            policies.Add(inline);
        }
        for (int i = 1; call[$"PolicyArns.member.{i}.arn"] is { } arn; i++)
        {
            if (i > StsRules.MaxPolicyArns) throw new ApiError("ValidationError",
                "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: " +
                $"Member must have length less than or equal to {StsRules.MaxPolicyArns}");
            lock (account.Gate) policies.Add(account.FindPolicy(arn)?.Default.Document
                ?? throw new ApiError("ValidationError", $"Policy {arn} does not exist or is not attachable."));
        }
        return policies;
    }
}

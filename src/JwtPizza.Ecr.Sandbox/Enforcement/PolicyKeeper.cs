using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.Sts;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>What the policy of a repository or registry has to pass before it is stored, beyond its form.</summary>
internal sealed class PolicyKeeper(StsWorld sts, Guard guard)
{
    /// <summary>Refuses a policy that names somebody who does not exist, or whom IAM does not show yet.</summary>
    public void CheckPrincipals(ResourcePolicy policy, string of)
    {
        if (policy.Principals.Any(p => !Exists(p))) throw JsonArguments.Invalid("PolicyText", $"Invalid {of} policy provided");
    }

    /// <summary>Refuses a policy by which its writer could not replace it any more. AWS's own sentence is not documented.</summary>
    public void CheckLockout(EcrCall call, ResourcePolicy policy)
    {
        if (call.Input.Flag("force") || guard.Allows(call.Caller, Need.On(call.Registry, call.Operation, call.NewRepositoryName()), policy))
            return;
        throw JsonArguments.Invalid("PolicyText",
            "This policy would prevent you from setting another policy in the future. To set it all the same, use force");
    }

    /// <summary>An identity of an account that the sandbox does not have is taken as it is.</summary>
    private bool Exists(string principal)
    {
        if (!Arn.TryParse(principal, out Arn? arn)) return principal == "*" || AccountId.IsLegal(principal);
        IamAccount? account = arn.AccountId == sts.Iam.Home ? sts.Iam.Of(arn.Partition, arn.AccountId).Seen : sts.Iam.Seen(principal);
        if (arn.Resource == "root" || account is null) return true;
        lock (account.Gate)
        {
            return (arn.Service, arn.Resource.Split('/')) switch
            {
                ("sts", ["assumed-role", var role, _]) => account.Roles.ContainsKey(role),
                ("sts", ["federated-user", _]) => true,
                ("iam", _) => account.FindHolder(principal) is Role or User,
                _ => false,
            };
        }
    }
}

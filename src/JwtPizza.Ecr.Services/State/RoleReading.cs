using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Services.State;

/// <summary>A CI role with all that a state file can say about it.</summary>
/// <param name="Trust">Its trust policy.</param>
/// <param name="Policy">Its managed policy; empty when there is none.</param>
/// <param name="IsAttached">Whether the role has that policy.</param>
internal sealed record RoleReading(TrustPolicy Trust, CiPolicy Policy, bool IsAttached)
{
    /// <summary>Every role of the account that trusts GitHub, by name.</summary>
    public static async Task<IReadOnlyList<TrustPolicy>> FindAsync(IamClient iam, CancellationToken cancellationToken)
    {
        List<TrustPolicy> found = [];
        await foreach (IamRole role in new CiRoleReader(iam).FindAsync(_ => true, cancellationToken).ConfigureAwait(false))
        {
            TrustPolicy trust = TrustPolicy.Parse(role.RoleName, role.Arn, role.AssumeRolePolicyDocument);
            if (trust.Subjects().Count > 0) found.Add(trust);
        }
        return [.. found.OrderBy(t => t.RoleName, StringComparer.Ordinal)];
    }

    /// <summary>A role with the policy of this name, whether it has it or not.</summary>
    public static async Task<RoleReading> OfAsync(
        IamClient iam, TrustPolicy trust, string? policyName, CancellationToken cancellationToken)
    {
        CiPolicyPlan plan = await new CiPolicyService(iam)
            .PlanGrantAsync(CiPolicyTarget.For(trust.RoleName, policyName), [], cancellationToken).ConfigureAwait(false);
        return new(trust, plan.Edit.Document, !plan.Attach);
    }

    /// <summary>A role with the policy that it has for CI.</summary>
    public static async Task<RoleReading> OfAsync(IamClient iam, TrustPolicy trust, CancellationToken cancellationToken)
    {
        string usual = CiPolicy.NameFor(trust.RoleName);
        List<string> own = [];
        await foreach ((string name, string arn) in iam.ListAttachedRolePoliciesAsync(trust.RoleName, cancellationToken)
            .ConfigureAwait(false))
            if (Arn.TryParse(arn, out Arn? parsed) && parsed.AccountId != "aws") own.Add(name);
        foreach (string name in own.OrderBy(n => n != usual).ThenBy(n => n, StringComparer.Ordinal))
        {
            RoleReading reading = await OfAsync(iam, trust, name, cancellationToken).ConfigureAwait(false);
            if (name == usual || StateGrant.In(reading.Policy).Count > 0) return reading;
        }
        return new(trust, CiPolicy.Parse(usual, null), IsAttached: false);
    }

    /// <summary>What a file would say about it.</summary>
    /// <param name="place">The ARN of a repository of the registry without its name, so that those of it are named in short.</param>
    public RoleState State(string place)
    {
        IReadOnlyList<CiGrant> grants = IsAttached ? StateGrant.In(Policy) : [];
        string[] taskRoles = StateGrant.TaskRoles(Policy);
        return new()
        {
            Trust = [.. Trust.Subjects().Select(s => s.Subject).Distinct()],
            PolicyName = Policy.PolicyName == CiPolicy.NameFor(Trust.RoleName) || !IsAttached ? null : Policy.PolicyName,
            TaskRoles = grants.Count == 0 || taskRoles is [Defaults.TaskRole] ? null : taskRoles,
            Push =
            [
                .. grants.OrderBy(g => g.RepositoryArn, StringComparer.Ordinal)
                    .Select(g => KeyValuePair.Create(Short(g.RepositoryArn, place), StateGrant.Push(g))),
            ],
            OtherStatements = Others,
        };
    }

    /// <summary>Statements that the module did not write.</summary>
    public IReadOnlyDictionary<string, string> Others => StateAccess.Digests(Trust,
            Trust.TrustStatements.Where(t => !(t.TrustsGitHub && t.IsOurs)).Select(t => t.Statement), "trust ")
        .Concat(IsAttached ? StateGrant.Others(Policy) : new Dictionary<string, string>()).ToDictionary();

    /// <summary>The name of a repository of the registry; the ARN of any other.</summary>
    public static string Short(string arn, string place) => arn.StartsWith(place, StringComparison.Ordinal) ? arn[place.Length..] : arn;
}

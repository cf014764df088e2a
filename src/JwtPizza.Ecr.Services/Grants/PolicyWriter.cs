using System.Collections.Concurrent;
using System.Globalization;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>
/// Writes a managed policy so that nobody's change is lost. IAM has no condition on a write: of two editors who read v3, the second to
/// write takes the first one's statements out again. So every write is followed by a look at what else was written.
/// </summary>
internal sealed class PolicyWriter(IPolicyStore iam, TimeSpan pause)
{
    private const int MaxVersions = 5, MaxAttempts = 12, MaxLooks = 6;
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> s_gates = new();

    /// <summary>What was written: the edit that made it, the version now in force, whether the policy is new.</summary>
    public sealed record Written(CiPolicyEdit Edit, string VersionId, bool Created, IReadOnlyList<string> Warnings);

    /// <summary>The plan on the policy as it is now.</summary>
    public async Task<CiPolicyPlan> PlanAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        string name = plan.PolicyArn[(plan.PolicyArn.LastIndexOf('/') + 1)..];
        (string? versionId, string? document) = await ReadAsync(plan.PolicyArn, cancellationToken).ConfigureAwait(false);
        return plan with { VersionId = versionId, Edit = plan.Change(CiPolicy.Parse(name, document)) };
    }

    public async Task<Written> WriteAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = s_gates.GetOrAdd(plan.PolicyArn, _ => new(1));   // within this process nobody needs to meet anybody
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try { return plan.VersionId is null ? await CreateAsync(plan, cancellationToken).ConfigureAwait(false) : await EditAsync(plan, cancellationToken).ConfigureAwait(false); }
        finally { gate.Release(); }
    }

    private async Task<Written> CreateAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            IamPolicy policy = await iam.CreatePolicyAsync(plan.Edit.Policy.PolicyName, plan.Edit.Policy.Document, "What CI may push and deploy", cancellationToken).ConfigureAwait(false);
            return new(plan.Edit, policy.DefaultVersionId, Created: true, []);
        }
        catch (PizzaException e) when (e.ErrorId == "EntityAlreadyExists")
        {
            CiPolicyPlan again = await PlanAsync(plan, cancellationToken).ConfigureAwait(false);
            return again.VersionId is not null ? await EditAsync(again, cancellationToken).ConfigureAwait(false)
                : throw new PizzaException(e.ErrorId, e.Kind, $"The account has a policy '{plan.Edit.Policy.PolicyName}' with another path or in other capitals. Name it with -PolicyArn, or choose another -PolicyName.", plan.PolicyArn, e);
        }
    }

    private async Task<Written> EditAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        List<string> warnings = [];
        CiPolicyEdit? first = null;
        bool force = false;
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (!plan.Edit.Changed && !force) return new(first ?? plan.Edit, plan.VersionId!, Created: false, warnings);
            if (await TryWriteAsync(plan, cancellationToken).ConfigureAwait(false) is not { } attemptMade)
            {
                plan = await PlanAsync(plan, cancellationToken).ConfigureAwait(false);
                continue;
            }
            first ??= plan.Edit;
            (CiPolicyPlan next, force) = await LookAsync(plan, attemptMade, warnings, cancellationToken).ConfigureAwait(false);
            if (!force && ReferenceEquals(next, plan)) return new(first, attemptMade.VersionId, Created: false, warnings);
            plan = next;
            await Task.Delay(pause * Random.Shared.NextDouble(), cancellationToken).ConfigureAwait(false);
        }
        throw new PizzaException("PolicyBusy", PizzaErrorKind.InvalidOperation, $"The policy '{plan.PolicyArn}' was changed by others again and again while it was being written ({MaxAttempts} attempts). Run the command again.", plan.PolicyArn);
    }

    /// <summary>One write, if the policy is still what it was: the new version's id, and the newest one that was there before.</summary>
    private async Task<(string VersionId, int Newest)?> TryWriteAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        IReadOnlyList<IamPolicyVersion> versions = await iam.ListPolicyVersionsAsync(plan.PolicyArn, cancellationToken).ConfigureAwait(false);
        if (versions.First(v => v.IsDefaultVersion).VersionId != plan.VersionId) return null;
        try
        {
            if (versions.Count >= MaxVersions) await PruneAsync(plan.PolicyArn, versions, cancellationToken).ConfigureAwait(false);
            IamPolicyVersion made = await iam.CreatePolicyVersionAsync(plan.PolicyArn, plan.Edit.Policy.Document, setAsDefault: true, cancellationToken).ConfigureAwait(false);
            return (made.VersionId, versions.Max(Number));
        }
        catch (PizzaException e) when (e.ErrorId == "LimitExceeded" && versions.Count >= MaxVersions - 1) { return null; }   // somebody took the place
    }

    private async Task PruneAsync(string policyArn, IEnumerable<IamPolicyVersion> versions, CancellationToken cancellationToken)
    {
        IamPolicyVersion oldest = versions.Where(v => !v.IsDefaultVersion).OrderBy(v => v.CreateDate).ThenBy(Number).First();
        try { await iam.DeletePolicyVersionAsync(policyArn, oldest.VersionId, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId is "NoSuchEntity" or "DeleteConflict") { }   // somebody else did, or made it the default
    }

    /// <summary>
    /// What is there after a write. The same plan: all is well. Another: somebody wrote after us, and our change goes onto theirs. With
    /// force: somebody wrote between our reading and our writing, so that we have undone their change, and it has to come back.
    /// </summary>
    private async Task<(CiPolicyPlan Plan, bool Force)> LookAsync(CiPolicyPlan plan, (string VersionId, int Newest) made, List<string> warnings, CancellationToken cancellationToken)
    {
        int ours = Number(made.VersionId);
        IReadOnlyList<IamPolicyVersion> versions = await SettledAsync(plan.PolicyArn, ours, cancellationToken).ConfigureAwait(false);
        IamPolicyVersion inForce = versions.First(v => v.IsDefaultVersion);
        if (Number(inForce) > ours) return (await PlanAsync(plan, cancellationToken).ConfigureAwait(false), false);
        if (versions.Where(v => Number(v) > made.Newest && Number(v) < ours).MaxBy(Number) is { } undone)
        {
            string? theirs = (await iam.GetPolicyVersionAsync(plan.PolicyArn, undone.VersionId, cancellationToken).ConfigureAwait(false)).Document;
            warnings.Add($"Somebody else changed the policy '{plan.Edit.Policy.PolicyName}' at the same moment (version {undone.VersionId}); a further version holds both changes.");
            return (plan with { VersionId = made.VersionId, Edit = plan.Change(CiPolicy.Parse(plan.Edit.Policy.PolicyName, theirs)) }, true);
        }
        if (!inForce.VersionId.Equals(made.VersionId, StringComparison.Ordinal))
            warnings.Add($"IAM still shows version {inForce.VersionId} of the policy '{plan.Edit.Policy.PolicyName}' as the default, not {made.VersionId}. Check it in a minute.");
        if (ours > made.Newest + 1)
            warnings.Add($"Somebody else changed the policy '{plan.Edit.Policy.PolicyName}' at the same moment, and that version is gone already. Check the policy.");
        await CheckAsync(plan, made.VersionId, cancellationToken).ConfigureAwait(false);
        return (plan, false);
    }

    /// <summary>The versions, once IAM shows ours or a later one as the default: a change is not visible everywhere at once.</summary>
    private async Task<IReadOnlyList<IamPolicyVersion>> SettledAsync(string policyArn, int ours, CancellationToken cancellationToken)
    {
        for (int look = 1; ; look++)
        {
            IReadOnlyList<IamPolicyVersion> versions = await iam.ListPolicyVersionsAsync(policyArn, cancellationToken).ConfigureAwait(false);
            if (look == MaxLooks || versions.Any(v => v.IsDefaultVersion && Number(v) >= ours)) return versions;
            await Task.Delay(pause * (1 << look), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CheckAsync(CiPolicyPlan plan, string versionId, CancellationToken cancellationToken)
    {
        string? there = (await iam.GetPolicyVersionAsync(plan.PolicyArn, versionId, cancellationToken).ConfigureAwait(false)).Document;
        if (there is not null && plan.Edit.Policy.SaysTheSameAs(there)) return;
        await iam.SetDefaultPolicyVersionAsync(plan.PolicyArn, plan.VersionId!, CancellationToken.None).ConfigureAwait(false);
        throw new PizzaException("PolicyNotAsWritten", PizzaErrorKind.InvalidOperation,
            $"IAM holds something else as version {versionId} of the policy '{plan.Edit.Policy.PolicyName}' than what was sent, so version {plan.VersionId} is the default again. Look at both, then run the command again.", plan.PolicyArn);
    }

    private async Task<(string? VersionId, string? Document)> ReadAsync(string policyArn, CancellationToken cancellationToken)
    {
        IReadOnlyList<IamPolicyVersion> versions;
        try { versions = await iam.ListPolicyVersionsAsync(policyArn, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return (null, null); }
        string versionId = versions.First(v => v.IsDefaultVersion).VersionId;
        return (versionId, (await iam.GetPolicyVersionAsync(policyArn, versionId, cancellationToken).ConfigureAwait(false)).Document);
    }

    private static int Number(IamPolicyVersion version) => Number(version.VersionId);

    private static int Number(string versionId) => int.Parse(versionId.AsSpan(1, versionId.Split('.')[0].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
}

using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Which managed policies a role, a user or a group has.</summary>
internal static class AttachmentOperations
{
    private static readonly string[] s_kinds = ["Group", "User", "Role"];

    public static XElement[]? Attach(IamCall call, PolicyHolder holder)
    {
        string arn = Arn(call, holder);
        ManagedPolicy policy =
            call.Account.FindPolicy(arn) ?? throw IamErrors.NoSuchEntity($"Policy {arn} does not exist or is not attachable.");
        if (holder.Has(policy)) return null;
        if (holder.Attached.Count == IamRules.MaxAttached)
            throw IamErrors.Quota($"PoliciesPer{holder.GetType().Name}", IamRules.MaxAttached);
        holder.Attached.Add(policy.Arn);
        return null;
    }

    public static XElement[]? Detach(IamCall call, PolicyHolder holder)
    {
        string arn = Arn(call, holder);
        return call.Account.FindPolicy(arn) is { } policy
            && holder.Attached.RemoveAll(a => a.Equals(policy.Arn, StringComparison.OrdinalIgnoreCase)) > 0
            ? null
            : throw IamErrors.NoSuchPolicy(arn);
    }

    public static XElement[] List(IamCall call, PolicyHolder holder) => call.Page(
        holder.Attached.Select(a => call.Account.FindPolicy(a)!).Where(p => p.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal)),
        p => p.Name + p.Arn,
        page => [QueryXml.List("AttachedPolicies", page, IamXml.Attached)]);

    public static XElement[] ListEntities(IamCall call)
    {
        string arn = PolicyOperations.Arn(call);
        ManagedPolicy policy =
            call.Account.FindPolicy(arn) ?? throw IamErrors.NoSuchEntity($"Policy {arn} does not exist or is not attachable.");
        string? filter = call["EntityFilter"], usage = call["PolicyUsageFilter"];
        bool Uses(PolicyHolder h) => (usage != "PermissionsBoundary" && h.Has(policy))
            || (usage != "PermissionsPolicy" && policy.Arn.Equals(h.PermissionsBoundary, StringComparison.OrdinalIgnoreCase));
        IEnumerable<PolicyHolder> holders = call.Account.Holders
            .Where(h =>
                Uses(h) && h.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal) && (filter is null || filter == h.GetType().Name));
        return call.Page(holders, h => $"{h.GetType().Name}/{h.Name}", page => [.. s_kinds.Select(kind => QueryXml.List(
            $"Policy{kind}s", page.Where(h => h.GetType().Name == kind),
            h => new object[] { El($"{kind}Name", h.Name), El($"{kind}Id", h.Id) }))]);
    }

    /// <summary>The policy's ARN; what is none is refused in words of its own for users.</summary>
    private static string Arn(IamCall call, PolicyHolder holder)
    {
        string arn = call.Required("PolicyArn");
        if (PolicyOperations.IsPolicyArn(arn)) return arn;
        throw new ApiError("ValidationError", holder is User ? "Invalid ARN:  Could not be parsed!" : $"ARN {arn} is not valid.");
    }
}

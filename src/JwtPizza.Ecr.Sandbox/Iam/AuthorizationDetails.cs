using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>GetAccountAuthorizationDetails: everybody in the account with all policies.</summary>
internal static class AuthorizationDetails
{
    private static readonly string[] s_lists = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
    private static readonly EnumRule s_filter = new("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy");

    private sealed record Entry(string List, string Key, object?[] Xml);

    public static XElement[] Get(IamCall call)
    {
        IReadOnlyList<string> filter = call.Texts("Filter");
        if (filter.FirstOrDefault(f => s_filter.Broken(f) is not null) is { } unknown)
            throw new ApiError("ValidationError",
                "1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must satisfy constraint: " +
                $"[{s_filter.Broken(unknown)}]");
        IEnumerable<Entry> entries = Entries(call.Account).Where(e => filter.Count == 0 || filter.Contains(e.Filter)).Select(e => e.Entry);
        return call.Page(entries, e => e.List + e.Key,
            page => [.. s_lists.Select(list => List(list, page.Where(e => e.List == list), e => e.Xml))]);
    }

    private static IEnumerable<(string Filter, Entry Entry)> Entries(IamAccount account)
    {
        foreach (User user in account.Users.Values)
        {
            XElement groups = List("GroupList", user.Groups, g => g);
            yield return ("User",
                new("UserDetailList", user.Name,
                    [.. IamXml.Summary(user), Inline("UserPolicyList", user), groups, .. Common(user, account)]));
        }
        foreach (Group group in account.Groups.Values)
            yield return ("Group",
                new("GroupDetailList", group.Name, [.. IamXml.Summary(group), Inline("GroupPolicyList", group), Attached(group, account)]));
        foreach (Role role in account.Roles.Values)
        {
            XElement profiles =
                List("InstanceProfileList", InstanceProfileOperations.OfRole(role, account), p => IamXml.Summary(p, account));
            object?[] xml =
                [.. IamXml.Summary(role), profiles, Inline("RolePolicyList", role), .. Common(role, account), El("RoleLastUsed")];
            yield return ("Role", new("RoleDetailList", role.Name, xml));
        }
        IEnumerable<ManagedPolicy> used = account.AwsPolicies.Where(p => account.AttachmentCount(p) + account.BoundaryCount(p) > 0);
        foreach (ManagedPolicy policy in account.Policies.Values.Concat(used))
        {
            XElement versions = List("PolicyVersionList", policy.Versions.OrderByDescending(v => v.Number),
                v => (object?[])[IamXml.Document("Document", v.Document), .. IamXml.Summary(policy, v)]);
            yield return (policy.Arn.Contains("::aws:", StringComparison.Ordinal) ? "AWSManagedPolicy" : "LocalManagedPolicy",
                new("Policies", policy.Name + policy.Arn, [.. IamXml.Described(policy, account), versions]));
        }
    }

    private static object?[] Common(PolicyHolder holder, IamAccount account) =>
        [Attached(holder, account), IamXml.Boundary(holder), IamXml.TagsOf(holder)];

    private static XElement Attached(PolicyHolder holder, IamAccount account) =>
        List("AttachedManagedPolicies", holder.Attached.Select(a => account.FindPolicy(a)!), IamXml.Attached);

    private static XElement? Inline(string name, PolicyHolder holder) => holder is User && holder.Inline.Count == 0 ? null
        : List(name, holder.Inline, p => new object[] { El("PolicyName", p.Key), IamXml.Document("PolicyDocument", p.Value) });
}

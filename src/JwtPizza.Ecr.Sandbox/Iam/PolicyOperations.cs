using System.Text.RegularExpressions;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Managed policies: the account's own and AWS's.</summary>
internal sealed partial class PolicyOperations(IamAccount account, Func<Caller, Identity> identify)
{
    public IEnumerable<Func<QueryCall, XElement[]?>> All => [CreatePolicy, GetPolicy, ListPolicies, DeletePolicy];

    public XElement[] CreatePolicy(QueryCall call)
    {
        string name = call.Text("PolicyName", IamRules.PolicyName);
        string path = call.OptionalText("Path", IamRules.Path) ?? "/";
        PolicyVersion first = new(1, Document(call), account.Now);
        if (account.Policies.ContainsKey(name)) throw IamErrors.AlreadyExists($"A policy called {name} already exists. Duplicate names are not allowed.");
        if (account.Policies.Count == IamRules.MaxPolicies) throw IamErrors.Quota("PoliciesPerAccount", IamRules.MaxPolicies);
        ManagedPolicy policy = new()
        {
            Name = name, Path = path, Id = IamAccount.NewId("ANPA"), Arn = account.Arn($"policy{path}{name}"), CreatedAt = first.CreatedAt, UpdatedAt = first.CreatedAt,
            Description = call.OptionalText("Description", IamRules.PolicyDescription), Tags = call.Tags(), Versions = [first], LastVersion = 1, Default = first,
        };
        account.Policies.Add(name, policy);
        return [El("Policy", [.. IamXml.Summary(policy, 0), policy.Tags.Count == 0 ? null : Tags(policy.Tags)])];
    }

    public XElement[] GetPolicy(QueryCall call)
    {
        ManagedPolicy policy = Existing(account, call);
        return [El("Policy", IamXml.Whole(policy, account.AttachmentCount(policy)))];
    }

    public XElement[] ListPolicies(QueryCall call)
    {
        string scope = call.OneOf("Scope", "All", "AWS", "Local"), usage = call.OneOf("PolicyUsageFilter", "PermissionsPolicy", "PermissionsBoundary");
        string prefix = call.OptionalText("PathPrefix", IamRules.PathPrefix) ?? "/";
        bool onlyAttached = call.Flag("OnlyAttached");
        IEnumerable<ManagedPolicy> policies = usage == "PermissionsBoundary" ? [] : Of(scope);
        return call.Page(
            policies.Where(p => p.Path.StartsWith(prefix, StringComparison.Ordinal) && !(onlyAttached && account.AttachmentCount(p) == 0)), p => p.Name + p.Arn,
            page => [List("Policies", page, p => IamXml.Summary(p, account.AttachmentCount(p)))]);
    }

    public XElement[]? DeletePolicy(QueryCall call)
    {
        ManagedPolicy policy = Own(account, identify, call);
        if (account.AttachmentCount(policy) > 0) throw IamErrors.DeleteConflict("Cannot delete a policy attached to entities.");
        if (policy.Versions.Count > 1)
            throw IamErrors.DeleteConflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
        account.Policies.Remove(policy.Name);
        return null;
    }

    private IEnumerable<ManagedPolicy> Of(string scope) => scope switch
    {
        "AWS" => account.AwsPolicies,
        "Local" => account.Policies.Values,
        _ => account.AwsPolicies.Concat(account.Policies.Values),
    };

    /// <summary>The policy that the call names.</summary>
    public static ManagedPolicy Existing(IamAccount account, QueryCall call) => account.FindPolicy(Arn(call)) is { } policy ? policy : throw IamErrors.NoSuchPolicy(Arn(call));

    /// <summary>The same, if the account may change it. What AWS itself manages nobody may, not even an administrator.</summary>
    public static ManagedPolicy Own(IamAccount account, Func<Caller, Identity> identify, QueryCall call) =>
        AwsArnPattern().IsMatch(Arn(call))
            ? throw new ApiError("AccessDenied", $"User: {identify(call.Caller).Arn} is not authorized to perform: iam:{call.Action} on resource: policy {Arn(call)}", 403)
            : Existing(account, call);

    public static string Arn(QueryCall call)
    {
        string arn = call.Text("PolicyArn", IamRules.Arn);
        return ArnPattern().IsMatch(arn) ? arn : throw IamErrors.InvalidInput($"ARN {arn} is not valid.");
    }

    /// <summary>The document of a managed policy, if IAM would store it.</summary>
    public static string Document(QueryCall call)
    {
        string document = call.Text("PolicyDocument", IamRules.Document);
        PolicyGrammar.Check(document, PolicyKind.Managed);
        return IamRules.CountedLength(document) <= IamRules.MaxManagedPolicy ? document : throw IamErrors.Quota("PolicySize", IamRules.MaxManagedPolicy);
    }

    [GeneratedRegex(@"\Aarn:[a-z-]+:iam::([0-9]{12}|aws):policy(/[\u0021-\u002E\u0030-\u007E]+)+\z")]
    private static partial Regex ArnPattern();

    [GeneratedRegex(@"\Aarn:[a-z-]+:iam::aws:")]
    private static partial Regex AwsArnPattern();
}

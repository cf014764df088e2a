using System.Text.RegularExpressions;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Managed policies: the account's own and AWS's.</summary>
internal static partial class PolicyOperations
{
    public static XElement[] Create(IamCall call)
    {
        IamAccount account = call.Account;
        (string name, string path) = (call.Required("PolicyName"), call["Path"] ?? "/");
        IReadOnlyList<KeyValuePair<string, string>> tags = Tagging.New(call, caseCounts: true);
        PolicyVersion first = new(1, Document(call), account.Now);
        if (account.Policies.ContainsKey(name))
            throw IamErrors.AlreadyExists($"A policy called {name} already exists. Duplicate names are not allowed.");
        if (account.Policies.Count == IamRules.MaxPolicies) throw IamErrors.Quota("PoliciesPerAccount", IamRules.MaxPolicies);
        ManagedPolicy policy = new()
        {
            Name = name, Path = path, Id = IamAccount.NewId("ANPA"), Arn = account.Arn($"policy{path}{name}"), CreatedAt = first.CreatedAt,
            UpdatedAt = first.CreatedAt,
            Description = call["Description"], Tags = tags, Versions = [first], LastVersion = 1, Default = first,
        };
        account.Policies.Add(name, policy);
        return [El("Policy", [.. IamXml.Summary(policy, account), tags.Count == 0 ? null : Tags(tags)])];
    }

    public static XElement[] Get(IamCall call)
    {
        ManagedPolicy policy = Existing(call);
        return [El("Policy", [.. IamXml.Described(policy, call.Account), Tags(policy.Tags)])];
    }

    public static XElement[] List(IamCall call)
    {
        IamAccount account = call.Account;
        bool onlyAttached = call.Flag("OnlyAttached");
        string? usage = call["PolicyUsageFilter"];
        bool Takes(ManagedPolicy p) => p.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal)
            && (usage != "PermissionsBoundary" || account.BoundaryCount(p) > 0)
            && (usage != "PermissionsPolicy" || account.AttachmentCount(p) > 0)
            && (!onlyAttached || account.AttachmentCount(p) > 0);
        return call.Page(Of(call["Scope"], account).Where(Takes), p => p.Name + p.Arn,
            page => [QueryXml.List("Policies", page, p => IamXml.Summary(p, account))]);
    }

    public static XElement[]? Delete(IamCall call)
    {
        ManagedPolicy policy = Own(call);
        if (call.Account.AttachmentCount(policy) + call.Account.BoundaryCount(policy) > 0)
            throw IamErrors.DeleteConflict("Cannot delete a policy attached to entities.");
        if (policy.Versions.Count > 1)
            throw IamErrors.DeleteConflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
                "The default version is deleted with the policy.");
        call.Account.Policies.Remove(policy.Name);
        return null;
    }

    private static IEnumerable<ManagedPolicy> Of(string? scope, IamAccount account) => scope switch
    {
        "AWS" => account.AwsPolicies,
        "Local" => account.Policies.Values,
        _ => account.AwsPolicies.Concat(account.Policies.Values),
    };

    /// <summary>The policy that the call names.</summary>
    public static ManagedPolicy Existing(IamCall call) => call.Account.FindPolicy(Arn(call)) ?? throw IamErrors.NoSuchPolicy(Arn(call));

    /// <summary>The same, if the account may change it. What AWS itself manages nobody may, not even an administrator.</summary>
    public static ManagedPolicy Own(IamCall call) => AwsArnPattern().IsMatch(Arn(call))
        ? throw new ApiError("AccessDenied",
            $"User: {call.Who.Arn} is not authorized to perform: iam:{call.Action} on resource: policy {Arn(call)}", 403)
        : Existing(call);

    public static string Arn(IamCall call)
    {
        string arn = call.Required("PolicyArn");
        return IsPolicyArn(arn) ? arn : throw IamErrors.InvalidInput($"ARN {arn} is not valid.");
    }

    public static bool IsPolicyArn(string arn) => ArnPattern().IsMatch(arn);

    /// <summary>The document of a managed policy, if IAM would store it.</summary>
    public static string Document(IamCall call)
    {
        string document = call.Required("PolicyDocument");
        PolicyGrammar.Check(document, PolicyKind.Managed);
        return IamRules.CountedLength(document) <= IamRules.MaxManagedPolicy
            ? document : throw IamErrors.Quota("PolicySize", IamRules.MaxManagedPolicy);
    }

    [GeneratedRegex(@"\Aarn:[a-z-]+:iam::([0-9]{12}|aws):policy(/[\u0021-\u002E\u0030-\u007E]+)+\z")]
    private static partial Regex ArnPattern();

    [GeneratedRegex(@"\Aarn:[a-z-]+:iam::aws:")]
    private static partial Regex AwsArnPattern();
}

using System.Globalization;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The versions of a managed policy: five at most, a number never given twice, one of them in force.</summary>
internal sealed class PolicyVersionOperations(IamAccount account, Func<Caller, Identity> identify)
{
    public IEnumerable<Func<QueryCall, XElement[]?>> All =>
        [GetPolicyVersion, ListPolicyVersions, CreatePolicyVersion, DeletePolicyVersion, SetDefaultPolicyVersion];

    public XElement[] GetPolicyVersion(QueryCall call)
    {
        ManagedPolicy policy = PolicyOperations.Existing(account, call);
        PolicyVersion version = Version(policy, call);
        return [El("PolicyVersion", [IamXml.Document("Document", version.Document), .. IamXml.Summary(policy, version)])];
    }

    /// <summary>Newest first, as AWS lists them.</summary>
    public XElement[] ListPolicyVersions(QueryCall call)
    {
        ManagedPolicy policy = PolicyOperations.Existing(account, call);
        return call.Page(policy.Versions, v => (int.MaxValue - v.Number).ToString("D10", CultureInfo.InvariantCulture),
            page => [List("Versions", page, v => IamXml.Summary(policy, v))]);
    }

    public XElement[] CreatePolicyVersion(QueryCall call)
    {
        ManagedPolicy policy = PolicyOperations.Own(account, identify, call);
        string document = PolicyOperations.Document(call);
        bool setAsDefault = call.Flag("SetAsDefault");
        if (policy.Versions.Count >= IamRules.MaxVersions)
            throw IamErrors.LimitExceeded($"A managed policy can have up to {IamRules.MaxVersions} versions. Before you create a new version, you must delete an existing version.");
        PolicyVersion version = new(++policy.LastVersion, document, account.Now);
        policy.Versions.Add(version);
        policy.UpdatedAt = version.CreatedAt;
        if (setAsDefault) policy.Default = version;
        return [El("PolicyVersion", IamXml.Summary(policy, version))];
    }

    public XElement[]? DeletePolicyVersion(QueryCall call)
    {
        ManagedPolicy policy = PolicyOperations.Own(account, identify, call);
        PolicyVersion version = Version(policy, call);
        if (version == policy.Default) throw IamErrors.DeleteConflict("Cannot delete the default version of a policy.");
        policy.Versions.Remove(version);
        policy.UpdatedAt = account.Now;
        return null;
    }

    public XElement[]? SetDefaultPolicyVersion(QueryCall call)
    {
        ManagedPolicy policy = PolicyOperations.Own(account, identify, call);
        policy.Default = Version(policy, call);
        policy.UpdatedAt = account.Now;
        return null;
    }

    private static PolicyVersion Version(ManagedPolicy policy, QueryCall call)
    {
        string id = call.Text("VersionId", IamRules.VersionId);
        return policy.Versions.Find(v => v.Id == id)
            ?? throw IamErrors.NoSuchEntity($"Policy {policy.Arn} version {id} does not exist or is not attachable.");
    }
}

using System.Globalization;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The versions of a managed policy: five at most, a number never given twice, one of them in force.</summary>
internal static class PolicyVersionOperations
{
    public static XElement[] Get(IamCall call)
    {
        string arn = PolicyOperations.Arn(call);
        ManagedPolicy policy = call.Account.FindPolicy(arn) ?? throw NotFound(arn, call);
        PolicyVersion version = Version(policy, call);
        return [El("PolicyVersion", [IamXml.Document("Document", version.Document), .. IamXml.Summary(policy, version)])];
    }

    /// <summary>Newest first, as AWS lists them.</summary>
    public static XElement[] List(IamCall call)
    {
        ManagedPolicy policy = PolicyOperations.Existing(call);
        return call.Page(policy.Versions, v => (int.MaxValue - v.Number).ToString("D10", CultureInfo.InvariantCulture),
            page => [QueryXml.List("Versions", page, v => IamXml.Summary(policy, v))]);
    }

    public static XElement[] Create(IamCall call)
    {
        ManagedPolicy policy = PolicyOperations.Own(call);
        string document = PolicyOperations.Document(call);
        bool setAsDefault = call.Flag("SetAsDefault");
        if (policy.Versions.Count >= IamRules.MaxVersions)
            throw IamErrors.LimitExceeded(
                $"A managed policy can have up to {IamRules.MaxVersions} versions. Before you create a new version, you must delete an " +
                "existing version.");
        PolicyVersion version = new(++policy.LastVersion, document, call.Account.Now);
        policy.Versions.Add(version);
        policy.UpdatedAt = version.CreatedAt;
        if (setAsDefault) policy.Default = version;
        return [El("PolicyVersion", IamXml.Summary(policy, version))];
    }

    public static XElement[]? Delete(IamCall call)
    {
        ManagedPolicy policy = PolicyOperations.Own(call);
        PolicyVersion version = Version(policy, call);
        if (version == policy.Default) throw IamErrors.DeleteConflict("Cannot delete the default version of a policy.");
        policy.Versions.Remove(version);
        policy.UpdatedAt = call.Account.Now;
        return null;
    }

    public static XElement[]? SetDefault(IamCall call)
    {
        string arn = PolicyOperations.Arn(call);
        if (call.Account.FindPolicy(arn) is null) throw NotFound(arn, call);
        ManagedPolicy policy = PolicyOperations.Own(call);
        policy.Default = Version(policy, call);
        policy.UpdatedAt = call.Account.Now;
        return null;
    }

    private static PolicyVersion Version(ManagedPolicy policy, IamCall call) =>
        policy.Versions.Find(v => v.Id == call.Required("VersionId")) ?? throw NotFound(policy.Arn, call);

    private static ApiError NotFound(string arn, IamCall call) =>
        IamErrors.NoSuchEntity($"Policy {arn} version {call["VersionId"]} does not exist or is not attachable.");
}

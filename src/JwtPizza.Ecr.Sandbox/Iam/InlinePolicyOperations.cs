using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Policies that are part of a role, a user or a group.</summary>
internal static class InlinePolicyOperations
{
    public static XElement[]? Put(IamCall call, PolicyHolder holder)
    {
        (string name, string document) = (call.Required("PolicyName"), call.Required("PolicyDocument"));
        PolicyGrammar.Check(document, PolicyKind.Inline);
        int limit = Limit(holder);
        int others =
            holder.Inline.Where(p => !p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Sum(p => IamRules.CountedLength(p.Value));
        if (others + IamRules.CountedLength(document) > limit)
            throw IamErrors.LimitExceeded($"Maximum policy size of {limit} bytes exceeded for {Kind(holder)} {holder.Name}");
        holder.Inline[name] = document;
        return null;
    }

    public static XElement[] Get(IamCall call, PolicyHolder holder)
    {
        string name = call.Required("PolicyName");
        return holder.Inline.TryGetValue(name, out string? document)
            ? [El($"{holder.GetType().Name}Name", holder.Name), El("PolicyName", name), IamXml.Document("PolicyDocument", document)]
            : throw NotFound(holder, name);
    }

    public static XElement[]? Delete(IamCall call, PolicyHolder holder)
    {
        string name = call.Required("PolicyName");
        return holder.Inline.Remove(name) ? null : throw NotFound(holder, name);
    }

    public static XElement[] List(IamCall call, PolicyHolder holder) =>
        call.Page(holder.Inline.Keys, n => n, page => [QueryXml.List("PolicyNames", page, n => n)]);

    /// <summary>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html</summary>
    private static int Limit(PolicyHolder holder) => holder switch { User => 2048, Group => 5120, _ => 10_240 };

    private static string Kind(PolicyHolder holder) => holder switch { User => "user", Group => "group", _ => "role" };

    private static ApiError NotFound(PolicyHolder holder, string name) =>
        IamErrors.NoSuchEntity($"The {Kind(holder)} policy with name {name} cannot be found.");
}

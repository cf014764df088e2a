using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Policies that are part of a role.</summary>
internal sealed class InlinePolicyOperations(IamAccount account)
{
    public IEnumerable<Func<QueryCall, XElement[]?>> All => [PutRolePolicy, GetRolePolicy, DeleteRolePolicy, ListRolePolicies];

    public XElement[]? PutRolePolicy(QueryCall call)
    {
        (Role role, string name) = (Role(call), Name(call));
        string document = call.Text("PolicyDocument", IamRules.Document);
        PolicyGrammar.Check(document, PolicyKind.Inline);
        int others = role.Inline.Where(p => !p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Sum(p => IamRules.CountedLength(p.Value));
        if (others + IamRules.CountedLength(document) > IamRules.MaxInlinePolicies)
            throw IamErrors.LimitExceeded($"Maximum policy size of {IamRules.MaxInlinePolicies} bytes exceeded for role {role.Name}");
        role.Inline[name] = document;
        return null;
    }

    public XElement[] GetRolePolicy(QueryCall call)
    {
        (Role role, string name) = (Role(call), Name(call));
        return role.Inline.TryGetValue(name, out string? document)
            ? [El("RoleName", role.Name), El("PolicyName", name), IamXml.Document("PolicyDocument", document)]
            : throw NotFound(name);
    }

    public XElement[]? DeleteRolePolicy(QueryCall call)
    {
        (Role role, string name) = (Role(call), Name(call));
        return role.Inline.Remove(name) ? null : throw NotFound(name);
    }

    public XElement[] ListRolePolicies(QueryCall call) => call.Page(Role(call).Inline.Keys, n => n, page => [List("PolicyNames", page, n => n)]);

    private Role Role(QueryCall call) => account.Role(call.Text("RoleName", IamRules.RoleName));

    private static string Name(QueryCall call) => call.Text("PolicyName", IamRules.PolicyName);

    private static ApiError NotFound(string name) => IamErrors.NoSuchEntity($"The role policy with name {name} cannot be found.");
}

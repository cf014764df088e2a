using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>A call of IAM.</summary>
/// <param name="Query">As it came.</param>
/// <param name="Account">The account it is about: for writers as it is, for readers as they see it.</param>
/// <param name="Who">Who calls.</param>
internal sealed record IamCall(QueryCall Query, IamAccount Account, Identity Who) : QueryCall(Query)
{
    public Role Role => Account.Role(this.Required("RoleName"));

    public Group Group => Account.Group(this.Required("GroupName"));

    /// <summary>The user that the call names, or who calls.</summary>
    public User User => Account.User(this["UserName"] ?? Who.UserName
        ?? throw new ApiError("ValidationError", "Must specify userName when calling with non-User credentials"));

    public string PathPrefix => this["PathPrefix"] ?? "/";
}

/// <summary>Makes the rows of IAM's operations.</summary>
internal sealed class IamTable(Func<Caller, (Readers Readers, Identity Who)> identify)
{
    /// <summary>An operation that changes nothing, and sees the account as readers do.</summary>
    public Operation<QueryCall, IEnumerable<XElement>?> Reads(
        string name, Func<IamCall, XElement[]?> handler, Func<IamCall, string> resource, params string[] required) => new(name,
        (call, _) => Task.FromResult<IEnumerable<XElement>?>(Read(handler, call, required)), call => Needs(call, resource), Writes: false);

    /// <summary>An operation that changes the account.</summary>
    public Operation<QueryCall, IEnumerable<XElement>?> Writes(
        string name, Func<IamCall, XElement[]?> handler, Func<IamCall, string> resource, params string[] required) => new(name,
        (call, _) => Task.FromResult<IEnumerable<XElement>?>(Write(handler, call, required)), call => Needs(call, resource), Writes: true);

    private XElement[]? Read(Func<IamCall, XElement[]?> handler, QueryCall call, string[] required)
    {
        IamRules.All.Check(call, required);
        (Readers readers, Identity who) = identify(call.Caller);
        IamAccount account = readers.Seen;
        lock (account.Gate) return handler(new(call, account, who));
    }

    private XElement[]? Write(Func<IamCall, XElement[]?> handler, QueryCall call, string[] required)
    {
        IamRules.All.Check(call, required);
        (Readers readers, Identity who) = identify(call.Caller);
        lock (readers.Account.Gate)
        {
            XElement[]? result = handler(new(call, readers.Account, who));
            readers.Written();
            return result;
        }
    }

    private IEnumerable<Need> Needs(QueryCall call, Func<IamCall, string> resource)
    {
        (Readers readers, Identity who) = identify(call.Caller);
        lock (readers.Account.Gate) return IamNeeds.Of(new(call, readers.Account, who), resource);
    }
}

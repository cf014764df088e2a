using System.Collections.Frozen;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>IAM, so far as CI roles, their trust and their policies need it.</summary>
internal sealed class IamApi
{
    private static readonly string[] s_reading = ["Get", "List", "Simulate"];
    private readonly Readers _readers;
    private readonly Func<Caller, Identity> _identify;
    private readonly Table _write;
    private volatile Table _read;

    /// <summary>The operations over one state of the account.</summary>
    private sealed record Table(IamAccount Account, FrozenDictionary<string, Func<QueryCall, XElement[]?>> Operations)
    {
        public XElement[]? Run(QueryCall call)
        {
            lock (Account.Gate) return Operations[call.Action](call);
        }
    }

    public IamApi(Readers readers, Func<Caller, Identity> identify)
    {
        (_readers, _identify) = (readers, identify);
        _write = _read = Over(readers.Account);
    }

    private Table Over(IamAccount account)
    {
        IEnumerable<Func<QueryCall, XElement[]?>> all =
        [
            .. new RoleOperations(account).All, .. new InlinePolicyOperations(account).All, .. new AttachmentOperations(account).All,
            .. new PolicyOperations(account, _identify).All, .. new PolicyVersionOperations(account, _identify).All,
            .. new ProviderOperations(account).All, .. new AccountOperations(account).All, .. new SimulationOperations(account).All,
        ];
        return new(account, all.ToFrozenDictionary(o => o.Method.Name));   // each method is named as AWS names its operation
    }

    /// <summary>The table of the operations.</summary>
    public QueryService Service => new("iam", "2010-05-08", [.. _write.Operations.Keys.Order(StringComparer.Ordinal).Select(Row)]);

    private Operation<QueryCall, IEnumerable<XElement>?> Row(string name)
    {
        bool writes = !s_reading.Any(r => name.StartsWith(r, StringComparison.Ordinal));
        return new(name, (call, _) => Task.FromResult<IEnumerable<XElement>?>(writes ? Write(call) : Read(call)), call => IamNeeds.Of(call, _readers.Account), writes);
    }

    private XElement[]? Write(QueryCall call)
    {
        lock (_write.Account.Gate)
        {
            XElement[]? result = _write.Run(call);
            _readers.Written();
            return result;
        }
    }

    private XElement[]? Read(QueryCall call)
    {
        Table table = _read;
        if (_readers.Seen is var seen && table.Account != seen) _read = table = Over(seen);
        return table.Run(call);
    }
}

using System.Collections.Frozen;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>IAM, so far as CI roles, their trust and their policies need it.</summary>
internal sealed class IamApi : IQueryApi
{
    private readonly IamAccount _account;
    private readonly FrozenDictionary<string, Func<QueryCall, XElement[]?>> _operations;

    public IamApi(IamAccount account, Func<Caller, Identity> identify)
    {
        _account = account;
        IEnumerable<Func<QueryCall, XElement[]?>> all =
        [
            .. new RoleOperations(account).All, .. new InlinePolicyOperations(account).All, .. new AttachmentOperations(account).All,
            .. new PolicyOperations(account, identify).All, .. new PolicyVersionOperations(account, identify).All,
            .. new ProviderOperations(account).All, .. new AccountOperations(account).All, .. new SimulationOperations(account).All,
        ];
        _operations = all.ToFrozenDictionary(o => o.Method.Name);   // each method is named as AWS names its operation
    }

    public string Version => "2010-05-08";

    public XNamespace Namespace => "https://iam.amazonaws.com/doc/2010-05-08/";

    /// <summary>The names of what is supported.</summary>
    public IReadOnlyCollection<string> Operations => _operations.Keys;

    public bool TakesUnsigned(string action) => false;

    public Task<IEnumerable<XElement>?> CallAsync(QueryCall call, CancellationToken cancellationToken)
    {
        if (!_operations.TryGetValue(call.Action, out Func<QueryCall, XElement[]?>? operation)) throw call.Unknown();
        lock (_account.Gate) return Task.FromResult<IEnumerable<XElement>?>(operation(call));
    }
}

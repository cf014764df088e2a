using JwtPizza.Ecr.Sandbox.Enforcement;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>A service of AWS, whatever protocol it speaks.</summary>
/// <typeparam name="TCall">A call of its protocol.</typeparam>
internal interface IService<TCall>
{
    /// <summary>Its short name, as in permissions, faults and the call log: <c>ecr</c>.</summary>
    string Name { get; }

    /// <summary>The names of the operations that are supported.</summary>
    IReadOnlyCollection<string> Operations { get; }

    /// <summary>Every permission that a call needs; null where the tables do not have its operation.</summary>
    IEnumerable<Need>? Needs(TCall call);
}

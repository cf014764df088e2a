using JwtPizza.Ecr.Sandbox.Enforcement;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>One operation of a service, and all that the sandbox knows about it: a row that lacks something does not compile.</summary>
/// <typeparam name="TCall">A call of the service's protocol.</typeparam>
/// <typeparam name="TAnswer">What the protocol answers with.</typeparam>
/// <param name="Name">As AWS names it, for example <c>PutImage</c>.</param>
/// <param name="RunAsync">Does it. What it changes is kept before this ends.</param>
/// <param name="Needs">Every permission that a call needs.</param>
/// <param name="Writes">Whether it changes something that is kept.</param>
internal sealed record Operation<TCall, TAnswer>(
    string Name, Func<TCall, CancellationToken, Task<TAnswer>> RunAsync, Func<TCall, IEnumerable<Need>> Needs, bool Writes)
{
    /// <summary>Whether it needs no credentials, because the call brings a proof of its own.</summary>
    public bool TakesUnsigned { get; init; }
}

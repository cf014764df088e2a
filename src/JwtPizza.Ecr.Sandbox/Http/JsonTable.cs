using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Enforcement;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>A service of the JSON protocol as a table of its operations.</summary>
/// <typeparam name="TCall">What an operation reads of a call.</typeparam>
internal abstract class JsonTable<TCall>(IReadOnlyDictionary<string, Func<TCall, JsonObject>> operations) : IJsonApi
{
    public abstract string Name { get; }

    public abstract string TargetPrefix { get; }

    public IReadOnlyCollection<string> Operations { get; } = [.. operations.Keys];

    public abstract IEnumerable<Need>? Needs(JsonCall call);

    public Task<JsonObject> CallAsync(JsonCall call, CancellationToken cancellationToken) =>
        Task.FromResult(Run(operations.GetValueOrDefault(call.Operation) ?? throw call.Unknown(), call));

    /// <summary>Runs an operation, and keeps what it changed before anybody hears of it.</summary>
    protected abstract JsonObject Run(Func<TCall, JsonObject> operation, JsonCall call);
}

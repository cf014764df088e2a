using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Makes the rows of ECR's two APIs, which share most of their operations.</summary>
/// <param name="world">All registries.</param>
/// <param name="region">Where the registry is; null for the region that the caller signed for.</param>
internal sealed class EcrTable(EcrWorld world, string? region = null)
{
    private const string PublicApi = "us-east-1";

    /// <summary>An operation that changes nothing that is kept. One that does all the same fails.</summary>
    public Operation<JsonCall, JsonObject> Reads(string name, Func<EcrCall, JsonObject> handler, Func<EcrCall, IEnumerable<Need>> needs) =>
        new(name, (call, _) => Task.FromResult(Run(handler, CallOf(call), writes: false)), call => needs(CallOf(call)), Writes: false);

    public Operation<JsonCall, JsonObject> Writes(string name, Func<EcrCall, JsonObject> handler, Func<EcrCall, IEnumerable<Need>> needs) =>
        new(name, (call, _) => Task.FromResult(Run(handler, CallOf(call), writes: true)), call => needs(CallOf(call)), Writes: true);

    /// <summary>An operation that waits for something, and enters the registry by itself.</summary>
    public Operation<JsonCall, JsonObject> Waits(
        string name, Func<EcrCall, CancellationToken, Task<JsonObject>> handler, Func<EcrCall, IEnumerable<Need>> needs, bool writes) =>
        new(name, (call, cancellationToken) => handler(CallOf(call), cancellationToken), call => needs(CallOf(call)), writes);

    private EcrCall CallOf(JsonCall call) => region != EcrRegistry.PublicRegion || call.Caller.Region == PublicApi
        ? new(world, call, region)
        : throw new ApiError("UnsupportedCommandException", $"ECR Public is called in {PublicApi}, and not in {call.Caller.Region}.");

    private static JsonObject Run(Func<EcrCall, JsonObject> handler, EcrCall call, bool writes)
    {
        JsonObject answer = call.Registry.Run(() => handler(call), writes);
        if (writes) call.World.Replicate(call.Registry);
        return answer;
    }
}

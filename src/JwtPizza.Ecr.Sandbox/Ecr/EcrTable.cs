using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What an operation changes of that which is kept.</summary>
internal enum Keeps { Nothing, Repository, Registry }

/// <summary>Makes the rows of ECR's two APIs, which share most of their operations.</summary>
/// <param name="world">All registries.</param>
/// <param name="region">Where the registry is; null for the region that the caller signed for.</param>
internal sealed class EcrTable(EcrWorld world, string? region = null)
{
    private const string PublicApi = "us-east-1";

    public Operation<JsonCall, JsonObject> Row(string name, Func<EcrCall, JsonObject> handler, Func<EcrCall, IEnumerable<Need>> needs, Keeps keeps) => new(
        name, (call, _) => Task.FromResult(Run(handler, CallOf(call), keeps)), call => needs(CallOf(call)), keeps != Keeps.Nothing);

    private EcrCall CallOf(JsonCall call) => region != EcrRegistry.PublicRegion || call.Caller.Region == PublicApi
        ? new(world, call, region)
        : throw new ApiError("UnsupportedCommandException", $"ECR Public is called in {PublicApi}, and not in {call.Caller.Region}.");

    private static JsonObject Run(Func<EcrCall, JsonObject> handler, EcrCall call, Keeps keeps)
    {
        JsonObject answer;
        lock (call.Registry.Gate) answer = handler(call);
        call.World.Replicate(call.Registry);
        lock (call.Registry.Gate)
        {
            if (keeps == Keeps.Registry) call.World.Keep(call.Registry);
            else if (keeps == Keeps.Repository) call.World.Keep(call.Registry, call.Subject());
        }
        return answer;
    }
}

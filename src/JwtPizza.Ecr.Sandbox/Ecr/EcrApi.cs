using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Amazon ECR's private API.</summary>
internal sealed class EcrApi : IJsonApi
{
    public string TargetPrefix => "AmazonEC2ContainerRegistry_V20150921";

    public Task<JsonObject> CallAsync(JsonCall call, CancellationToken cancellationToken) => throw call.Unknown();
}

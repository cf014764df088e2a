using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Replication: its rules, and what became of an image.</summary>
internal static class ReplicationOperations
{
    public static JsonObject Put(EcrCall call)
    {
        JsonArguments configuration =
            call.Input.Object("replicationConfiguration") ?? throw JsonArguments.Missing("replicationConfiguration");
        call.Registry.Settings = call.Registry.Settings with { Replication = ReplicationRule.ReadAll(configuration, call.Registry) };
        return Answer.Of(("replicationConfiguration", Json(call.Registry)));
    }

    public static JsonObject DescribeRegistry(EcrCall call) =>
        Answer.Of(("registryId", call.Registry.RegistryId), ("replicationConfiguration", Json(call.Registry)));

    public static JsonObject DescribeStatus(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ImageId id = ImageId.Read(call.Input.Object("imageId") ?? throw JsonArguments.Missing("imageId"));
        IEnumerable<ReplicationStatus> all = id.Require(repository).Marks.Replications;
        return Answer.Of(("repositoryName", repository.Name), ("imageId", id.Json()), ("replicationStatuses", all.Select(s => Answer.Of(
            ("region", s.Destination.Region), ("registryId", s.Destination.RegistryId), ("status", s.Status),
            ("failureCode", s.FailureCode))).Array()));
    }

    private static JsonObject Json(EcrRegistry registry) => Answer.Of(("rules", registry.Replication.Select(r => r.Json()).Array()));
}

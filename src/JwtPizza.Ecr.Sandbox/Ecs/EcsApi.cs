using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Ecs.EcsNeeds;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Amazon ECS, as far as a deployment by image needs it: a row for each operation.</summary>
internal static class EcsApi
{
    public static JsonService Over(EcsWorld world)
    {
        Operation<JsonCall, JsonObject> Row(
            string name, Func<EcsCall, JsonObject> handler, Func<EcsCall, IEnumerable<Need>> needs, bool writes) =>
            new(name, (call, _) => Task.FromResult(Run(world, handler, call)), call => needs(CallOf(world, call)), writes);
        return new("ecs", "AmazonEC2ContainerServiceV20141113",
        [
            Row("CreateCluster", ClusterOperations.Create, OfAll, writes: true),
            Row("DescribeClusters", ClusterOperations.Describe, OfClusters, writes: false),
            Row("UpdateCluster", ClusterOperations.Update, OfCluster, writes: true),
            Row("UpdateClusterSettings", ClusterOperations.Update, OfCluster, writes: true),
            Row("PutClusterCapacityProviders", ClusterOperations.Update, OfCluster, writes: true),
            Row("DeleteCluster", ClusterOperations.Delete, OfCluster, writes: true),
            Row("ListClusters", ClusterOperations.List, OfAll, writes: false),
            Row("CreateService", ServiceOperations.Create, OfNewService, writes: true),
            Row("UpdateService", ServiceOperations.Update, OfService, writes: true),
            Row("DeleteService", ServiceOperations.Delete, OfService, writes: true),
            Row("DescribeServices", ServiceOperations.Describe, OfServices, writes: false),
            Row("ListServices", ServiceOperations.ListServices, OfAll, writes: false),
            Row("RegisterTaskDefinition", TaskDefinitionOperations.Register, OfRegistration, writes: true),
            Row("DescribeTaskDefinition", TaskDefinitionOperations.Describe, OfAll, writes: false),
            Row("DeregisterTaskDefinition", TaskDefinitionOperations.Deregister, OfAll, writes: true),
            Row("DeleteTaskDefinitions", TaskDefinitionOperations.Delete, OfAll, writes: true),
            Row("ListTaskDefinitions", TaskDefinitionOperations.List, OfAll, writes: false),
            Row("ListTaskDefinitionFamilies", TaskDefinitionOperations.ListFamilies, OfAll, writes: false),
            Row("RunTask", TaskOperations.Run, OfRun, writes: true),
            Row("StopTask", TaskOperations.Stop, OfTask, writes: true),
            Row("ListTasks", TaskOperations.List, OfAll, writes: false),
            Row("DescribeTasks", TaskOperations.Describe, OfTasks, writes: false),
            Row("TagResource", EcsTagOperations.Tag, OfArn, writes: true),
            Row("UntagResource", EcsTagOperations.Untag, OfArn, writes: true),
            Row("ListTagsForResource", EcsTagOperations.List, OfArn, writes: false),
        ]);
    }

    private static EcsCall CallOf(EcsWorld world, JsonCall call) =>
        new(world, world.Region(call.Caller.Region), call.Operation, call.Input) { Caller = call.Caller };

    private static JsonObject Run(EcsWorld world, Func<EcsCall, JsonObject> handler, JsonCall call)
    {
        lock (world.Gate)
        {
            EcsCall read = CallOf(world, call);
            // what would have happened since the last call, which is kept whatever the call itself does
            Scheduler.Work(world, read.Region);
            JsonObject answer = handler(read);
            world.Keep();
            return answer;
        }
    }
}

/// <summary>A call of an ECS operation, and what nearly all of them read of it.</summary>
internal sealed record EcsCall(EcsWorld World, EcsRegion Region, string Operation, JsonArguments Input)
{
    public required Caller Caller { get; init; }

    /// <summary>The role or user who calls.</summary>
    public string? Principal => World.Ecr.PrincipalOf(Caller);

    /// <summary>The cluster that the call names by name or ARN; <c>default</c> when it names none.</summary>
    public EcsCluster Cluster() =>
        Region.Clusters.GetValueOrDefault(NameIn(Input.Text("cluster") ?? "default"))
            ?? throw new ApiError("ClusterNotFoundException", "Cluster not found.");

    public EcsService Service(string member) =>
        Cluster().ActiveServices.FirstOrDefault(s => s.Name == NameIn(Input.RequiredText(member)))
            ?? throw new ApiError("ServiceNotFoundException", "Service not found.");

    /// <summary>The task definition that a text means: an ARN, <c>family:revision</c>, or a family's newest.</summary>
    public TaskDefinition? FindTaskDefinition(string text)
    {
        string[] parts = NameIn(text).Split(':');
        return Region.TaskDefinitions.LastOrDefault(t =>
            t.Family == parts[0]
                && ((parts.Length == 1 && t.DeregisteredAt is null)
                    || (parts.Length == 2 && t.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) == parts[1])));
    }

    /// <summary>A page of ARNs, in their order; a token is the last ARN given.</summary>
    public JsonObject Page(string member, IEnumerable<string> arns, int limit, int usual)
    {
        string? after = Input.Text("nextToken");
        int size = (int)(Input.Number("maxResults", 1, limit) ?? usual);
        List<string> rest = [.. arns.Order(StringComparer.Ordinal).Where(a => after is null || string.CompareOrdinal(a, after) > 0)];
        return Answer.Of((member, rest.Take(size).Array()), ("nextToken", rest.Count > size ? rest[size - 1] : null));
    }

    /// <summary>Whether the caller asks to see resource tags.</summary>
    public bool IncludesTags => Input.Texts("include", 0, 10)?.Contains("TAGS") == true;

    public static JsonNode? Copy(JsonArguments? input) => input is { } given ? JsonNode.Parse(given.Json.GetRawText()) : null;

    /// <summary>The resource tags that a call gives.</summary>
    public JsonArray Tags() => (Input.Objects("tags", 0, 50) ?? []).Select(t => Copy(t)!).Array();

    /// <summary>The name in an ARN, or the name itself.</summary>
    public static string NameIn(string text) => text[(text.LastIndexOf('/') + 1)..];
}

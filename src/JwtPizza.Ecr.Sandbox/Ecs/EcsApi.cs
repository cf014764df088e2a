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
        Operation<JsonCall, JsonObject> Row(string name, Func<EcsCall, JsonObject> handler, Func<EcsCall, IEnumerable<Need>> needs, bool writes) =>
            new(name, (call, _) => Task.FromResult(Run(world, handler, call)), call => needs(CallOf(world, call)), writes);
        return new("ecs", "AmazonEC2ContainerServiceV20141113",
        [
            Row("CreateCluster", ServiceOperations.CreateCluster, OfAll, writes: true),
            Row("ListClusters", ServiceOperations.ListClusters, OfAll, writes: false),
            Row("ListServices", ServiceOperations.ListServices, OfAll, writes: false),
            Row("CreateService", ServiceOperations.Create, OfNewService, writes: true),
            Row("UpdateService", ServiceOperations.Update, OfService, writes: true),
            Row("DescribeServices", ServiceOperations.Describe, OfServices, writes: false),
            Row("RegisterTaskDefinition", TaskDefinitionOperations.Register, OfRegistration, writes: true),
            Row("DescribeTaskDefinition", TaskDefinitionOperations.Describe, OfAll, writes: false),
            Row("ListTasks", TaskOperations.List, OfAll, writes: false),
            Row("DescribeTasks", TaskOperations.Describe, OfTasks, writes: false),
        ]);
    }

    private static EcsCall CallOf(EcsWorld world, JsonCall call) => new(world, world.Region(call.Caller.Region), call.Operation, call.Input);

    private static JsonObject Run(EcsWorld world, Func<EcsCall, JsonObject> handler, JsonCall call)
    {
        lock (world.Gate)
        {
            EcsCall read = CallOf(world, call);
            Scheduler.Work(world, read.Region);   // what would have happened since the last call, which is kept whatever the call itself does
            JsonObject answer = handler(read);
            world.Keep();
            return answer;
        }
    }
}

/// <summary>A call of an ECS operation, and what nearly all of them read of it.</summary>
internal sealed record EcsCall(EcsWorld World, EcsRegion Region, string Operation, JsonArguments Input)
{
    /// <summary>The cluster that the call names by name or ARN; <c>default</c> when it names none.</summary>
    public EcsCluster Cluster() =>
        Region.Clusters.GetValueOrDefault(NameIn(Input.Text("cluster") ?? "default")) ?? throw new ApiError("ClusterNotFoundException", "Cluster not found.");

    public EcsService Service(string member) =>
        Cluster().Services.GetValueOrDefault(NameIn(Input.RequiredText(member))) ?? throw new ApiError("ServiceNotFoundException", "Service not found.");

    /// <summary>The task definition that a text means: an ARN, <c>family:revision</c>, or a family's newest.</summary>
    public TaskDefinition? FindTaskDefinition(string text)
    {
        string[] parts = NameIn(text).Split(':');
        return Region.TaskDefinitions.LastOrDefault(t => t.Family == parts[0] && (parts.Length == 1 || (parts.Length == 2 && t.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) == parts[1])));
    }

    /// <summary>A page of ARNs, in their order; a token is the last ARN given.</summary>
    public JsonObject Page(string member, IEnumerable<string> arns, int limit, int usual)
    {
        string? after = Input.Text("nextToken");
        int size = (int)(Input.Number("maxResults", 1, limit) ?? usual);
        List<string> rest = [.. arns.Order(StringComparer.Ordinal).Where(a => after is null || string.CompareOrdinal(a, after) > 0)];
        return Answer.Of((member, rest.Take(size).Array()), ("nextToken", rest.Count > size ? rest[size - 1] : null));
    }

    /// <summary>The name in an ARN, or the name itself.</summary>
    public static string NameIn(string text) => text[(text.LastIndexOf('/') + 1)..];
}

using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Amazon ECS, as far as a deployment by image needs it: the table of its operations.</summary>
internal sealed class EcsApi(EcsWorld world) : JsonTable<EcsCall>(s_operations)
{
    private static readonly Dictionary<string, Func<EcsCall, JsonObject>> s_operations = new(StringComparer.Ordinal)
    {
        ["CreateCluster"] = ServiceOperations.CreateCluster,
        ["ListClusters"] = ServiceOperations.ListClusters,
        ["ListServices"] = ServiceOperations.ListServices,
        ["CreateService"] = ServiceOperations.Create,
        ["UpdateService"] = ServiceOperations.Update,
        ["DescribeServices"] = ServiceOperations.Describe,
        ["RegisterTaskDefinition"] = TaskDefinitionOperations.Register,
        ["DescribeTaskDefinition"] = TaskDefinitionOperations.Describe,
        ["ListTasks"] = TaskOperations.List,
        ["DescribeTasks"] = TaskOperations.Describe,
    };

    public override string Name => "ecs";

    public override string TargetPrefix => "AmazonEC2ContainerServiceV20141113";

    public override IEnumerable<Need>? Needs(JsonCall call) => EcsNeeds.Of(call, world.Ecr.Info.RegistryId);

    protected override JsonObject Run(Func<EcsCall, JsonObject> operation, JsonCall call)
    {
        lock (world.Gate)
        {
            EcsRegion region = world.Region(call.Caller.Region);
            Scheduler.Work(world, region);   // what would have happened since the last call
            JsonObject answer = operation(new(world, region, call.Input));
            world.Keep();
            return answer;
        }
    }
}

/// <summary>A call of an ECS operation, and what nearly all of them read of it.</summary>
internal sealed record EcsCall(EcsWorld World, EcsRegion Region, JsonArguments Input)
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

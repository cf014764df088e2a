using JwtPizza.Ecr.Sandbox.Enforcement;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>
/// On which resource an operation of ECS needs its permission:
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
/// </summary>
internal static class EcsNeeds
{
    public static IEnumerable<Need> OfAll(EcsCall call) => [On(call, "*")];

    public static IEnumerable<Need> OfCluster(EcsCall call) => [On(call, Cluster(call, call.Input.RequiredText("cluster")))];

    public static IEnumerable<Need> OfClusters(EcsCall call) =>
        (call.Input.Texts("clusters", 0, int.MaxValue) ?? ["default"]).Select(c => On(call, Cluster(call, c)));

    public static IEnumerable<Need> OfArn(EcsCall call) => [On(call, call.Input.RequiredText("resourceArn"))];

    public static IEnumerable<Need> OfTask(EcsCall call) => [Within(call, "task", call.Input.RequiredText("task"))];

    public static IEnumerable<Need> OfRun(EcsCall call) =>
        [On(call,
            call.FindTaskDefinition(call.Input.RequiredText("taskDefinition"))?.Arn
                ?? call.Region.Arn($"task-definition/{EcsCall.NameIn(call.Input.RequiredText("taskDefinition"))}"))];

    public static IEnumerable<Need> OfNewService(EcsCall call) => [Within(call, "service", call.Input.RequiredText("serviceName"))];

    public static IEnumerable<Need> OfService(EcsCall call) => [Within(call, "service", call.Input.RequiredText("service"))];

    public static IEnumerable<Need> OfServices(EcsCall call) =>
        (call.Input.Texts("services", 0, int.MaxValue) ?? ["*"]).Select(s => Within(call, "service", s));

    public static IEnumerable<Need> OfTasks(EcsCall call) =>
        (call.Input.Texts("tasks", 0, int.MaxValue) ?? ["*"]).Select(t => Within(call, "task", t));

    /// <summary>Who hands a role to a task must be allowed to pass it.</summary>
    public static IEnumerable<Need> OfRegistration(EcsCall call) => OfAll(call).Concat(
        from member in (string[])["taskRoleArn", "executionRoleArn"]
        let role = call.Input.Text(member)
        where role is not null
        select new Need("iam:PassRole",
            Arn.IsMeant(role) ? role : $"{Arn.OfIam(call.Region.Partition.Name, call.Region.AccountId, $"role/{role}")}")
        {
            Context = new Dictionary<string, string[]> { ["iam:PassedToService"] = ["ecs-tasks.amazonaws.com"] },
        });

    private static string Cluster(EcsCall call, string text) => call.Region.Arn($"cluster/{EcsCall.NameIn(text)}");

    private static Need Within(EcsCall call, string kind, string text) =>
        On(call, call.Region.Arn($"{kind}/{EcsCall.NameIn(call.Input.Text("cluster") ?? "default")}/{EcsCall.NameIn(text)}"));

    private static Need On(EcsCall call, string resource) => new("ecs:" + call.Operation, resource);
}

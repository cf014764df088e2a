using System.Collections.Frozen;
using JwtPizza.Ecr.Sandbox.Ecs;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>
/// Which permission each operation of ECS needs, on which resource:
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
/// </summary>
internal static class EcsNeeds
{
    private static readonly FrozenDictionary<string, Func<JsonArguments, IEnumerable<string>>> s_table = new Dictionary<string, Func<JsonArguments, IEnumerable<string>>>
    {
        ["CreateCluster"] = _ => ["*"],
        ["RegisterTaskDefinition"] = _ => ["*"],
        ["DescribeTaskDefinition"] = _ => ["*"],
        ["ListClusters"] = _ => ["*"],
        ["ListServices"] = _ => ["*"],
        ["ListTasks"] = _ => ["*"],
        ["CreateService"] = input => [Within(input, "service", input.RequiredText("serviceName"))],
        ["UpdateService"] = input => [Within(input, "service", input.RequiredText("service"))],
        ["DescribeServices"] = input => (input.Texts("services", 0, int.MaxValue) ?? ["*"]).Select(s => Within(input, "service", s)),
        ["DescribeTasks"] = input => (input.Texts("tasks", 0, int.MaxValue) ?? ["*"]).Select(t => Within(input, "task", t)),
    }.ToFrozenDictionary();

    /// <summary>What a call needs; null for an operation that is not in the table.</summary>
    public static IEnumerable<Need>? Of(JsonCall call, string accountId)
    {
        if (s_table.GetValueOrDefault(call.Operation) is not { } resources) return null;
        string prefix = $"arn:{Partition.Of(call.Caller.Region)}:ecs:{call.Caller.Region}:{accountId}:";
        return resources(call.Input).Select(r => new Need("ecs:" + call.Operation, r == "*" ? r : prefix + r)).Concat(PassedRoles(call, accountId));
    }

    private static string Within(JsonArguments input, string kind, string text) => $"{kind}/{EcsCall.NameIn(input.Text("cluster") ?? "default")}/{EcsCall.NameIn(text)}";

    /// <summary>Who hands a role to a task must be allowed to pass it.</summary>
    private static IEnumerable<Need> PassedRoles(JsonCall call, string accountId) =>
        from member in call.Operation == "RegisterTaskDefinition" ? (string[])["taskRoleArn", "executionRoleArn"] : []
        let role = call.Input.Text(member)
        where role is not null
        select new Need("iam:PassRole", role.StartsWith("arn:", StringComparison.Ordinal) ? role : $"arn:{Partition.Of(call.Caller.Region)}:iam::{accountId}:role/{role}")
        {
            Context = new Dictionary<string, string[]> { ["iam:PassedToService"] = ["ecs-tasks.amazonaws.com"] },
        };
}

using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>
/// The roles that AWS's services use, so far as ECR and ECS have some:
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/using-service-linked-roles.html
/// </summary>
internal static class ServiceRoleOperations
{
    private static readonly Dictionary<string, (string Role, string Policy)> s_services = new()
    {
        ["replication.ecr.amazonaws.com"] = ("AWSServiceRoleForECRReplication", "ECRReplicationServiceRolePolicy"),
        ["pullthroughcache.ecr.amazonaws.com"] = ("AWSServiceRoleForECRPullThroughCache", "AWSECRPullThroughCache_ServiceRolePolicy"),
        ["ecs.amazonaws.com"] = ("AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"),
        ["ecs.application-autoscaling.amazonaws.com"] =
            ("AWSServiceRoleForApplicationAutoScaling_ECSService", "AWSApplicationAutoscalingECSServicePolicy"),
    };

    public static XElement[] Create(IamCall call)
    {
        (IamAccount account, string service) = (call.Account, call.Required("AWSServiceName"));
        if (!s_services.TryGetValue(service, out (string Role, string Policy) known))
            throw IamErrors.InvalidInput(
                $"The sandbox knows no service-linked role of {service}, but of {string.Join(", ", s_services.Keys)}.");
        if (call["CustomSuffix"] is not null) throw IamErrors.InvalidInput($"Custom suffix is not allowed for {service}");
        if (account.Roles.ContainsKey(known.Role))
            throw IamErrors.InvalidInput($"Service role name {known.Role} has been taken in this account, please try a different suffix.");
        string path = $"{Role.ServicePath}{service}/";
        Role role = new()
        {
            Name = known.Role, Path = path, Id = IamAccount.NewId("AROA"), Arn = account.Arn($"role{path}{known.Role}"),
            CreatedAt = account.Now,
            TrustPolicy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"""
                + $$"""{"Service":["{{service}}"]},"Action":["sts:AssumeRole"]}]}""",
            Description = call["Description"], MaxSessionDuration = IamRules.HourInSeconds,
        };
        role.Attached.Add(account.AwsPolicyArn("aws-service-role/" + known.Policy));
        account.Roles.Add(role.Name, role);
        return [El("Role", IamXml.Summary(role))];
    }

    public static XElement[] Delete(IamCall call)
    {
        Role role = call.Role;
        if (!role.IsServiceLinked) throw IamErrors.InvalidInput($"The role with name {role.Name} is not a service-linked role.");
        call.Account.Roles.Remove(role.Name);
        string task = $"task{role.Path}{role.Name}/{Guid.NewGuid()}";
        call.Account.Deletions.Add(task);
        return [El("DeletionTaskId", task)];
    }

    public static XElement[] DeletionStatus(IamCall call)
    {
        string task = call.Required("DeletionTaskId");
        return call.Account.Deletions.Contains(task)
            ? [El("Status", "SUCCEEDED")]
            : throw IamErrors.NoSuchEntity($"The deletion task with id {task} cannot be found.");
    }
}

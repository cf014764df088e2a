using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Workflows;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>Deployments to ECS: what is sent, what is waited for, and what is said when tasks stop.</summary>
public sealed class ServiceUpdaterTests
{
    private const int Limit = 120_000;
    private const string Host = "012345678901.dkr.ecr.eu-central-1.amazonaws.com", Arn = "arn:aws:ecs:eu-central-1:012345678901:",
        Ours = "ecs-svc/1";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly ServiceUpdate s_plain = new("pizza", "api");

    private static string Service(string deployments, int running = 1, int desired = 1, string events = "") =>
        $$"""{"serviceArn":"{{Arn}}service/pizza/api","serviceName":"api","status":"ACTIVE","desiredCount":{{desired}},"runningCount":{{running}},"taskDefinition":"{{Arn}}task-definition/api:7","deployments":[{{deployments}}],"events":[{{events}}]}""";

    private static string Deployment(string id, string status, int running, string state, string reason = "") =>
        $$"""{"id":"{{id}}","status":"{{status}}","taskDefinition":"{{Arn}}task-definition/api:7","desiredCount":1,"runningCount":{{running}},"rolloutState":"{{state}}","rolloutStateReason":"{{reason}}"}""";

    private static string Task(string reason, string code = "TaskFailedToStart", string container = "", string startedBy = Ours) =>
        $$"""{"taskArn":"{{Arn}}task/pizza/0123","startedBy":"{{startedBy}}","stopCode":"{{code}}","stoppedReason":"{{reason}}","stoppedAt":1763750000,"containers":[{"name":"web","image":"{{Host}}/api:v1"{{container}}}]}""";

    private static ScriptedServer Server(Func<int, string> service, string? tasks = null, string? definition = null)
    {
        int looks = 0;
        return new((r, _) => r.Operation switch
        {
            "UpdateService" =>
                Answer.Json(
                    $$"""{"service":{{Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS") + "," + Deployment("ecs-svc/0", "ACTIVE", 1, "COMPLETED"))}}}"""),
            "DescribeServices" => Answer.Json($$"""{"services":[{{service(looks++)}}],"failures":[]}"""),
            "ListTasks" => Answer.Json($$"""{"taskArns":[{{(tasks is null ? "" : $"\"{Arn}task/pizza/0123\"")}}]}"""),
            "DescribeTasks" => Answer.Json($$"""{"tasks":[{{tasks}}],"failures":[]}"""),
            "DescribeTaskDefinition" => Answer.Json(definition ?? "{}"),
            "RegisterTaskDefinition" => Answer.Json($$"""{"taskDefinition":{"taskDefinitionArn":"{{Arn}}task-definition/api:8"} }"""),
            _ => Answer.Error("UnknownOperationException"),
        });
    }

    private static async Task<ServiceDeployment> RunAsync(
        ScriptedServer server, ServiceUpdate wanted, TimeSpan? patience = null, IProgress<ServiceProgress>? progress = null)
    {
        using AwsSession aws = Sessions.Open(server);
        ServiceUpdater updater = new(aws.Ecs, aws.Region);
        ServiceDeployment started = await updater.StartAsync(await updater.PlanAsync(wanted, Sessions.Soon), Sessions.Soon);
        return await updater.WaitAsync(started, patience ?? s_patience, progress ?? new Progress<ServiceProgress>(), Sessions.Soon);
    }

    private static void AllFit(ScriptedServer server)
    {
        if (ServiceModel.IsHere("ecs"))
            Assert.All(server.Requests, r => Assert.Empty(ServiceModel.Load("ecs").CheckInput(r.Operation, r.Text)));
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_is_redeployed_and_waited_for_until_the_old_tasks_are_gone()
    {
        await using ScriptedServer server = Server(look => look switch
        {
            0 => Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS") + "," + Deployment("ecs-svc/0", "ACTIVE", 1, "COMPLETED")),
            1 =>
                Service(Deployment(Ours, "PRIMARY", 1, "IN_PROGRESS") + "," + Deployment("ecs-svc/0", "ACTIVE", 1, "COMPLETED"),
                    running: 2),
            2 => Service(Deployment(Ours, "PRIMARY", 1, "IN_PROGRESS")),
            _ => Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED")),
        });
        ServiceDeployment done = await RunAsync(server, s_plain);
        Assert.Equal((ChangeStatus.Changed, "COMPLETED", "api:7", false, 1, 1),
            (done.Status, done.RolloutState, done.TaskDefinition, done.IsNewRevision, done.RunningCount, done.DesiredCount));
        Assert.Equal("UpdateService", server.Requests[0].Operation);   // without an image, nothing is asked before
        Assert.Equal("""{"cluster":"pizza","service":"api","forceNewDeployment":true}""", server.Requests[0].Text);
        Assert.Equal(4, server.Requests.Count(r => r.Operation == "DescribeServices"));
        AllFit(server);
    }

    [Fact(Timeout = Limit)]
    public async Task Another_image_makes_a_revision_in_which_nothing_else_changes()
    {
        const string definition = $$$"""
            {"taskDefinition":{"taskDefinitionArn":"{{{Arn}}}task-definition/api:7","family":"api","revision":7,"status":"ACTIVE","registeredAt":1763750000.1,"registeredBy":"me","compatibilities":["FARGATE"],
             "requiresAttributes":[{"name":"x"}],"requiresCompatibilities":["FARGATE"],"runtimePlatform":{"cpuArchitecture":"ARM64","operatingSystemFamily":"LINUX"},"networkMode":"awsvpc","cpu":"256","memory":"512",
             "executionRoleArn":"arn:aws:iam::012345678901:role/jwt-pizza-ecs","enableFaultInjection":false,
             "containerDefinitions":[{"name":"web","image":"{{{Host}}}/api:v1","essential":true,"environment":[{"name":"A","value":"<ü&>"}]},{"name":"side","image":"public.ecr.aws/x/y:1"}]},
             "tags":[{"key":"team","value":"a"}]}
            """;
        await using ScriptedServer server = Server(_ => Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED")), definition: definition);
        ServiceDeployment done =
            await RunAsync(server, s_plain with { ImageUri = $"{Host}/api:v2", Platforms = [Platform.Parse("linux/arm64")] });
        Assert.True(done.IsNewRevision);
        JsonObject sent = JsonNode.Parse(server.Requests.Single(r => r.Operation == "RegisterTaskDefinition").Text)!.AsObject();
        JsonObject wanted = JsonNode.Parse(definition)!["taskDefinition"]!.DeepClone().AsObject();
        foreach (string told in (string[])["taskDefinitionArn", "revision", "status", "registeredAt", "registeredBy", "compatibilities",
            "requiresAttributes"])
            wanted.Remove(told);
        wanted["tags"] = JsonNode.Parse("""[{"key":"team","value":"a"}]""");
        wanted["containerDefinitions"]![0]!["image"] = $"{Host}/api:v2";
        Assert.True(JsonNode.DeepEquals(wanted, sent), sent.ToJsonString());
        Assert.Contains("\"taskDefinition\":\"" + Arn + "task-definition/api:8\"",
            server.Requests.Single(r => r.Operation == "UpdateService").Text, StringComparison.Ordinal);
        AllFit(server);

        await using ScriptedServer same = Server(_ => Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED")), definition: definition);
        Assert.False((await RunAsync(same, s_plain with { ImageUri = $"{Host}/api:v1" })).IsNewRevision);
        Assert.DoesNotContain(same.Requests, r => r.Operation == "RegisterTaskDefinition");
    }

    [Theory(Timeout = Limit)]
    [InlineData("ARM64", "linux/amd64", "linux/arm64")]
    [InlineData("X86_64", "linux/arm64", "linux/amd64")]
    [InlineData(null, "linux/arm64", "linux/amd64")]   // Fargate's default
    public async Task An_image_for_another_processor_is_refused_before_anything_changes(string? architecture, string image, string needed)
    {
        string platform = architecture is null ? "" : $$""","runtimePlatform":{"cpuArchitecture":"{{architecture}}"}""";
        await using ScriptedServer server = Server(_ => Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED")),
            definition: $$"""{"taskDefinition":{"family":"api","requiresCompatibilities":["FARGATE"]{{platform}},"containerDefinitions":[{"name":"web","image":"x"}]} }""");
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                RunAsync(server, s_plain with { ImageUri = $"{Host}/api:v2", Platforms = [Platform.Parse(image)] }));
        Assert.Equal("ImagePlatformMismatch", e.ErrorId);
        Assert.Contains($"-Platform {needed}", e.Message, StringComparison.Ordinal);
        Assert.Contains("exec format error", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, r => r.Operation is "UpdateService" or "RegisterTaskDefinition");
    }

    [Theory]
    [InlineData("only", null, "x/other:1", "only")]
    [InlineData("aa,bb", "bb", "x/other:1", "bb")]
    [InlineData("aa,bb", "cc", "x/other:1", "ContainerNotFound")]
    [InlineData("aa,bb", null, "x/other:1", "ContainerUnclear")]
    [InlineData("aa,bb", null, "h.io/bb:2", "bb")]
    [InlineData("aa,bb", null, "h.io/bb@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "bb")]
    public void The_container_is_found_by_name_by_repository_or_by_being_alone(
        string containers, string? named, string image, string expected)
    {
        JsonObject definition =
            new() { ["containerDefinitions"] = new JsonArray(
                [.. containers.Split(',').Select(c => (JsonNode)new JsonObject { ["name"] = c, ["image"] = $"h.io/{c}:1" })]) };
        string found;
        try
        {
            TaskDefinitionCopy copy = TaskDefinitionCopy.With(new(definition, null), image, named);
            found = string.Join(',',
                copy.After["containerDefinitions"]!.AsArray().Where(c => (string)c!["image"]! == image).Select(c => (string)c!["name"]!));
        }
        catch (PizzaException e) { found = e.ErrorId; }
        Assert.Equal(expected, found);
    }

    [Theory(Timeout = Limit)]
    [InlineData("CannotPullContainerError: failed to resolve ref x: not found", "", "Get-PizzaImage")]
    [InlineData("CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'", "", "-Platform")]
    [InlineData("CannotPullContainerError: 403 Forbidden", "", "execution role")]
    [InlineData("CannotPullContainerError: dial tcp: i/o timeout", "", "NAT gateway")]
    [InlineData("CannotPullContainerError: toomanyrequests: rate limit", "", "limits the rate")]
    [InlineData("Task failed to start", ",\"reason\":\"CannotStartContainerError: exec /app: exec format error\"",
        "built for another processor")]
    public async Task What_can_only_fail_again_is_told_at_the_first_task_with_the_next_step(string reason, string container, string step)
    {
        await using ScriptedServer server =
            Server(_ => Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS")), Task(reason, container: container));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain));
        Assert.Equal("DeploymentFailed", e.ErrorId);
        Assert.Contains(step, e.Message, StringComparison.Ordinal);
        Assert.Contains("task 0123", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        AllFit(server);
    }

    [Fact(Timeout = Limit)]
    public async Task A_program_that_ends_is_given_three_chances_and_its_exit_code_is_told()
    {
        string one = Task("Essential container in task exited", "EssentialContainerExited", ",\"exitCode\":255");
        int tasks = 0;
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "UpdateService" => Answer.Json($$"""{"service":{{Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS"))}}}"""),
            "DescribeServices" => Answer.Json($$"""{"services":[{{Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS"))}}]}"""),
            "ListTasks" => Answer.Json($$"""{"taskArns":["a"]}"""),
            _ =>
                Answer.Json(
                    $$"""{"tasks":[{{string.Join(',', Enumerable.Repeat(one, ++tasks).Append(Task("old", "EssentialContainerExited", startedBy: "ecs-svc/0")).Append(Task("scaling", "ServiceSchedulerInitiated")))}}]}"""),
        });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain));
        Assert.Equal(3, tasks);
        Assert.Equal("DeploymentFailed", e.ErrorId);
        Assert.Contains("'web' ended with exit code 255", e.Message, StringComparison.Ordinal);
        Assert.Contains("exec format error", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_circuit_breaker_that_rolls_back_is_told_with_its_reason()
    {
        await using ScriptedServer server =
            Server(_ =>
                Service(
                    Deployment("ecs-svc/2", "PRIMARY", 1, "IN_PROGRESS") + ","
                        + Deployment(Ours, "ACTIVE", 0, "FAILED", "ECS deployment circuit breaker: tasks failed to start.")));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain));
        Assert.Equal("DeploymentFailed", e.ErrorId);
        Assert.Contains("circuit breaker: tasks failed to start. The service rolls back to api:7", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Somebody_elses_deployment_ends_the_waiting()
    {
        await using ScriptedServer server = Server(_ => Service(Deployment("ecs-svc/2", "PRIMARY", 0, "IN_PROGRESS")));
        Assert.Equal("DeploymentReplaced", (await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain))).ErrorId);
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_that_does_not_become_stable_is_given_up_with_its_last_event()
    {
        await using ScriptedServer server =
            Server(_ =>
                Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS"), running: 0,
                    events: """{"id":"e","createdAt":1,"message":"(service api) was unable to place a task."}"""));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain, TimeSpan.FromSeconds(1)));
        Assert.Equal("ServiceNotStable", e.ErrorId);
        Assert.Contains("unable to place a task", e.Message, StringComparison.Ordinal);
        Assert.Contains("-TimeoutSec", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_look_that_fails_in_passing_does_not_end_the_waiting()
    {
        int looks = 0;
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "UpdateService" => Answer.Json($$"""{"service":{{Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS"))}}}"""),
            _ => looks++ < 3 ? Answer.Error("ThrottlingException")
                : Answer.Json($$"""{"services":[{{Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED"))}}]}"""),
        });
        Assert.Equal("COMPLETED", (await RunAsync(server, s_plain)).RolloutState);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_the_right_to_see_tasks_the_deployments_own_words_must_do()
    {
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "UpdateService" => Answer.Json($$"""{"service":{{Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS"))}}}"""),
            "DescribeServices" =>
                Answer.Json($$"""{"services":[{{Service(Deployment(Ours, "PRIMARY", 0, "FAILED", "tasks failed to start."))}}]}"""),
            _ => Answer.Error("AccessDeniedException", "not authorized to perform: ecs:ListTasks"),
        });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain));
        Assert.Equal("DeploymentFailed", e.ErrorId);
        Assert.Contains("tasks failed to start", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("DescribeServices")]
    [InlineData("DescribeTaskDefinition")]
    [InlineData("RegisterTaskDefinition")]
    public async Task An_image_that_cannot_be_put_in_is_an_error_and_nothing_is_deployed(string denied)
    {
        await using ScriptedServer server =
            new((r,
                _) => r.Operation == denied
                    ? Answer.Error("AccessDeniedException", $"not authorized to perform: ecs:{denied}") : r.Operation switch
        {
            "DescribeServices" => Answer.Json($$"""{"services":[{{Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED"))}}]}"""),
            _ => Answer.Json("""{"taskDefinition":{"family":"api","containerDefinitions":[{"name":"web","image":"x.io/api:1"}]}}"""),
        });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain with { ImageUri = $"{Host}/api:v2" }));
        Assert.Equal(("AccessDeniedException", PizzaErrorKind.PermissionDenied), (e.ErrorId, e.Kind));
        Assert.Contains($"ecs:{denied}", e.Message, StringComparison.Ordinal);
        if (denied != "RegisterTaskDefinition")
            Assert.Contains("Grant-PizzaCiPolicy api -IncludeDeploy", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, r => r.Operation == "UpdateService");
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_whose_task_definition_is_kept_elsewhere_takes_no_image()
    {
        await using ScriptedServer server =
            new(Answer.Json($$"""{"services":[{"serviceArn":"{{Arn}}service/pizza/api","serviceName":"api","status":"ACTIVE"}]}"""));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain with { ImageUri = $"{Host}/api:v2" }));
        Assert.Equal("ImageNotDeployed", e.ErrorId);
        Assert.Contains("Nothing was changed", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("api:v2", "sha256:aa", "sha256:aa", "sha256:aa", null)]
    [InlineData("api:v2", "sha256:aa", null, "sha256:aa", null)]
    [InlineData("api:v2", "sha256:aa", "sha256:bb", "sha256:aa", "was moved to another image")]
    [InlineData("api:v2", null, "sha256:bb", null, "do not report the digest")]
    [InlineData("api:v1", "sha256:aa", null, null, "ImageNotDeployed")]
    public async Task What_runs_is_read_back_from_the_tasks(string runs, string? digest, string? pushed, string? seen, string? remark)
    {
        string container = $$"""{"name":"web","image":"{{Host}}/{{runs}}"{{(digest is null ? "" : $",\"imageDigest\":\"{digest}\"")}}}""";
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "ListTasks" => Answer.Json("""{"taskArns":["a","b"]}"""),
            _ =>
                Answer.Json(
                    $$"""{"tasks":[{"taskArn":"a","startedBy":"{{Ours}}","containers":[{{container}}]},{"taskArn":"b","startedBy":"ecs-svc/0","containers":[{"image":"other","imageDigest":"sha256:cc"}]}]}"""),
        });
        using AwsSession aws = Sessions.Open(server);
        ServiceDeployment stable = new()
        {
            Cluster = "pizza", Service = "api", ServiceArn = "", Region = aws.Region, RolloutState = "COMPLETED", TaskDefinition = "api:8",
            DeploymentId = Ours, DesiredCount = 1,
        };
        Task<(ServiceDeployment Deployment, string? Remark)> reading = new ServiceUpdater(aws.Ecs, aws.Region)
            .ReadBackAsync(stable, s_plain with { ImageUri = $"{Host}/api:v2", ImageDigest = pushed }, Sessions.Soon);
        if (remark == "ImageNotDeployed")
        {
            Assert.Equal(remark, (await Assert.ThrowsAsync<PizzaException>(() => reading)).ErrorId);
            return;
        }
        (ServiceDeployment deployment, string? said) = await reading;
        Assert.Equal(($"{Host}/api:v2", seen), (deployment.ImageUri, deployment.ImageDigest));
        if (remark is null) Assert.Null(said);
        else Assert.Contains(remark, said, StringComparison.Ordinal);
        AllFit(server);
    }

    [Fact(Timeout = Limit)]
    public async Task Without_the_right_to_see_tasks_no_image_is_told()
    {
        await using ScriptedServer server = new(Answer.Error("AccessDeniedException", "not authorized to perform: ecs:ListTasks"));
        using AwsSession aws = Sessions.Open(server);
        ServiceDeployment stable = new()
        {
            Cluster = "pizza", Service = "api", ServiceArn = "", Region = aws.Region, RolloutState = "COMPLETED", TaskDefinition = "api:8",
            DeploymentId = Ours, DesiredCount = 1,
        };
        (ServiceDeployment deployment, string? said) = await new ServiceUpdater(aws.Ecs, aws.Region)
            .ReadBackAsync(stable, s_plain with { ImageUri = $"{Host}/api:v2" }, Sessions.Soon);
        Assert.Null(deployment.ImageUri);
        Assert.Contains("ecs:ListTasks", said, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("(service api) was unable to place a task. Reason: CannotPullContainerError: failed to resolve ref x: not found.", 1, 0,
        "Get-PizzaImage")]
    [InlineData("(service api) was unable to place a task. Reason: nothing special.", 1, 3,
        "3 tasks have failed so far. The service reports: (service api) was unable to place a task")]
    public async Task Without_the_right_to_see_tasks_the_services_events_tell_of_an_image_that_is_missing(
        string message, int created, int failed, string says)
    {
        string ours = Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS")
            .Replace("\"runningCount\"", $"\"createdAt\":1763750000,\"failedTasks\":{failed},\"runningCount\"", StringComparison.Ordinal);
        string old = """{"id":"d","createdAt":1763749999,"message":"CannotPullContainerError: of the deployment before"}""";
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "UpdateService" => Answer.Json($$"""{"service":{{Service(ours)}}}"""),
            "DescribeServices" =>
                Answer.Json(
                    $$"""{"services":[{{Service(ours, events: $$"""{"id":"e","createdAt":{{1763750000 + created}},"message":"{{message}}"},{{old}}""")}}]}"""),
            _ => Answer.Error("AccessDeniedException", "not authorized to perform: ecs:ListTasks"),
        });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain));
        Assert.Equal("DeploymentFailed", e.ErrorId);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("of the deployment before", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("ClusterNotFoundException", "-Cluster")]
    [InlineData("ServiceNotFoundException", "-Service")]
    [InlineData("ServiceNotActiveException", "no active service")]
    public async Task What_is_missing_is_named_with_the_next_step(string code, string step)
    {
        await using ScriptedServer server = new(Answer.Error(code, "not found."));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain));
        Assert.Equal((code, PizzaErrorKind.NotFound), (e.ErrorId, e.Kind));
        Assert.Contains(step, e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_revision_that_was_registered_in_vain_is_told()
    {
        await using ScriptedServer server = new((r, _) => r.Operation switch
        {
            "DescribeServices" => Answer.Json($$"""{"services":[{{Service(Deployment(Ours, "PRIMARY", 1, "COMPLETED"))}}]}"""),
            "DescribeTaskDefinition" =>
                Answer.Json("""{"taskDefinition":{"family":"api","containerDefinitions":[{"name":"web","image":"x.io/api:1"}]}}"""),
            "RegisterTaskDefinition" => Answer.Json($$"""{"taskDefinition":{"taskDefinitionArn":"{{Arn}}task-definition/api:8"} }"""),
            _ => Answer.Error("AccessDeniedException", "not authorized to perform: ecs:UpdateService"),
        });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(server, s_plain with { ImageUri = "x.io/api:2" }));
        Assert.Equal("AccessDeniedException", e.ErrorId);
        Assert.Contains("ecs:UpdateService", e.Message, StringComparison.Ordinal);
        Assert.Contains("revision api:8", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancelling_ends_the_waiting_promptly()
    {
        await using ScriptedServer server = Server(_ => Service(Deployment(Ours, "PRIMARY", 0, "IN_PROGRESS")));
        using AwsSession aws = Sessions.Open(server);
        ServiceUpdater updater = new(aws.Ecs, aws.Region);
        ServiceDeployment started = await updater.StartAsync(await updater.PlanAsync(s_plain, Sessions.Soon), Sessions.Soon);
        using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            updater.WaitAsync(started, TimeSpan.FromHours(1), new Progress<ServiceProgress>(), cancel.Token)
                .WaitAsync(Hang.Limit, Sessions.Soon));
    }
}

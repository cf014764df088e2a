using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>ECS: an image is redeployed and becomes stable, or does not, for a reason that is told.</summary>
public sealed class EcsTests : IAsyncDisposable
{
    private const string Name = "jwt-pizza-service";
    private readonly TestSandbox _sandbox = new();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_forced_deployment_takes_the_new_image_and_replaces_the_old_tasks()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, Name);
        Digest first = await client.PushImage("one");
        await Stable();
        string old = await OnlyTask(first);
        Digest second = await client.PushImage("two");
        JsonNode updated = (await Ecs("UpdateService", new { cluster = Name, service = Name, forceNewDeployment = true }))["service"]!;
        Assert.Equal(["PRIMARY IN_PROGRESS 0", "ACTIVE COMPLETED 1"], Deployments(updated));
        Assert.Equal(["PRIMARY COMPLETED 1"], Deployments(await Stable()));
        await OnlyTask(second);
        JsonNode stopped = (await Ecs("DescribeTasks", new { cluster = Name, tasks = new[] { old } }))["tasks"]![0]!;
        Assert.Equal(("STOPPED", "ServiceSchedulerInitiated"), ((string)stopped["lastStatus"]!, (string)stopped["stopCode"]!));
        JsonNode pulled =
            (await _sandbox.Ecr("DescribeImages", new { repositoryName = Name,
                imageIds = new[] { new { imageTag = "latest" } } }))["imageDetails"]![0]!;
        Assert.NotNull(pulled["lastRecordedPullTime"]);
    }

    [Fact]
    public async Task Without_its_image_the_service_waits_and_starts_as_soon_as_the_image_is_there()
    {
        JsonNode service = await Service();
        Assert.Equal(["PRIMARY IN_PROGRESS 0"], Deployments(service));
        Assert.EndsWith(
            $"failed to resolve ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/{Name}:latest: " +
            $"123456789012.dkr.ecr.us-east-1.amazonaws.com/{Name}:latest: not found", await FailedTask(), StringComparison.Ordinal);
        await (await RegistryClient.Open(_sandbox, Name)).PushImage("one");
        await Stable();
    }

    [Fact]
    public async Task An_image_for_another_platform_is_not_pulled_and_the_old_task_goes_on()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, Name);
        Digest good = await client.PushImage("one");
        await Stable();
        await client.PushImage("two", architecture: "amd64");
        await Ecs("UpdateService", new { cluster = Name, service = Name, forceNewDeployment = true });
        Assert.Equal(["PRIMARY IN_PROGRESS 0", "ACTIVE COMPLETED 1"], Deployments(await Service()));
        Assert.Equal(
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): " +
            "image Manifest does not contain descriptor matching platform 'linux/arm64'", await FailedTask());
        await OnlyTask(good);
        for (int i = 0; i < 3; i++) await Service();
        Assert.Single(await Tasks("STOPPED"));   // one try a minute
        _sandbox.Box.Advance(TimeSpan.FromMinutes(2));
        await Service();
        Assert.Equal(2, (await Tasks("STOPPED")).Length);
    }

    [Theory]
    [InlineData("arm64", "amd64", true)]
    [InlineData("amd64", "386", false)]
    public async Task Of_an_index_the_image_for_the_platform_is_what_counts(string one, string two, bool runs)
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, Name);
        Digest index = await client.PushIndex("latest", await client.PushImage("one", "@", one), await client.PushImage("two", "@", two));
        if (runs)
        {
            await Stable();
            await OnlyTask(index);
        }
        else Assert.Contains("does not contain descriptor matching platform 'linux/arm64'", await FailedTask(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_circuit_breaker_fails_a_deployment_and_rolls_back()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox, Name);
        await client.PushImage("one");
        await Stable();
        JsonNode definition = await Register("nowhere:v1");
        await Ecs("UpdateService", new
        {
            cluster = Name, service = Name, taskDefinition = (string)definition["taskDefinitionArn"]!,
            deploymentConfiguration = new { deploymentCircuitBreaker = new { enable = true, rollback = true } },
        });
        JsonNode failed = await Service();
        Assert.Equal(["PRIMARY IN_PROGRESS 0", "ACTIVE FAILED 0", "ACTIVE COMPLETED 1"], Deployments(failed));
        Assert.Equal(3, (int)failed["deployments"]![1]!["failedTasks"]!);
        Assert.EndsWith(Name + ":1", (string)(await Stable())["taskDefinition"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_ones_own_is_made_scaled_and_listed()
    {
        await Ecs("CreateCluster", new { clusterName = "mine" });
        RegistryClient client = await RegistryClient.Open(_sandbox, "api");
        await client.PushImage("one", "v1", "amd64");
        JsonNode definition = await Register($"{_sandbox.Info.RegistryHost}/api:v1", "api");
        await Ecs("CreateService", new { cluster = "mine", serviceName = "api", taskDefinition = "api", desiredCount = 3,
            launchType = "FARGATE", networkConfiguration = new { awsvpcConfiguration = new { subnets = new[] { "subnet-1" } } } });
        Assert.Equal(3, (int)(await Service("mine", "api"))["runningCount"]!);
        JsonObject page = await Ecs("ListTasks", new { cluster = "mine", serviceName = "api", maxResults = 2 });
        Assert.Equal(2, page["taskArns"]!.AsArray().Count);
        Assert.Single(
            (await Ecs("ListTasks", new { cluster = "mine", maxResults = 2,
                nextToken = (string)page["nextToken"]! }))["taskArns"]!.AsArray());
        await Ecs("UpdateService", new { cluster = "mine", service = "api", desiredCount = 1 });
        Assert.Equal(1, (int)(await Service("mine", "api"))["runningCount"]!);
        JsonNode told = (await Ecs("DescribeTaskDefinition", new { taskDefinition = "api:1" }))["taskDefinition"]!;
        Assert.Equal(definition.ToJsonString(), told.ToJsonString());
        Assert.Equal(2, (int)(await Register("api:v2", "api"))["revision"]!);
        Assert.Equal(2, (int)(await Ecs("DescribeTaskDefinition", new { taskDefinition = "api" }))["taskDefinition"]!["revision"]!);
    }

    [Theory]
    [InlineData("UpdateService", """{"cluster":"nowhere","service":"jwt-pizza-service"}""", "ClusterNotFoundException")]
    [InlineData("UpdateService", """{"cluster":"jwt-pizza-service","service":"nowhere"}""", "ServiceNotFoundException")]
    [InlineData("UpdateService", """{"cluster":"jwt-pizza-service","service":"jwt-pizza-service","taskDefinition":"nowhere"}""",
        "ClientException")]
    [InlineData("UpdateService", """{"cluster":"jwt-pizza-service","service":"jwt-pizza-service","desiredCount":-1}""",
        "InvalidParameterException")]
    [InlineData("UpdateService",
        """{"cluster":"jwt-pizza-service","service":"jwt-pizza-service","volumeConfigurations":[{"name":"disk"}]}""",
        "InvalidParameterException")]
    [InlineData("UpdateService",
        """{"cluster":"jwt-pizza-service","service":"jwt-pizza-service","deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":"yes"}}}""", "SerializationException")]
    [InlineData("DescribeServices", """{"services":["jwt-pizza-service"]}""", "ClusterNotFoundException")]
    [InlineData("DescribeTaskDefinition", """{"taskDefinition":"nowhere"}""", "ClientException")]
    [InlineData("RegisterTaskDefinition", """{"family":"a b","containerDefinitions":[]}""", "ClientException")]
    [InlineData("RegisterTaskDefinition", """{"family":"a","containerDefinitions":[{"name":"a"}]}""", "ClientException")]
    [InlineData("CreateService",
        """{"cluster":"jwt-pizza-service","serviceName":"jwt-pizza-service","taskDefinition":"jwt-pizza-service"}""",
        "InvalidParameterException")]
    [InlineData("ListTasks", """{"cluster":"jwt-pizza-service","serviceName":"nowhere"}""", "ServiceNotFoundException")]
    [InlineData("RunTask", """{"cluster":"jwt-pizza-service","taskDefinition":"jwt-pizza-service"}""", "InvalidParameterException")]
    [InlineData("DeleteService", """{"cluster":"jwt-pizza-service","service":"jwt-pizza-service"}""", "InvalidParameterException")]
    [InlineData("DeleteCluster", """{"cluster":"jwt-pizza-service"}""", "ClusterContainsServicesException")]
    [InlineData("UpdateService",
        """{"cluster":"jwt-pizza-service","service":"jwt-pizza-service","deploymentController":{"type":"CODE_DEPLOY"}}""",
        "InvalidParameterException")]
    [InlineData("RegisterTaskDefinition",
        """{"family":"a","requiresCompatibilities":["FARGATE"],"networkMode":"host","cpu":"256","memory":"512","containerDefinitions":[{"name":"a","image":"b"}]}""", "ClientException")]
    [InlineData("RegisterTaskDefinition",
        """{"family":"a","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","memory":"512","containerDefinitions":[{"name":"a","image":"b"}]}""", "ClientException")]
    [InlineData("RegisterTaskDefinition",
        """{"family":"a","requiresCompatibilities":["FARGATE"],"networkMode":"awsvpc","cpu":"256","memory":"512","pidMode":"host","containerDefinitions":[{"name":"a","image":"b"}]}""", "ClientException")]
    [InlineData("TagResource", """{"resourceArn":"arn:aws:ecs:us-east-1:123456789012:cluster/nowhere","tags":[]}""",
        "ResourceNotFoundException")]
    public async Task What_ECS_would_refuse_is_refused_by_its_name(string operation, string input, string code) =>
        Assert.Equal(code, (await _sandbox.JsonError("ecs", EcsTarget, operation, JsonNode.Parse(input)!)).Code);

    [Fact]
    public async Task What_asks_for_nothing_passes_and_what_changes_nothing_here_is_kept()
    {
        JsonNode service = (await Ecs("UpdateService", new
        {
            cluster = Name, service = Name, volumeConfigurations = Array.Empty<object>(),
                serviceConnectConfiguration = new { enabled = false }, availabilityZoneRebalancing = "DISABLED",
            enableECSManagedTags = false, deploymentController = new { type = "ECS" }, propagateTags = "SERVICE",
            deploymentConfiguration = new { deploymentCircuitBreaker = new { enable = true, rollback = true } },
        }))["service"]!;
        Assert.Equal(("DISABLED", "SERVICE", "ECS", 200),
            ((string)service["availabilityZoneRebalancing"]!, (string)service["propagateTags"]!,
                (string)service["deploymentController"]!["type"]!, (int)service["deploymentConfiguration"]!["maximumPercent"]!));
        Assert.Empty(service["placementConstraints"]!.AsArray());
        JsonNode definition = (await Ecs("DescribeTaskDefinition", new { taskDefinition = Name }))["taskDefinition"]!;
        Assert.Equal("""["EC2","FARGATE"]""", definition["compatibilities"]!.ToJsonString());
        Assert.Contains("ecs.capability.task-eni", definition["requiresAttributes"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_services_and_definitions_go_as_Terraform_expects_it()
    {
        JsonNode cluster =
            (await Ecs("CreateCluster", new { clusterName = "oven",
                settings = new[] { new { name = "containerInsights", value = "enabled" } },
                tags = new[] { new { key = "a", value = "b" } } }))["cluster"]!;
        Assert.Equal("enabled",
            (string)(await Ecs("DescribeClusters", new { clusters = new[] { "oven" } }))["clusters"]![0]!["settings"]![0]!["value"]!);
        await Ecs("TagResource", new { resourceArn = (string)cluster["clusterArn"]!, tags = new[] { new { key = "c", value = "d" } } });
        await Ecs("UntagResource", new { resourceArn = (string)cluster["clusterArn"]!, tagKeys = new[] { "a" } });
        Assert.Equal("c",
            (string)Assert.Single(
                (await Ecs("ListTagsForResource", new { resourceArn = (string)cluster["clusterArn"]! }))["tags"]!.AsArray())!["key"]!);
        string definition = (string)(await Register("api", "nowhere"))["taskDefinitionArn"]!;
        await Ecs("CreateService", new { cluster = "oven", serviceName = "api", taskDefinition = definition, desiredCount = 1,
            networkConfiguration = new { awsvpcConfiguration = new { subnets = new[] { "subnet-1" } } } });
        Assert.Equal("DRAINING",
            (string)(await Ecs("DeleteService", new { cluster = "oven", service = "api", force = true }))["service"]!["status"]!);
        Assert.Equal("INACTIVE",
            (string)(await Ecs("DescribeServices", new { cluster = "oven", services = new[] { "api" } }))["services"]![0]!["status"]!);
        Assert.Empty((await Ecs("ListServices", new { cluster = "oven" }))["serviceArns"]!.AsArray());
        Assert.Equal("INACTIVE",
            (string)(await Ecs("DeregisterTaskDefinition", new { taskDefinition = definition }))["taskDefinition"]!["status"]!);
        Assert.DoesNotContain(definition, (await Ecs("ListTaskDefinitions", new { }))["taskDefinitionArns"]!.ToJsonString(),
            StringComparison.Ordinal);
        Assert.Single((await Ecs("DeleteTaskDefinitions", new { taskDefinitions = new[] { definition } }))["taskDefinitions"]!.AsArray());
        Assert.Equal("INACTIVE", (string)(await Ecs("DeleteCluster", new { cluster = "oven" }))["cluster"]!["status"]!);
        Assert.Equal("MISSING", (string)(await Ecs("DescribeClusters", new { clusters = new[] { "oven" } }))["failures"]![0]!["reason"]!);
    }

    [Fact]
    public async Task A_task_of_its_own_runs_stops_and_comes_to_its_end()
    {
        await (await RegistryClient.Open(_sandbox, Name)).PushImage("one");
        object network = new { awsvpcConfiguration = new { subnets = new[] { "subnet-1" } } };
        JsonArray tasks =
            (await Ecs("RunTask", new { cluster = Name, taskDefinition = Name, count = 2, networkConfiguration = network,
                startedBy = "me" }))["tasks"]!.AsArray();
        string[] arns = [.. tasks.Select(t => (string)t!["taskArn"]!)];
        Assert.Equal("UserInitiated",
            (string)(await Ecs("StopTask", new { cluster = Name, task = arns[0], reason = "enough" }))["task"]!["stopCode"]!);
        _sandbox.Box.Advance(TimeSpan.FromMinutes(2));
        JsonNode ended = (await Ecs("DescribeTasks", new { cluster = Name, tasks = new[] { arns[1] } }))["tasks"]![0]!;
        Assert.Equal(("STOPPED", 0, "me"),
            ((string)ended["lastStatus"]!, (int)ended["containers"]![0]!["exitCode"]!, (string)ended["startedBy"]!));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_a_failure_of_the_answer()
    {
        JsonObject answer = await Ecs("DescribeServices", new { cluster = Name, services = new[] { "nowhere" } });
        Assert.Equal("""[{"arn":"arn:aws:ecs:us-east-1:123456789012:service/jwt-pizza-service/nowhere","reason":"MISSING"}]""",
            answer["failures"]!.ToJsonString());
    }

    [Fact]
    public async Task An_empty_sandbox_has_no_service()
    {
        await using TestSandbox empty = new(new SandboxOptions { Empty = true });
        Assert.Equal("ClusterNotFoundException",
            (await empty.JsonError("ecs", EcsTarget, "DescribeServices", new { cluster = Name, services = new[] { Name } })).Code);
    }

    [Fact]
    public async Task Services_are_kept_over_a_restart()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pizza-state-");
        try
        {
            string before;
            await using (TestSandbox sandbox = new(new SandboxOptions { StatePath = folder.FullName }))
            {
                await (await RegistryClient.Open(sandbox, Name)).PushImage("one");
                before = await Described(sandbox);
                Assert.Contains("COMPLETED", before, StringComparison.Ordinal);
            }
            await using TestSandbox again = new(new SandboxOptions { StatePath = folder.FullName });
            Assert.Equal(before, await Described(again));
        }
        finally { folder.Delete(recursive: true); }

        static async Task<string> Described(TestSandbox sandbox) =>
            (await sandbox.Json("ecs", EcsTarget, "DescribeServices", new { cluster = Name, services = new[] { Name } })).ToJsonString();
    }

    [Fact]
    public async Task The_AWS_CLI_deploys_and_waits()
    {
        Digest image = await (await RegistryClient.Open(_sandbox, Name)).PushImage("one");
        await Peer.Aws(_sandbox, "ecs", "update-service", "--cluster", Name, "--service", Name, "--force-new-deployment");
        await Peer.Aws(_sandbox, "ecs", "wait", "services-stable", "--cluster", Name, "--services", Name);
        await OnlyTask(image);
    }

    [Fact]
    public async Task Boto3_registers_deploys_and_waits()
    {
        await (await RegistryClient.Open(_sandbox, Name)).PushImage("one", "v1");
        string output = await Peer.Boto3(_sandbox, """
            import boto3
            ecs = boto3.client('ecs')
            d = ecs.describe_task_definition(taskDefinition='jwt-pizza-service')['taskDefinition']
            c = d['containerDefinitions']; c[0]['image'] = c[0]['image'].replace(':latest', ':v1')
            r = ecs.register_task_definition(family=d['family'], containerDefinitions=c, runtimePlatform=d['runtimePlatform'], networkMode=d['networkMode'],
                requiresCompatibilities=d['requiresCompatibilities'], cpu=d['cpu'], memory=d['memory'])['taskDefinition']
            ecs.update_service(cluster='jwt-pizza-service', service='jwt-pizza-service', taskDefinition=r['taskDefinitionArn'])
            ecs.get_waiter('services_stable').wait(cluster='jwt-pizza-service', services=['jwt-pizza-service'])
            t = [a for p in ecs.get_paginator('list_tasks').paginate(cluster='jwt-pizza-service') for a in p['taskArns']]
            print(r['revision'], len(t), ecs.describe_tasks(cluster='jwt-pizza-service', tasks=t)['tasks'][0]['lastStatus'])
            try: ecs.update_service(cluster='nope', service='x')
            except ecs.exceptions.ClusterNotFoundException as e: print(e.response['Error']['Message'])
            """);
        Assert.Equal(["2 1 RUNNING", "Cluster not found."], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private const string EcsTarget = "AmazonEC2ContainerServiceV20141113";

    private Task<JsonObject> Ecs(string operation, object input) => _sandbox.Json("ecs", EcsTarget, operation, input);

    private async Task<JsonNode> Register(string image, string family = Name) =>
        (await Ecs("RegisterTaskDefinition", new { family, requiresCompatibilities = new[] { "FARGATE" }, networkMode = "awsvpc",
            cpu = "256", memory = "512", containerDefinitions = new[] { new { name = "main", image, memory = 512 } },
            tags = new[] { new { key = "a", value = "b" } } }))["taskDefinition"]!;

    private async Task<JsonNode> Service(string cluster = Name, string service = Name) =>
        Assert.Single((await Ecs("DescribeServices", new { cluster, services = new[] { service } }))["services"]!.AsArray())!;

    private async Task<JsonNode> Stable()
    {
        JsonNode service = await Service();
        Assert.Equal(["PRIMARY COMPLETED 1"], Deployments(service));
        Assert.Equal((1, 1), ((int)service["runningCount"]!, (int)service["desiredCount"]!));
        Assert.EndsWith("has reached a steady state.", (string)service["events"]![0]!["message"]!, StringComparison.Ordinal);
        return service;
    }

    private static string[] Deployments(JsonNode service) =>
        [.. service["deployments"]!.AsArray().Select(d => $"{d!["status"]} {d["rolloutState"]} {d["runningCount"]}")];

    private async Task<string[]> Tasks(string status) =>
        [.. (await Ecs("ListTasks", new { cluster = Name, serviceName = Name, desiredStatus = status }))["taskArns"]!.AsArray()
            .Select(t => (string)t!)];

    private async Task<string> OnlyTask(Digest image)
    {
        string arn = Assert.Single(await Tasks("RUNNING"));
        JsonNode task = (await Ecs("DescribeTasks", new { cluster = Name, tasks = new[] { arn } }))["tasks"]![0]!;
        Assert.Equal(image.Value, (string)task["containers"]![0]!["imageDigest"]!);
        return arn;
    }

    private async Task<string> FailedTask()
    {
        await Service();
        string arn = Assert.Single(await Tasks("STOPPED"));
        JsonNode task = (await Ecs("DescribeTasks", new { cluster = Name, tasks = new[] { arn } }))["tasks"]![0]!;
        Assert.Equal("TaskFailedToStart", (string)task["stopCode"]!);
        return (string)task["stoppedReason"]!;
    }
}

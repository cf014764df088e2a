using System.Text.Json.Nodes;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>
/// The published code of AWS's actions, run by node as a runner runs it. The variable PIZZA_ACTIONS names a folder with checkouts of
/// amazon-ecr-login and amazon-ecs-deploy-task-definition; nothing of them is part of the project.
/// </summary>
public sealed class ActionsPeerTests : IDisposable
{
    private const string Ecs = "AmazonEC2ContainerServiceV20141113", Name = "jwt-pizza-service";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-actions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_deploy_job_logs_in_registers_deploys_waits_and_runs_a_task()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, Name);
        await client.PushImage("one");
        await client.PushImage("two", "v2");
        string login =
            await Run(sandbox, "amazon-ecr-login", ("mask-password", "true"), ("skip-logout", "false"), ("registry-type", "private"));
        Assert.Contains("Logging into registry " + sandbox.Info.RegistryHost, login, StringComparison.Ordinal);

        JsonNode definition = (await sandbox.Json("ecs", Ecs, "DescribeTaskDefinition", new { taskDefinition = Name }))["taskDefinition"]!;
        definition["containerDefinitions"]![0]!["image"] =
            ((string)definition["containerDefinitions"]![0]!["image"]!).Replace(":latest", ":v2", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "definition.json"), definition.ToJsonString(),
            TestContext.Current.CancellationToken);
        await Run(sandbox, "amazon-ecs-deploy-task-definition", ("task-definition", "definition.json"), ("cluster", Name),
            ("service", Name), ("wait-for-service-stability", "true"));
        JsonNode service =
            (await sandbox.Json("ecs", Ecs, "DescribeServices", new { cluster = Name, services = new[] { Name } }))["services"]![0]!;
        Assert.EndsWith(Name + ":2", (string)service["taskDefinition"]!, StringComparison.Ordinal);
        Assert.Equal((1, "COMPLETED"), ((int)service["runningCount"]!, (string)service["deployments"]![0]!["rolloutState"]!));

        await Run(sandbox, "amazon-ecs-deploy-task-definition", ("task-definition", "definition.json"), ("cluster", Name),
            ("run-task", "true"), ("run-task-launch-type", "FARGATE"),
            ("run-task-subnets", "subnet-1"), ("run-task-security-groups", "sg-1"));
        Assert.Contains(sandbox.Box.Calls, c => c is { Service: "ecs", Operation: "RunTask", Status: 200 });
    }

    private async Task<string> Run(TestSandbox sandbox, string action, params (string Name, string Value)[] inputs)
    {
        string? script = Environment.GetEnvironmentVariable("PIZZA_ACTIONS") is { Length: > 0 } folder
            ? Path.Combine(folder, action, "dist", "index.js") : null;
        Assert.SkipUnless(File.Exists(script), $"PIZZA_ACTIONS names no folder with {action}.");
        Assert.SkipUnless(await Peer.Succeeds("node", "--version"), "Node is not on this machine.");
        Dictionary<string, string> environment = new(sandbox.Info.EnvironmentVariables)
        {
            ["HOME"] = _folder.FullName, ["USERPROFILE"] = _folder.FullName, ["RUNNER_TEMP"] = _folder.FullName,
            ["GITHUB_WORKSPACE"] = _folder.FullName, ["NO_PROXY"] = "127.0.0.1,localhost",
        };
        foreach (string file in new[] { "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_ENV" })
            await File.WriteAllTextAsync(environment[file] = Path.Combine(_folder.FullName, file), "");
        foreach ((string name, string value) in inputs) environment["INPUT_" + name.ToUpperInvariant()] = value;
        (int exit, string output, string errors) = await Peer.RunAsync("node", [script!], environment, TimeSpan.FromMinutes(5));
        Assert.True(exit == 0, $"{action}: {exit}\n{output}\n{errors}");
        return output;
    }
}

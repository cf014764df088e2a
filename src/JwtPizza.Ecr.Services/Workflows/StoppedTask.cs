using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Why a task stopped, and what to do about it. The texts of ECS:
/// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html</summary>
internal static class StoppedTask
{
    private const string WrongPlatform = "does not contain descriptor matching platform", ExecFormat = "exec format error";

    // A kernel that cannot execute a file of another processor, as the container runtime passes it on.
    private const int CannotExecute = 255;

    /// <summary>Whether the next task is bound to meet the same end.</summary>
    public static bool IsForGood(EcsTask task) => IsForGood(Text(task));

    /// <summary>Whether these words of ECS are of something that the next task is bound to meet as well.</summary>
    public static bool IsForGood(string text) =>
        text.Contains("CannotPullContainerError", StringComparison.Ordinal) || Has(text, WrongPlatform) || Has(text, ExecFormat);

    /// <summary>Task, reason, containers, and the next step.</summary>
    public static string Explain(EcsTask task)
    {
        IEnumerable<string> containers = from container in task.Containers
                                         let reason = container.Reason?.TrimEnd('.') is { Length: > 0 } text
                                             && text != task.StoppedReason?.TrimEnd('.') ? text : null
                                         where container.ExitCode is not null || reason is not null
                                         let ended = container.ExitCode is { } code ? $" ended with exit code {code}" : ""
                                         select $"container '{container.Name}'{ended}{(reason is null ? "" : $": {reason}")}";
        string what = string.Join("; ", containers.Prepend(task.StoppedReason?.TrimEnd('.')).Where(t => !string.IsNullOrEmpty(t)));
        if (what.Length == 0) what = task.StopCode ?? "";
        return $"The task {Arn.NameIn(task.TaskArn)} stopped: {what}. {Next(task)}".TrimEnd();
    }

    /// <summary>What to do about these words of ECS; empty when only the container's log can tell.</summary>
    /// <param name="text">The words.</param>
    /// <param name="image">The image.</param>
    public static string Next(string text, string image)
    {
        if (Has(text, ExecFormat) || Has(text, WrongPlatform))
            return $"{image} is built for another processor than the task definition's runtimePlatform: " +
                "publish it with Publish-PizzaImage -Platform (linux/arm64 for ARM64, linux/amd64 for X86_64), or change the " +
                "runtimePlatform.";
        if (text.Contains("CannotPullContainerError", StringComparison.Ordinal)) return PullAdvice(text, image);
        if (text.Contains("ResourceInitializationError", StringComparison.Ordinal))
            return "The task could not reach what it needs to start. Check its subnets, security groups, NAT or VPC endpoints, and " +
                "the secrets and the execution role of the task definition.";
        return text.Contains("OutOfMemory", StringComparison.OrdinalIgnoreCase)
            ? "The container needed more memory than the task definition allows. Increase its memory." : "";
    }

    private static string Next(EcsTask task)
    {
        if (Next(Text(task), task.Containers.FirstOrDefault(c => c.Image is not null)?.Image ?? "the image") is { Length: > 0 } next)
            return next;
        if (task.Containers.Any(c => c.ExitCode == CannotExecute))
            return $"An exit code of 255 right after the start is often '{ExecFormat}': " +
                "the image is built for another processor than the task's runtimePlatform. " +
                "The container's log shows (with the awslogs driver, in CloudWatch).";
        return task.Containers.Any(c => c.ExitCode is not null)
            ? "The container's log shows why (with the awslogs driver, in CloudWatch)." : "";
    }

    private static string PullAdvice(string text, string image) => text switch
    {
        _ when Has(text, "not found") =>
            $"The image does not exist. List the images of the repository with Get-PizzaImage, and publish {image}, or name another with " +
            "-ImageUri.",
        _ when Has(text, "403") || Has(text, "AccessDenied") || Has(text, "not authorized") || Has(text, "no basic auth") =>
            $"The task is not allowed to pull {image}: its execution role needs ecr:GetAuthorizationToken, ecr:BatchGetImage and " +
            "ecr:GetDownloadUrlForLayer, and for a repository of another account that account's repository policy must allow it.",
        _ when Has(text, "timeout") || Has(text, "i/o timeout") || Has(text, "deadline exceeded") || Has(text, "connection refused") =>
            "The task cannot reach the registry: it needs a public IP address, a NAT gateway, or VPC endpoints for ecr.api, ecr.dkr and " +
            "S3.",
        _ when Has(text, "toomanyrequests") || Has(text, "rate limit") =>
            "The registry limits the rate of pulls: keep the image in ECR, for example with a pull-through cache.",
        _ when Has(text, "no space left") => "The task's disk is full: give it more ephemeralStorage, or make the image smaller.",
        _ => $"The image {image} cannot be pulled.",
    };

    private static string Text(EcsTask task) => string.Join('\n', task.Containers.Select(c => c.Reason).Prepend(task.StoppedReason));

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}

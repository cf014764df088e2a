using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Starts a local ECR, IAM, STS, and container registry, for learning and for testing scripts.</summary>
/// <remarks>
/// <para>The sandbox needs no AWS account and no network. A real docker push works with it, and so do the AWS CLI, boto3, and Terraform.
/// The EnvironmentVariables property of the output configures them to call the sandbox. The sandbox listens on this machine only.</para>
/// <para>While the sandbox runs, every Pizza cmdlet of this PowerShell process calls it instead of AWS, unless you specify -EndpointUrl.
/// This also applies to -ProfileName, so that no call goes to AWS by mistake; -AllowAws changes that. The sandbox ends with
/// Stop-PizzaSandbox, with Remove-Module, or with the process. Its contents are deleted then, unless -StatePath keeps them.</para>
/// <para>The sandbox starts with the role github-ci and the policy jwt-pizza-ci-deployment, as the course leaves them before the exercise.
/// It also contains the ECS service jwt-pizza-service, which runs the image latest of the repository jwt-pizza-service as soon as it is
/// pushed. If a sandbox already runs, the cmdlet returns it.</para>
/// <para>Each region has its own repositories, but all regions share one registry host. The token with which docker logs in determines the
/// region.</para>
/// <para>With -Enforce, calls and docker pushes can do only what the caller's policies allow. You see the AccessDenied error that your CI
/// role would get (see New-PizzaSandboxToken). Access keys created in IAM act as their user, and the sandbox's own keys act as an
/// administrator. Unknown keys are rejected.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Start-PizzaSandbox; New-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist; Stop-PizzaSandbox</code>
/// Builds an image and pushes it to the sandbox's registry.
/// </example>
/// <example needs="the AWS CLI">
/// <code>Start-PizzaSandbox -SetEnvironment; aws ecr describe-repositories; Stop-PizzaSandbox</code>
/// Configures the AWS CLI of this session to call the sandbox.
/// </example>
[Cmdlet(VerbsLifecycle.Start, "PizzaSandbox", SupportsShouldProcess = true)]
[OutputType(typeof(SandboxInfo))]
public sealed class StartPizzaSandboxCommand : PizzaCmdlet
{
    /// <summary>Specifies the port on 127.0.0.1 and localhost. The default is a free port.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>Indicates that the sandbox starts empty: without the role github-ci, the policy jwt-pizza-ci-deployment, and the ECS
    /// service jwt-pizza-service.</summary>
    [Parameter]
    public SwitchParameter Empty { get; set; }

    /// <summary>Specifies the account that the sandbox simulates, by its 12 digits, in quotes.</summary>
    [Parameter]
    public string RegistryId { get; set; } = new SandboxOptions().RegistryId;

    /// <summary>Specifies the region of calls that name no region.</summary>
    [Parameter]
    public string Region { get; set; } = new SandboxOptions().Region;

    /// <summary>Specifies the time of the sandbox's clock at the start. The default is the real time. Step-PizzaSandbox moves the clock
    /// forward.</summary>
    [Parameter]
    public DateTimeOffset Now { get; set; }

    /// <summary>Specifies how many seconds pass until readers and STS see an IAM change. The default is 0. The real IAM guarantees no
    /// limit; a script that passes with 5 is ready for it.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public double ConsistencyDelay { get; set; }

    /// <summary>Specifies a directory that keeps everything across restarts: repositories, images, policies, roles, and credentials. The
    /// cmdlet creates the directory if it does not exist. Also specify -Port if addresses must not change. The default is to keep nothing
    /// after the sandbox stops.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatePath { get; set; }

    /// <summary>Specifies hosts of single registries, such as 123456789012.dkr.ecr.us-east-1.localhost, for which docker keeps a login
    /// each. They must resolve to this machine. The default is one host for all registries.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RegistryHost { get; set; } = [];

    /// <summary>Specifies a file with all that the sandbox holds at the start: repositories, images, policies and roles, as a GET of
    /// /_sandbox/export gave it. With -StatePath, the folder must be empty. Default: what the course leaves.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? World { get; set; }

    /// <summary>Indicates that the sandbox evaluates each call and push against the policies of the calling user or role. It denies what
    /// they do not allow, with the error messages of AWS. Without this parameter, every caller can do everything.</summary>
    [Parameter]
    public SwitchParameter Enforce { get; set; }

    /// <summary>Indicates that -ProfileName leads to AWS while the sandbox runs, for scripts that work with both. By default, it leads to
    /// the sandbox.</summary>
    [Parameter]
    public SwitchParameter AllowAws { get; set; }

    /// <summary>Sets AWS_ENDPOINT_URL, keys and region in the environment of this process, which the AWS CLI, boto3 and Terraform read.
    /// Stop-PizzaSandbox puts back what was there before.</summary>
    [Parameter]
    public SwitchParameter SetEnvironment { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (RunningSandbox.Current is null && !ShouldProcess(Port == 0 ? "a free port of 127.0.0.1" : $"127.0.0.1:{Port}", "Start sandbox"))
            return Task.CompletedTask;
        (ISandbox sandbox, bool isNew) = RunningSandbox.Start(new()
        {
            Port = Port, Empty = Empty, Enforce = Enforce, RegistryId = RegistryId, Region = Region,
            Now = IsBound(nameof(Now)) ? Now : null, ConsistencyDelay = TimeSpan.FromSeconds(ConsistencyDelay),
            StatePath = StatePath is null ? null : FilePath(StatePath), WorldPath = World is null ? null : FilePath(World),
            RegistryHosts = RegistryHost,
        }, AllowAws);
        if (!isNew) CheckIsWanted(sandbox);
        WriteVerbose(isNew
            ? $"The sandbox listens at {sandbox.Info.EndpointUrl}. Pizza cmdlets call it until Stop-PizzaSandbox."
            : $"A sandbox is already running at {sandbox.Info.EndpointUrl}, since {sandbox.Info.StartedAt.LocalDateTime:t}; " +
                "it stays as it is. For a new one, run Stop-PizzaSandbox first.");
        if (SetEnvironment) WriteVerbose($"{string.Join(", ", RunningSandbox.SetEnvironment(sandbox))} are set until Stop-PizzaSandbox.");
        WriteObject(sandbox.Info with { Status = isNew ? ChangeStatus.Created : ChangeStatus.Unchanged });
        return Task.CompletedTask;
    }

    private void CheckIsWanted(ISandbox running)
    {
        Check(nameof(Port), Port, new Uri(running.Info.EndpointUrl).Port);
        Check(nameof(RegistryId), RegistryId, running.Info.RegistryId);
        Check(nameof(Region), Region, running.Info.Region);
        Check(nameof(StatePath), StatePath is null ? null : FilePath(StatePath), running.StatePath);
        Check(nameof(World), World is null ? null : FilePath(World), running.WorldPath);
        Check(nameof(Enforce), Enforce.IsPresent, running.Info.IsEnforcing);
        Check(nameof(AllowAws), AllowAws.IsPresent, RunningSandbox.AllowsAws);
    }

    private void Check<T>(string parameter, T wanted, T? has)
    {
        if (IsBound(parameter) && !Equals(wanted, has))
            throw ErrorCatalog.SandboxRunning(
                $"A sandbox is already running, {(has is null ? $"without -{parameter}" : $"with -{parameter} {has}")} and not {wanted}. " +
                $"Run Stop-PizzaSandbox first (what it holds is lost, unless -StatePath keeps it), or leave -{parameter} out.", wanted);
    }
}

using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Starts a local ECR, IAM, STS and container registry, to learn on and to test scripts against.</summary>
/// <remarks>
/// <para>No AWS account and no network are needed. A real docker push reaches it, and so do the AWS CLI, boto3 and Terraform: the output's
/// EnvironmentVariables lead them there. It listens on this machine only.</para>
/// <para>While it runs, every Pizza cmdlet of this PowerShell process that names no -EndpointUrl calls it instead of AWS, also with
/// -ProfileName, so that nothing goes to AWS by mistake (-AllowAws changes that). It ends with Stop-PizzaSandbox, with Remove-Module, or
/// with the process, and all that it holds goes with it unless -StatePath keeps it.</para>
/// <para>It starts with the role github-ci and the policy jwt-pizza-ci-deployment, as the course leaves them before the exercise, and with
/// the ECS service jwt-pizza-service, which runs the image latest of the repository of that name as soon as it is pushed. If one runs
/// already, that one is returned.</para>
/// <para>Every region has its own repositories, all behind the one registry host: the token that docker logs in with says which region's
/// are meant.</para>
/// <para>With -Enforce, every call and every docker push may do what the policies of the caller allow and no more: you see the AccessDenied
/// that your CI role would meet (see New-PizzaSandboxToken). Access keys that IAM made are those of their user, the sandbox's own keys are
/// an administrator's, and keys that nobody was given are refused.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Start-PizzaSandbox; New-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist; Stop-PizzaSandbox</code>
/// Builds and pushes to the sandbox's registry.
/// </example>
/// <example needs="the AWS CLI">
/// <code>Start-PizzaSandbox -SetEnvironment; aws ecr describe-repositories; Stop-PizzaSandbox</code>
/// Leads the AWS CLI of this session to the sandbox.
/// </example>
[Cmdlet(VerbsLifecycle.Start, "PizzaSandbox", SupportsShouldProcess = true)]
[OutputType(typeof(SandboxInfo))]
public sealed class StartPizzaSandboxCommand : PizzaCmdlet
{
    /// <summary>The port on 127.0.0.1 and localhost. Default: a free one.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>Start with nothing in it: without the role github-ci, the policy jwt-pizza-ci-deployment and the ECS service
    /// jwt-pizza-service.</summary>
    [Parameter]
    public SwitchParameter Empty { get; set; }

    /// <summary>The account to play, 12 digits, in quotes.</summary>
    [Parameter]
    public string RegistryId { get; set; } = new SandboxOptions().RegistryId;

    /// <summary>The region of calls that name none.</summary>
    [Parameter]
    public string Region { get; set; } = new SandboxOptions().Region;

    /// <summary>What the sandbox's clock shows at the start. Default: the real time. Step-PizzaSandbox moves it on.</summary>
    [Parameter]
    public DateTimeOffset Now { get; set; }

    /// <summary>Seconds until readers and STS see a change in IAM. Default: 0. The real IAM promises no bound; a script that passes with 5
    /// is ready for it.</summary>
    [Parameter]
    [ValidateRange(0, 3600)]
    public double ConsistencyDelay { get; set; }

    /// <summary>A folder that keeps everything over a restart: repositories, images, policies, roles and credentials; made when it is not
    /// there. Give -Port as well where addresses must stay the same. Default: all goes with the sandbox.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatePath { get; set; }

    /// <summary>Specifies a file with all that the sandbox holds at the start: repositories, images, policies and roles, as a GET of
    /// /_sandbox/export gave it. With -StatePath, the folder must be empty. Default: what the course leaves.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? World { get; set; }

    /// <summary>Hold every call and every push against the policies of the user or role that makes it, and refuse in AWS's words what they
    /// do not allow. Without it, everybody may do everything.</summary>
    [Parameter]
    public SwitchParameter Enforce { get; set; }

    /// <summary>Let -ProfileName lead to AWS while the sandbox runs, for scripts that work with both. Default: it leads to the
    /// sandbox.</summary>
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
        }, AllowAws);
        if (!isNew) CheckIsWanted(sandbox);
        WriteVerbose(isNew
            ? $"The sandbox listens at {sandbox.Info.EndpointUrl}. Pizza cmdlets call it until Stop-PizzaSandbox."
            : $"A sandbox runs already, at {sandbox.Info.EndpointUrl}, since {sandbox.Info.StartedAt.LocalDateTime:t}; " +
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
                $"A sandbox runs already, {(has is null ? $"without -{parameter}" : $"with -{parameter} {has}")} and not {wanted}. " +
                $"Run Stop-PizzaSandbox first (what it holds is lost, unless -StatePath keeps it), or leave -{parameter} out.", wanted);
    }
}

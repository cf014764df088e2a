namespace JwtPizza.Ecr.Sandbox;

/// <summary>How to start a sandbox.</summary>
public sealed record SandboxOptions
{
    /// <summary>The port on 127.0.0.1 and localhost; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Start without the role <c>github-ci</c> and the policy <c>jwt-pizza-ci-deployment</c> that the course leaves.</summary>
    public bool Empty { get; init; }

    /// <summary>The account to play, 12 digits.</summary>
    public string RegistryId { get; init; } = "123456789012";

    /// <summary>The region of calls that name none.</summary>
    public string Region { get; init; } = "us-east-1";
}

/// <summary>A local ECR, IAM, STS and OCI registry, reachable from this machine only. It ends, with all that it holds, when disposed.</summary>
public sealed class EcrSandbox : IAsyncDisposable
{
    private EcrSandbox(SandboxInfo info) => Info = info;

    /// <summary>Where it listens and how to talk to it.</summary>
    public SandboxInfo Info { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="options">Port and contents.</param>
    /// <exception cref="PizzaException"><c>PortInUse</c>.</exception>
    public static EcrSandbox Start(SandboxOptions options) => throw new NotSupportedException(options.ToString());

    /// <summary>Stops listening and deletes the layers from the disk.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

namespace JwtPizza.Ecr.Sandbox;

/// <summary>How to start a sandbox.</summary>
public sealed record SandboxOptions
{
    /// <summary>The port on 127.0.0.1 and localhost; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Start without the role <c>github-ci</c>, the policy <c>jwt-pizza-ci-deployment</c> and the ECS service
    /// <c>jwt-pizza-service</c> that the course leaves.</summary>
    public bool Empty { get; init; }

    /// <summary>The account to play, 12 digits.</summary>
    public string RegistryId { get; init; } = "123456789012";

    /// <summary>The region of calls that name none.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>A folder in which everything is kept over a restart, also after the process was killed; made when it is not there. Null:
    /// all goes with the sandbox.</summary>
    public string? StatePath { get; init; }

    /// <summary>A file with all that the sandbox holds at the start and after a reset, as <see cref="EcrSandbox.Export"/> gave it. Null:
    /// what the course leaves, or nothing.</summary>
    public string? WorldPath { get; init; }

    /// <summary>How long a change in IAM stays unseen by who reads it, and by STS. The real IAM promises no bound; zero, the default, shows
    /// every change at once.</summary>
    public TimeSpan ConsistencyDelay { get; init; }

    /// <summary>How long a client may be silent in the middle of a request, until its connection is closed.</summary>
    internal TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Holds every request against the policies of who makes it. The sandbox's own keys are an administrator's; keys that nobody
    /// was given are refused.</summary>
    public bool Enforce { get; init; }

    /// <summary>What stands on this machine for the registries that are upstream of a pull-through cache, by their host (<c>quay.io</c>): a
    /// folder in the OCI layout, or the address of a registry (<c>127.0.0.1:5000</c>).</summary>
    public IReadOnlyDictionary<string, string> Upstreams { get; init; } = new Dictionary<string, string>();

    /// <summary>Hosts of single registries (<c>123456789012.dkr.ecr.us-east-1.localhost</c>), for clients that keep a login for each; they
    /// must lead to this machine.</summary>
    public IReadOnlyList<string> RegistryHosts { get; init; } = [];

    /// <summary>The time that the sandbox's clock shows when it starts; null is now, or with a state, the time it would show had it not
    /// ended.</summary>
    public DateTimeOffset? Now { get; init; }
}

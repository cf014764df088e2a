namespace JwtPizza.Ecr;

/// <summary>A running sandbox: where it listens and what a client needs to talk to it.</summary>
public sealed record SandboxInfo
{
    /// <summary>The URL of ECR, IAM and STS alike, for example <c>http://127.0.0.1:4566</c>; what AWS_ENDPOINT_URL takes.</summary>
    public required string EndpointUrl { get; init; }

    /// <summary>Host and port of the registry, as <c>docker push</c> takes it.</summary>
    public required string RegistryHost { get; init; }

    /// <summary>The account that the sandbox plays, 12 digits.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region that calls without one are taken to mean.</summary>
    public required string Region { get; init; }

    /// <summary>The access key id that the sandbox knows. Not a secret: the sandbox is reachable from this machine only.</summary>
    public required string AccessKey { get; init; }

    /// <summary>The matching secret key.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Whether calls with temporary credentials are held against the policies of their role.</summary>
    public bool IsEnforcing { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Created by Start-PizzaSandbox, Unchanged when the sandbox ran already; null when it was only read.</summary>
    public ChangeStatus? Status { get; init; }

    /// <summary>The URL of a stand-in for GitHub's REST API, which knows the numbers of every repository and the form of its subject; what
    /// GITHUB_API_URL takes.</summary>
    public string GitHubApiUrl => EndpointUrl + "/_github/api";

    /// <summary>The environment variables that lead the AWS CLI, boto3 and Terraform here.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = EndpointUrl,
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["AWS_REGION"] = Region,
        ["AWS_DEFAULT_REGION"] = Region,   // the only one that boto3 and version 1 of the AWS CLI read
    };

    /// <summary>The URL, and not the keys: a record's own text would show up where the object is taken for a name.</summary>
    public override string ToString() => EndpointUrl;
}

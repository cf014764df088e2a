namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Where to call AWS and as whom, as a cmdlet's parameters and the session's variables say it. Null means: not said.</summary>
internal sealed record AwsOptions
{
    /// <summary>The region system name.</summary>
    public string? Region { get; init; }

    /// <summary>A profile of the shared configuration files (or, on Windows, of the .NET SDK's store). One that does not exist is an
    /// error.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Access key id; needs <see cref="SecretKey"/>.</summary>
    public string? AccessKey { get; init; }

    /// <summary>Secret access key. Never shown.</summary>
    public string? SecretKey { get; init; }

    /// <summary>Session token of temporary credentials. Never shown.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The URL that replaces every AWS endpoint, for emulators.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>The session's <c>$StoredAWSCredentials</c>, an object of AWS.Tools; its type belongs to another AWSSDK.Core.</summary>
    public object? StoredCredentials { get; init; }

    /// <summary>The session's <c>$StoredAWSRegion</c>.</summary>
    public string? StoredRegion { get; init; }

    /// <summary>Told of each call.</summary>
    public ICallObserver? Observer { get; init; }

    /// <summary>Receives what a user sees with -Verbose.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Is told, from any thread, of each operation that AWS has throttled, also when the SDK sends it again.</summary>
    public Action<string>? Throttled { get; init; }

    /// <summary>Names the settings, never the secrets.</summary>
    public override string ToString() => $"Region={Region}, ProfileName={ProfileName}, AccessKey={AccessKey}, EndpointUrl={EndpointUrl}";
}

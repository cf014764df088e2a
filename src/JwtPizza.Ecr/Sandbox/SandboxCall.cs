namespace JwtPizza.Ecr;

/// <summary>A call that a client made to the sandbox. Secrets are left out: passwords, tokens, secret keys and authorization
/// headers.</summary>
public sealed record SandboxCall
{
    /// <summary>When it came, by the sandbox's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary><c>ecr</c>, <c>iam</c>, <c>sts</c> …; <c>registry</c> for what docker and its like send; <c>http</c> for what no service
    /// knows.</summary>
    public required string Service { get; init; }

    /// <summary>AWS's name of the operation, for example <c>PutImage</c>. Of the registry: <c>Ping</c>, <c>GetManifest</c>,
    /// <c>HeadManifest</c>, <c>PutManifest</c>, <c>GetBlob</c>, <c>HeadBlob</c>, <c>UploadBlob</c> and more. Method and path for what no
    /// service knows.</summary>
    public required string Operation { get; init; }

    /// <summary>The region that the call is for; null where it does not say one.</summary>
    public required string? Region { get; init; }

    /// <summary>The caller's access key id; null when the call is not signed, as those of the registry are not.</summary>
    public required string? AccessKey { get; init; }

    /// <summary>The parameters by name, as the protocol sends them; nested ones are dictionaries and arrays. At most 64 KiB of a call are
    /// kept.</summary>
    public required IReadOnlyDictionary<string, object?> Parameters { get; init; }

    /// <summary>The HTTP status of the answer; null when the connection ended without one.</summary>
    public required int? Status { get; init; }

    /// <summary>The code of the error, for example <c>RepositoryNotFoundException</c>; null when there was none.</summary>
    public required string? ErrorCode { get; init; }

    /// <summary>From the request to the beginning of the answer.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Whether the other one holds the same; lists are compared item by item.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(SandboxCall? other) => ByValue.Equal(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => ByValue.Hash(this);
}

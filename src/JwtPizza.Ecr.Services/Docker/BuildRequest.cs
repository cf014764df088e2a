namespace JwtPizza.Ecr.Services.Docker;

/// <summary>What to build, and how; all that <c>docker buildx build</c> needs but the names to push to.</summary>
internal sealed record BuildRequest
{
    /// <summary>The directory that is sent to docker (the build context), a full path.</summary>
    public required string Directory { get; init; }

    /// <summary>The Dockerfile, a full path; null is <c>Dockerfile</c> in <see cref="Directory"/>.</summary>
    public string? File { get; init; }

    /// <summary>Where relative paths in options for docker start from.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The platforms; several make one image with a manifest for each.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [Platform.Parse(Defaults.Platform)];

    /// <summary>The stage of the Dockerfile to build; null is the last one.</summary>
    public string? Target { get; init; }

    /// <summary>Values for the Dockerfile's ARG instructions; null takes the environment variable of that name.</summary>
    public IReadOnlyDictionary<string, string?> BuildArgs { get; init; } = new Dictionary<string, string?>();

    /// <summary>Secrets for <c>RUN --mount=type=secret</c>.</summary>
    public IReadOnlyList<BuildSecret> Secrets { get; init; } = [];

    /// <summary>Labels for the image.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Run every step anew.</summary>
    public bool NoCache { get; init; }

    /// <summary>Where docker may find results of earlier builds.</summary>
    public IReadOnlyList<CacheOption> CacheFrom { get; init; } = [];

    /// <summary>Where docker should leave its results for later builds.</summary>
    public IReadOnlyList<CacheOption> CacheTo { get; init; } = [];

    /// <summary>The buildx builder; null is the current one.</summary>
    public string? Builder { get; init; }

    /// <summary>Attach a provenance attestation, which makes the image an index with an untagged child.</summary>
    public bool Provenance { get; init; }
}

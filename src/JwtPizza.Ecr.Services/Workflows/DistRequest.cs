namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>What goes into a distribution, and where it goes.</summary>
internal sealed record DistRequest
{
    /// <summary>The folder to take from, a full path.</summary>
    public required string Source { get; init; }

    /// <summary>The folder to make, a full path.</summary>
    public required string Destination { get; init; }

    /// <summary>What to take, in the shell's words; null takes <c>Dockerfile</c>, <c>src/*</c> and <c>*.json</c>.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Texts to replace, by file; the files as paths from <see cref="Source"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Replacement>> Replace { get; init; } =
        new Dictionary<string, IReadOnlyList<Replacement>>();

    /// <summary>Whether to replace a folder that holds files of somebody else.</summary>
    public bool Force { get; init; }
}

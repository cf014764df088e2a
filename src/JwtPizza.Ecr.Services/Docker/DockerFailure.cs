namespace JwtPizza.Ecr.Services.Docker;

/// <summary>Which part of a build failed.</summary>
internal enum BuildSide
{
    /// <summary>docker itself, before any step.</summary>
    Engine,

    /// <summary>Fetching the image that the Dockerfile's <c># syntax=</c> line names.</summary>
    Syntax,

    /// <summary>Fetching a base image.</summary>
    Pull,

    /// <summary>A step of the Dockerfile.</summary>
    Step,

    /// <summary>Sending the image to the registry.</summary>
    Push,
}

/// <summary>A build that ended with an error, as docker told it.</summary>
internal sealed record DockerFailure
{
    public required int ExitCode { get; init; }

    /// <summary>docker's own words from <c>ERROR: </c> on.</summary>
    public required string Text { get; init; }

    /// <summary>The lines of the Dockerfile that docker points at; may be empty.</summary>
    public string Excerpt { get; init; } = "";

    /// <summary>The step that failed; null where docker names none.</summary>
    public FailedStep? Step { get; init; }

    /// <summary>The registry that we push to.</summary>
    public required string Host { get; init; }

    /// <summary>The repository that we push to, without the host.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>All words there are to look at.</summary>
    public string Words => Step is null ? Text : $"{Text}\n{Step.Error}";

    public BuildSide Side => Step?.Name switch
    {
        { } name when name.StartsWith("resolve image config for ", StringComparison.Ordinal) => BuildSide.Syntax,
        { } name
            when name.StartsWith("[internal] load metadata for", StringComparison.Ordinal)
                || name.Contains("FROM ", StringComparison.Ordinal) => BuildSide.Pull,
        { } name when name.StartsWith("exporting to ", StringComparison.Ordinal) || name.StartsWith("pushing ", StringComparison.Ordinal) =>
            BuildSide.Push,
        _ when Words.Contains("failed to push", StringComparison.Ordinal) => BuildSide.Push,
        _ when Words.Contains("failed to resolve source metadata", StringComparison.Ordinal)
            || Words.Contains("pulling from host", StringComparison.Ordinal) => BuildSide.Pull,
        not null => BuildSide.Step,
        // classic store: the digest is asked for after the push, outside any step
        _ when Text.StartsWith("ERROR: Error response from daemon:", StringComparison.Ordinal) => BuildSide.Push,
        _ => BuildSide.Engine,
    };
}

/// <summary>What to do about a failure.</summary>
internal enum NextMove
{
    /// <summary>Tell the user.</summary>
    Tell,

    /// <summary>The login was refused: try once more with a new token, then tell.</summary>
    NewToken,

    /// <summary>docker hides the registry's reason: ask ECR for it, then tell.</summary>
    AskEcr,
}

/// <summary>A failure in the user's words, and what to do before saying them.</summary>
internal sealed record DockerFault(PizzaException Error, NextMove Next);

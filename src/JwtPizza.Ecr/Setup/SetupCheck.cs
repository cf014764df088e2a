namespace JwtPizza.Ecr;

/// <summary>What was found out about one part of a set-up.</summary>
public enum SetupStatus : long
{
    /// <summary>It is as it has to be.</summary>
    Ok,

    /// <summary>It works, but something is left to be desired: a repository that never cleans itself.</summary>
    Warning,

    /// <summary>It is missing or wrong, and the way from a commit to a running image ends there.</summary>
    Failed,

    /// <summary>It cannot be seen: a right is missing, or another part must be there first.</summary>
    Unknown,
}

/// <summary>One part of what a service needs between a commit and an image that runs, and the command that puts it right.</summary>
public sealed record SetupCheck
{
    /// <summary>The part, for example <c>Trust</c>.</summary>
    public required string Check { get; init; }

    /// <summary>How it is.</summary>
    public required SetupStatus Status { get; init; }

    /// <summary>What was found.</summary>
    public required string Finding { get; init; }

    /// <summary>The command to type next; null where there is nothing to do.</summary>
    public string? NextStep { get; init; }

    /// <summary>The repository in ECR.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The role that CI assumes.</summary>
    public string? RoleName { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>The check in a line.</summary>
    public override string ToString() => $"{Check}: {Status}. {Finding}{(NextStep is null ? "" : $" Next: {NextStep}")}";
}

namespace JwtPizza.Ecr;

/// <summary>How something is not as a state file says.</summary>
public enum StateDifferenceKind : long
{
    /// <summary>The file wants it, and it is not there.</summary>
    Missing,

    /// <summary>It is there, and not as the file says.</summary>
    Different,

    /// <summary>It is there, and the file does not want it.</summary>
    Extra,
}

/// <summary>Something that is not as a state file says, and what was done about it.</summary>
public sealed record StateDifference
{
    /// <summary>Where the file says it, or would say it: <c>repositories.jwt-pizza-service.scanOnPush</c>.</summary>
    public required string Path { get; init; }

    /// <summary>How it differs.</summary>
    public required StateDifferenceKind Kind { get; init; }

    /// <summary>What is there; null for nothing.</summary>
    public string? Current { get; init; }

    /// <summary>What the file wants; null when it says nothing about it.</summary>
    public string? Wanted { get; init; }

    /// <summary>What the cmdlet did about it; null when it was only compared.</summary>
    public ChangeStatus? Status { get; init; }

    /// <summary>The place.</summary>
    public override string ToString() => Path;
}

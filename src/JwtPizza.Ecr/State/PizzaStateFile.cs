namespace JwtPizza.Ecr;

/// <summary>A state file that was written.</summary>
public sealed record PizzaStateFile
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What the cmdlet did with the file.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>How many repositories it holds.</summary>
    public int RepositoryCount { get; init; }

    /// <summary>How many roles it holds.</summary>
    public int RoleCount { get; init; }

    /// <summary>The file, so that it is one to a parameter that takes paths.</summary>
    public override string ToString() => Path;
}

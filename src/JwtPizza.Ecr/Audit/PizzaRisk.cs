namespace JwtPizza.Ecr;

/// <summary>Something in the account that lets in too many, breaks what runs, or leaves a gap; and the command that mends it.</summary>
public sealed record PizzaRisk
{
    /// <summary>How bad it is.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>The rule that found it, for example <c>OpenTrust</c>; docs/audit.md has them all.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about, for example <c>role github-ci</c> or <c>repository jwt-pizza-service</c>.</summary>
    public required string Target { get; init; }

    /// <summary>What was found.</summary>
    public required string What { get; init; }

    /// <summary>What can happen.</summary>
    public required string Why { get; init; }

    /// <summary>The command that mends it; null where no single command does, and Why says what to do.</summary>
    public string? Command { get; init; }

    /// <summary>The 12 digits of the account.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region; null for what is of IAM, which has none.</summary>
    public string? Region { get; init; }

    /// <summary>The risk in a line.</summary>
    public override string ToString() => $"{Severity} {Id} of {Target}: {What}";
}

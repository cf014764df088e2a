namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>What a workflow lacks.</summary>
/// <param name="Added">The lines to add, by the line that they come after.</param>
/// <param name="Names">What they are, by name.</param>
/// <param name="Warnings">What the user should know of what is there.</param>
internal sealed record WorkflowAddition(
    IReadOnlyDictionary<int, IReadOnlyList<string>> Added, IReadOnlyList<string> Names, IReadOnlyList<string> Warnings)
{
    /// <summary>The region that the workflow pushes to, where it says another than was asked for.</summary>
    public string? Region { get; init; }
}

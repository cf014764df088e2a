namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A workflow as it would be written.</summary>
/// <param name="Workflow">What becomes of it.</param>
/// <param name="Text">Its whole text.</param>
/// <param name="Difference">The lines that are new, with some around them.</param>
internal sealed record WorkflowPlan(PizzaWorkflow Workflow, string Text, string Difference)
{
    /// <summary>What the user should know of what is there.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The bytes to write.</summary>
    internal byte[] Content { get; init; } = [];
}

namespace JwtPizza.Ecr;

/// <summary>A workflow of GitHub Actions that builds and pushes an image, as Export-PizzaWorkflow left it.</summary>
public sealed record PizzaWorkflow
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Created when the file was written, Changed when steps or a job were added to it, Unchanged when all was there.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>What was added: steps and jobs by their names.</summary>
    public required ValueList<string> Added { get; init; }

    /// <summary>The secrets that the workflow reads; Set-PizzaWorkflowSecret sets them.</summary>
    public required ValueList<string> Secrets { get; init; }

    /// <summary>The ECR repository that it pushes to.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The region of ECR.</summary>
    public required string Region { get; init; }
}

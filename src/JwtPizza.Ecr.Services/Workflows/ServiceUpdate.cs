namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>What a caller wants to have deployed.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Service">The service.</param>
internal sealed record ServiceUpdate(string Cluster, string Service)
{
    /// <summary>The image to run; null for what the task definition names.</summary>
    public string? ImageUri { get; init; }

    /// <summary>The digest that <see cref="ImageUri"/> led to when it was pushed; null when that is not known.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>Which container of the task definition is to run it; null finds it.</summary>
    public string? Container { get; init; }

    /// <summary>What the image runs on; empty when that is not known.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];
}

/// <summary>What a <see cref="ServiceUpdate"/> comes to; nothing is sent yet.</summary>
internal sealed record ServiceUpdatePlan
{
    internal ServiceUpdatePlan(ServiceUpdate wanted, TaskDefinitionCopy? copy) => (Wanted, Copy) = (wanted, copy);

    /// <summary>What was asked for.</summary>
    public ServiceUpdate Wanted { get; }

    internal TaskDefinitionCopy? Copy { get; }

    /// <summary>The lines of the task definition that change; null when no revision is registered.</summary>
    public string? Difference => Copy is { IsChange: true } ? Copy.Difference : null;
}

/// <summary>A moment of the waiting.</summary>
/// <param name="Running">Tasks of the new deployment that run.</param>
/// <param name="Desired">Tasks that there are to be.</param>
/// <param name="Text">What goes on.</param>
internal sealed record ServiceProgress(int Running, int Desired, string Text);

using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>A permission that a request needs.</summary>
/// <param name="Action">For example <c>ecr:PutImage</c>.</param>
/// <param name="Resource">The ARN; <c>*</c> for an action that is about no resource.</param>
internal sealed record Need(string Action, string Resource)
{
    /// <summary>The registry that the resource is in, whose policies count as well; null for resources of IAM.</summary>
    public EcrRegistry? Registry { get; init; }

    /// <summary>The repository's name, where the resource is one.</summary>
    public string? Repository { get; init; }

    /// <summary>What conditions can look at in this request alone, for example <c>iam:PolicyARN</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Context { get; init; } = new Dictionary<string, string[]>();

    /// <summary>An action on a repository, whether it exists or not.</summary>
    public static Need On(EcrRegistry registry, string action, string repository) =>
        new($"{registry.Service}:{action}", registry.ArnOf(repository)) { Registry = registry, Repository = repository };
}

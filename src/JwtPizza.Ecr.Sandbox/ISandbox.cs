namespace JwtPizza.Ecr.Sandbox;

/// <summary>A sandbox that cmdlets work with: one of this process, or one that runs as a program.</summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>Where it listens and how to talk to it.</summary>
    SandboxInfo Info { get; }

    /// <summary>The folder that keeps everything over a restart, in full; null when nothing is kept.</summary>
    string? StatePath { get; }

    /// <summary>The file that it began with, in full; null when it began with what the course leaves, or with nothing.</summary>
    string? WorldPath { get; }

    /// <summary>What the sandbox's clock shows.</summary>
    DateTimeOffset Now { get; }

    /// <summary>The operations that the sandbox has, with their service before them: <c>ecr:PutImage</c>.</summary>
    IReadOnlyList<string> Operations { get; }

    /// <summary>The calls that are of some operations, oldest first.</summary>
    /// <param name="operations">Operations with <c>*</c> and <c>?</c>, and their service before them if need be: <c>iam:Get*</c>.</param>
    /// <exception cref="PizzaException"><c>UnknownOperation</c>: one that was not called, and looks like a misspelt one.</exception>
    IEnumerable<SandboxCall> CallsOf(IReadOnlyCollection<string> operations);

    /// <summary>Makes trouble for the calls of an operation, in place of what was set for it before.</summary>
    /// <param name="fault">The trouble.</param>
    /// <exception cref="PizzaException"><c>InvalidFault</c>, <c>UnknownOperation</c>.</exception>
    void SetFault(SandboxFault fault);

    /// <summary>The faults that are set, in the order in which they were, with the number of calls that each has struck.</summary>
    IReadOnlyList<StandingFault> Faults { get; }

    /// <summary>Takes faults away.</summary>
    /// <param name="operation">Those that were set for this operation; with <c>*</c> and <c>?</c>.</param>
    /// <returns>A line for each, with the number of calls that it struck.</returns>
    IReadOnlyList<string> RemoveFaults(string operation);

    /// <summary>Moves the sandbox's clock forward. Lifecycle rules do their work for each day that passes, and at the end.</summary>
    /// <param name="by">How far.</param>
    /// <returns>A line for each image that a rule expired or archived.</returns>
    IReadOnlyList<string> Advance(TimeSpan by);

    /// <summary>The token that GitHub would give to a job of a workflow, signed by the sandbox's own issuer.</summary>
    /// <param name="request">Which run of which repository.</param>
    /// <exception cref="PizzaException"><c>IncompleteIds</c>: one of the repository's numbers without the other.</exception>
    string IssueGitHubToken(GitHubTokenRequest request);

    /// <summary>The environment variables by which a job of GitHub Actions gets such a token for itself.</summary>
    /// <param name="request">Which run of which repository; the job names the audience when it asks.</param>
    IReadOnlyDictionary<string, string> ActionsVariables(GitHubTokenRequest request);

    /// <summary>Whether these are temporary credentials that the sandbox's STS gave out.</summary>
    /// <param name="accessKey">The access key id.</param>
    /// <param name="sessionToken">The session token.</param>
    bool HasIssued(string? accessKey, string? sessionToken);

    /// <summary>Tells the sandbox's GitHub the numbers of a repository: from now on it is one made after 15 July 2026, with an immutable
    /// subject.</summary>
    /// <param name="repository">The repository; without both numbers, nothing changes.</param>
    void LearnGitHubRepository(GitHubRepository repository);

    /// <summary>Whether STS would let a token assume a role of the sandbox, and if not, why.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="token">The token, as <see cref="IssueGitHubToken"/> gives it.</param>
    TrustVerdict Explain(string roleName, string token);
}

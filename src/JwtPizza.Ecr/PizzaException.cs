namespace JwtPizza.Ecr;

/// <summary>What kind of trouble a <see cref="PizzaException"/> tells of; decides the category of the PowerShell error.</summary>
public enum PizzaErrorKind : long
{
    /// <summary>The caller gave a value that breaks a rule; nothing was sent.</summary>
    InvalidArgument,

    /// <summary>A document or answer that we read is not what it must be: a trust policy with duplicate keys, a broken manifest.</summary>
    InvalidData,

    /// <summary>The repository, role, policy, file or program does not exist.</summary>
    NotFound,

    /// <summary>It already exists, and the call asked for a new one.</summary>
    AlreadyExists,

    /// <summary>The caller is known but lacks a right.</summary>
    PermissionDenied,

    /// <summary>No credentials, expired ones, or ones that the service refuses. Ends the whole pipeline: every further record would fail
    /// alike.</summary>
    Authentication,

    /// <summary>The session is set up wrongly: an unknown profile, an unknown region. Ends the whole pipeline.</summary>
    Configuration,

    /// <summary>A size or count that AWS allows would be exceeded.</summary>
    LimitExceeded,

    /// <summary>The service or registry cannot be reached, is throttling, or answers 5xx.</summary>
    Unavailable,

    /// <summary>The state of the resource does not allow the operation: an immutable tag, an AWS-managed policy, a concurrent
    /// edit.</summary>
    InvalidOperation,

    /// <summary>A program that we ran (docker, a build step) failed.</summary>
    OperationFailed,
}

/// <summary>
/// An error in the user's words: what happened, why, and what to do next. Every service of the module throws this and nothing else
/// for trouble that a user can meet.
/// </summary>
/// <param name="errorId">The AWS error code where there is one (<c>RepositoryNotFoundException</c>), else a stable id of ours
/// (<c>InvalidRepositoryName</c>). Scripts match on it.</param>
/// <param name="kind">The kind of trouble.</param>
/// <param name="message">What, why, next step. Never a secret; what a URL carries in front of its host is taken out.</param>
/// <param name="target">The name or object that the error is about.</param>
/// <param name="innerException">What the SDK, docker or the network said; left out if it holds such a URL.</param>
public sealed class PizzaException(
    string errorId, PizzaErrorKind kind, string message, object? target = null, Exception? innerException = null)
    : Exception(Printable.Of(UrlSecrets.Hide(message)),
        innerException is null || UrlSecrets.AreIn(innerException.ToString()) ? null : innerException)
{
    /// <summary>The AWS error code, or a stable id of ours.</summary>
    public string ErrorId { get; } = errorId;

    /// <summary>The kind of trouble.</summary>
    public PizzaErrorKind Kind { get; } = kind;

    /// <summary>What is wrong, one by one, where a document can break several rules at once; else empty.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The name or object that the error is about.</summary>
    public object? Target { get; } = target is string text ? UrlSecrets.Hide(text) : target;

    /// <summary>Whether the change that failed may have been carried out all the same: its answer, or that of an earlier attempt, was
    /// lost.</summary>
    internal bool MayBeDone { get => field || InnerException is PizzaException { MayBeDone: true }; set; }

    /// <summary>The same error with a sentence more: the next step of somebody who knows more.</summary>
    internal PizzaException With(string more) =>
        new(ErrorId, Kind, $"{Message} {more}", Target, InnerException) { Problems = Problems, MayBeDone = MayBeDone };

    /// <summary>The same error in words that know what was being done; this one is its cause.</summary>
    internal PizzaException As(string message, object? about = null) =>
        new(ErrorId, Kind, message, about ?? Target, this) { Problems = Problems };
}

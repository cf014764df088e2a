using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>The one table from our errors to PowerShell's. No cmdlet builds an <see cref="ErrorRecord"/>.</summary>
internal static class Errors
{
    public static ErrorRecord Record(PizzaException e, object? target = null) => new(e, e.ErrorId, Category(e.Kind), target ?? e.Target);

    /// <summary>What went wrong, if that is known: our own error, or one of the machine in our words. Null lets the exception
    /// pass.</summary>
    public static PizzaException? Known(Exception e) => e as PizzaException ?? MachineErrors.Translate(e);

    /// <summary>Whether every further record would meet the same trouble.</summary>
    public static bool EndsPipeline(PizzaException e) => e.Kind is PizzaErrorKind.Authentication or PizzaErrorKind.Configuration;

    private static ErrorCategory Category(PizzaErrorKind kind) => kind switch
    {
        PizzaErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        PizzaErrorKind.InvalidData => ErrorCategory.InvalidData,
        PizzaErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        PizzaErrorKind.AlreadyExists => ErrorCategory.ResourceExists,
        PizzaErrorKind.PermissionDenied => ErrorCategory.PermissionDenied,
        PizzaErrorKind.Authentication => ErrorCategory.AuthenticationError,
        PizzaErrorKind.Configuration => ErrorCategory.InvalidArgument,
        PizzaErrorKind.LimitExceeded => ErrorCategory.LimitsExceeded,
        PizzaErrorKind.Unavailable => ErrorCategory.ResourceUnavailable,
        PizzaErrorKind.InvalidOperation => ErrorCategory.InvalidOperation,
        PizzaErrorKind.OperationFailed => ErrorCategory.FromStdErr,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

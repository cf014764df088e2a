using System.ComponentModel;
using System.Security;
using System.Security.Authentication;
using System.Text.Json;
using System.Xml;

namespace JwtPizza.Ecr;

/// <summary>
/// What files, network and programs of this machine throw where nobody nearer knows more, in the user's words: each with an id and a next
/// step. A raw error of .NET has neither.
/// </summary>
internal static class MachineErrors
{
    /// <summary>The error to throw instead; null for what is no trouble of the machine.</summary>
    public static PizzaException? Translate(Exception e) => e switch
    {
        PizzaException or OperationCanceledException => null,
        _ when ErrorCatalog.DiskFull(null, e) is { } full => full,
        AggregateException { InnerExceptions: [var only] } => Translate(only),
        UnauthorizedAccessException or SecurityException => New("PathAccessDenied", PizzaErrorKind.PermissionDenied, e,
            "Check who can read and write there, and whether the disk is mounted read-only."),
        PathTooLongException => New("PathTooLong", PizzaErrorKind.InvalidArgument, e, "Give a shorter path."),
        FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException or FileLoadException =>
            New("PathNotFound", PizzaErrorKind.NotFound, e,
            "Check the path; a link in it can point to something that no longer exists."),
        EndOfStreamException or InvalidDataException => DataDamaged(e),
        AuthenticationException => NetworkFailed(e),
        _ when e.GetType().Namespace?.StartsWith("System.Net", StringComparison.Ordinal) == true => NetworkFailed(e),
        IOException or InternalBufferOverflowException =>
            New("InputOutputFailed", PizzaErrorKind.OperationFailed, e,
                "Check whether the disk is full or the file is in use, and run the command again."),
        Win32Exception => New("ProgramFailed", PizzaErrorKind.OperationFailed, e, "Check that the program exists and that you can run it."),
        TimeoutException =>
            New("TimedOut", PizzaErrorKind.Unavailable, e,
                "Run the command again; if it fails again, check the network and the server at that address."),
        UriFormatException => New("InvalidUrl", PizzaErrorKind.InvalidArgument, e, "Give an absolute URL, with its scheme."),
        FormatException when e.GetType().Namespace == "System.IO" => DataDamaged(e),
        JsonException or XmlException =>
            New("InvalidDocument", PizzaErrorKind.InvalidData, e, "Check the source of the document, and whether it is complete."),
        _ => null,
    };

    private static PizzaException DataDamaged(Exception e) =>
        New("DataDamaged", PizzaErrorKind.InvalidData, e, "It is truncated or damaged. Get it again.");

    private static PizzaException NetworkFailed(Exception e) => New("NetworkFailed", PizzaErrorKind.Unavailable, e,
        "Check the network and the proxy (HTTPS_PROXY, NO_PROXY), and run the command again.");

    private static PizzaException New(string id, PizzaErrorKind kind, Exception e, string next) =>
        new(id, kind, $"{e.Message.TrimEnd('.')}. {next}", null, e);
}

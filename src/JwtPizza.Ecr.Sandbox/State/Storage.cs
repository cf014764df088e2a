using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>Failures of the disk, as an error that every protocol can answer with. Left alone, they would look like a client that went
/// away.</summary>
internal static class Storage
{

    /// <summary>Does something on the disk.</summary>
    /// <exception cref="ApiError">The disk is full or broken.</exception>
    public static T Guard<T>(string where, Func<T> work)
    {
        try { return work(); }
        catch (Exception e) when (IsFailure(e)) { throw Failed(where, e); }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string where, Action work) => Guard(where, () =>
    {
        work();
        return true;
    });

    public static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException;

    public static ApiError Failed(string where, Exception e)
    {
        string folder = Path.GetDirectoryName(where) is { Length: > 0 } parent && !Directory.Exists(where) ? parent : where;
        return new("ServerException", DiskSpace.IsUsedUp(e)
            ? $"The disk of the sandbox is full: '{folder}' takes no more. Nothing of this call was kept. Free some space and call again."
            : $"The sandbox cannot write to '{folder}': {e.Message.TrimEnd('.')}. Nothing of this call was kept.", 507);
    }
}

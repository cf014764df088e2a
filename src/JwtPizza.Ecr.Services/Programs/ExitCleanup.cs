using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace JwtPizza.Ecr.Services.Programs;

/// <summary>
/// Work that has to be done before this process ends, also by SIGTERM and SIGHUP: what was registered last is done first, so that a program
/// is killed before the folder that it uses is deleted. Nothing runs after SIGKILL; what that leaves, a later process sweeps.
/// </summary>
internal sealed class ExitCleanup : IDisposable
{
    private static readonly ConcurrentDictionary<ExitCleanup, byte> s_registered = new();
    private static long s_count;

    // Not ProcessExit alone: .NET 10 no longer raises it on SIGTERM.
    // https://learn.microsoft.com/dotnet/core/compatibility/core-libraries/10.0/sigterm-signal-handler
    private static readonly IDisposable[] s_signals =
        [PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => RunAll()),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => RunAll())];

    private readonly long _order = Interlocked.Increment(ref s_count);
    private readonly Action _action;

    static ExitCleanup() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RunAll();

    private ExitCleanup(Action action) => _action = action;

    /// <summary>Whether the work is still to be done when the process ends.</summary>
    public bool IsRegistered => s_registered.ContainsKey(this);

    /// <summary>Registers work that does not throw and may run twice.</summary>
    public static ExitCleanup Register(Action action)
    {
        ExitCleanup cleanup = new(action);
        s_registered[cleanup] = 0;
        return cleanup;
    }

    /// <summary>Takes the work back: it was done, or is not wanted any more.</summary>
    public void Dispose() => s_registered.TryRemove(this, out _);

    private static void RunAll()
    {
        foreach (ExitCleanup cleanup in s_registered.Keys.OrderByDescending(c => c._order)) cleanup._action();
    }
}

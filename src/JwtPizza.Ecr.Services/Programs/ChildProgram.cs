using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace JwtPizza.Ecr.Services.Programs;

/// <summary>One run of a program: arguments as a list, and what differs from our own environment (null takes a variable away). A secret
/// goes to its input, never into an argument.</summary>
internal sealed record ProgramCall(IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
    public string? WorkingDirectory { get; init; }
    public ReadOnlyMemory<char> StandardInput { get; init; }
    public Action<string>? OnErrorLine { get; init; }
}

/// <summary>How a run ended. When <see cref="ProgramCall.OnErrorLine"/> took the lines, <see cref="Errors"/> is empty.</summary>
internal sealed record ProgramExit(int Code, string Output, string Errors);

/// <summary>A program of this machine that we run to its end.</summary>
/// <param name="name">Its name, without .exe.</param>
/// <param name="path">The file; null looks for it at each run.</param>
/// <param name="searchPath">Where to look for it; null is the PATH.</param>
internal abstract class ChildProgram(string name, string? path, string? searchPath)
{
    // The kernel has ended the tree within 8 ms in every case measured; only an unkillable child (a hung network file system) needs the
    // bound.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(700);

    /// <summary>The error when it is not on this machine: what to install, or what does without it.</summary>
    protected abstract PizzaException NotFound { get; }

    /// <summary>The error when the file is there but cannot be run.</summary>
    protected abstract PizzaException NotStartable(string file, Win32Exception inner);

    /// <summary>Runs it to its end. Cancelling kills it with all its children, and then throws.</summary>
    /// <exception cref="PizzaException"><see cref="NotFound"/>, <see cref="NotStartable"/>.</exception>
    public async Task<ProgramExit> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = Start(call);
        using ExitCleanup kill = ExitCleanup.Register(() => KillAndWait(process));   // a shell that is told to end takes the program along
        StringBuilder errors = new();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task lines = ReadLinesAsync(process, call.OnErrorLine ?? (line => errors.AppendLine(line)));
        try
        {
            await WriteAsync(process, call.StandardInput, cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(output, lines, process.WaitForExitAsync(CancellationToken.None)).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await KillAsync(process).ConfigureAwait(false);
            throw;
        }
        return new(process.ExitCode, await output.ConfigureAwait(false), errors.ToString());
    }

    private Process Start(ProgramCall call)
    {
        string file = path ?? Find();
        try
        {
            return Process.Start(Describe(file, call))!;
        }
        catch (Win32Exception e) { throw NotStartable(file, e); }
    }

    private static ProcessStartInfo Describe(string file, ProgramCall call)
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        ProcessStartInfo start = new(file, call.Arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
            WorkingDirectory = call.WorkingDirectory ?? "",
        };
        foreach ((string name, string? value) in call.Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        return start;
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<char> text, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(text, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException) { }   // it ended without reading: its exit code and words say why
    }

    private static async Task ReadLinesAsync(Process process, Action<string> take)
    {
        try
        {
            while (await process.StandardError.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line) take(line);
        }
        catch
        {
            await KillAsync(process).ConfigureAwait(false);   // nobody reads on: it would wait for ever with a full pipe
            throw;
        }
    }

    private static async Task KillAsync(Process process)
    {
        try
        {
            Kill(process);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(s_grace, CancellationToken.None).ConfigureAwait(false);
        }
        // gone already, or not to be killed: nothing more can be done
        catch (Exception e) when (e is InvalidOperationException or TimeoutException) { }
    }

    // What deletes the program's files comes after it, so it has to be gone.
    private static void KillAndWait(Process process)
    {
        Kill(process);
        try { process.WaitForExit(s_grace); }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception) { }
    }

    private static void Kill(Process process)
    {
        try { process.Kill(entireProcessTree: true); }
        // gone already, or not ours to kill
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException) { }
    }

    // Looked for by ourselves: Windows would take a program of the current directory before that of the PATH.
    private string Find()
    {
        string file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        string[] folders = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, file)).FirstOrDefault(IsProgram)
            ?? throw NotFound;
    }

    private static bool IsProgram(string file) =>
        File.Exists(file)
            && (OperatingSystem.IsWindows()
                || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}

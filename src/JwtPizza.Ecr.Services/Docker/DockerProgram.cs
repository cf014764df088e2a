using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>One run of docker: arguments as a list, and what differs from our own environment (null takes a variable away).</summary>
internal sealed record DockerCall(IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
    public string? WorkingDirectory { get; init; }
    public string? StandardInput { get; init; }
    public Action<string>? OnErrorLine { get; init; }
}

/// <summary>How a run ended. When <see cref="DockerCall.OnErrorLine"/> took the lines, <see cref="Errors"/> is empty.</summary>
internal sealed record DockerExit(int Code, string Output, string Errors);

/// <summary>The <c>docker</c> program of this machine.</summary>
/// <param name="path">The file; null looks for it at each run.</param>
/// <param name="searchPath">Where to look for it; null is the PATH.</param>
internal sealed class DockerProgram(string? path = null, string? searchPath = null)
{
    // The kernel has ended the tree within 8 ms in every case measured; only an unkillable child (a hung network file system) needs the bound.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(700);

    /// <summary>Runs docker to its end. Cancelling kills it with all its children, and then throws.</summary>
    /// <exception cref="PizzaException"><c>DockerNotFound</c>, <c>DockerNotStartable</c>.</exception>
    public async Task<DockerExit> RunAsync(DockerCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = Start(call);
        StringBuilder errors = new();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task lines = ReadLinesAsync(process, call.OnErrorLine ?? (line => errors.AppendLine(line)));
        try
        {
            await WriteAsync(process, call.StandardInput, cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(output, lines, process.WaitForExitAsync(CancellationToken.None)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await KillAsync(process).ConfigureAwait(false);
            throw;
        }
        return new(process.ExitCode, await output.ConfigureAwait(false), errors.ToString());
    }

    private Process Start(DockerCall call)
    {
        string file = path ?? Find();
        try
        {
            return Process.Start(Describe(file, call))!;
        }
        catch (Win32Exception e)
        {
            throw new PizzaException("DockerNotStartable", PizzaErrorKind.OperationFailed, $"'{file}' could not be started: {e.Message}. Check that it is docker's program and that you may run it.", file, e);
        }
    }

    private static ProcessStartInfo Describe(string file, DockerCall call)
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

    private static async Task WriteAsync(Process process, string? text, CancellationToken cancellationToken)
    {
        try
        {
            if (text is not null) await process.StandardInput.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
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
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(s_grace, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or TimeoutException) { }   // gone already, or not to be killed: nothing more can be done
    }

    // Looked for by ourselves: Windows would take a docker.exe of the current directory before that of the PATH.
    private string Find()
    {
        string[] names = OperatingSystem.IsWindows() ? ["docker.exe"] : ["docker"];
        string[] folders = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return folders.Where(Path.IsPathFullyQualified).SelectMany(folder => names, Path.Combine).FirstOrDefault(IsProgram)
            ?? throw new PizzaException("DockerNotFound", PizzaErrorKind.NotFound,
                "There is no 'docker' program on the PATH. Install Docker Desktop or Docker Engine with buildx (https://docs.docker.com/get-docker/), " +
                "or push an image that exists already with Push-PizzaImage, which needs no docker.", "docker");
    }

    private static bool IsProgram(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}

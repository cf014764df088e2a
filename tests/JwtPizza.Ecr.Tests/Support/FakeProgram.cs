namespace JwtPizza.Ecr.Tests.Support;

/// <summary>A real program in the place of another: a shell script that does what a test says, in a folder that goes with the
/// test.</summary>
internal class FakeProgram : IDisposable
{
    private readonly string _name;

    public FakeProgram(string name, string script)
    {
        _name = name;
        Assert.SkipWhen(OperatingSystem.IsWindows(), $"the stand-in for {name} is a shell script");
        File.WriteAllText(Program, $"#!/bin/sh\nhere='{Folder}'\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("pizza-test-").FullName;
    public string Program => Path.Combine(Folder, _name);

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));
    public bool Has(string file) => File.Exists(Path.Combine(Folder, file));
    public string Write(string file, string text)
    {
        string path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Waits until the program has written this file.</summary>
    public async Task<string> WaitForAsync(string file)
    {
        using CancellationTokenSource limit = new(Hang.Limit);
        while (!Has(file) || Read(file).Length == 0) await Task.Delay(5, limit.Token);
        return Read(file).Trim();
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

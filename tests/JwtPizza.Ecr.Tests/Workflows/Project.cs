namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>A project like the course's, in a folder that goes with the test.</summary>
internal sealed class Project : IDisposable
{
    public const string Config = "module.exports = { host: '127.0.0.1', user: 'root', password: 'tempdbpassword' };\n";

    private readonly string _parent = Directory.CreateTempSubdirectory("pizza-test-").FullName;

    public Project()
    {
        Write("Dockerfile", "FROM scratch\nCOPY . .\n");
        Write("package.json", "{}");
        Write("src/index.js", "start();");
        Write("src/config.js", Config);
        Write("src/routes/order.js", "order();");
        Write("src/.env", "secret");
        Write("README.md", "not for the image");
    }

    public string Folder => Path.Combine(_parent, "project");
    public string Dist => Path.Combine(Folder, "dist");

    public string File(string name) => Path.Combine(Folder, name);
    public string Read(string name) => System.IO.File.ReadAllText(File(name));

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Link(string name, string target)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        System.IO.File.CreateSymbolicLink(File(name), target);
    }

    /// <summary>Every file below a folder of the project, hidden ones too.</summary>
    public string[] Files(string folder = "dist") =>
        [.. Directory.EnumerateFiles(File(folder), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(f => Path.GetRelativePath(File(folder), f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>What lies beside the sources: to see that nothing is left there.</summary>
    public string[] Names() =>
        [.. Directory.EnumerateFileSystemEntries(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}

using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>The programs of one file, which no project builds: examples, benchmarks, campaigns.</summary>
public sealed class FileProgramTests
{
    public static TheoryData<string> Programs => [.. FileProgram.All.Select(f => Path.GetRelativePath(RepositoryRoot.Folder, f))];

    [Theory, MemberData(nameof(Programs))]
    public void A_program_of_one_file_compiles(string file) => Assert.Empty(FileProgram.Compile(RepositoryRoot.File(file)).Errors);

    [Theory, MemberData(nameof(Programs))]
    public void What_it_asks_of_the_build_is_there(string file)
    {
        XElement packages = XElement.Load(RepositoryRoot.File("Directory.Packages.props"));
        foreach (string[] directive in FileProgram.Directives(RepositoryRoot.File(file)))
        {
            if (directive is ["project", var project])
                Assert.True(File.Exists(RepositoryRoot.File(Path.GetDirectoryName(file)!, project)), project);
            if (directive is ["package", var package])
                Assert.Contains(packages.Descendants("PackageVersion"), p => (string?)p.Attribute("Include") == package);
        }
    }

    [Fact]
    public void All_are_found() => Assert.Superset(
        new HashSet<string> { "quickstart.cs", "SandboxLoad.cs", "Proxy.cs", "Killer.cs", "Secrets.cs", "Documents.cs" },
        FileProgram.All.Select(f => Path.GetFileName(f)).ToHashSet());
}

using System.Text;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>
/// The conformance suite of the OCI distribution specification 1.1.1, all four workflows. The variable PIZZA_OCI_CONFORMANCE names its
/// program, which 'go test -c' makes in the folder conformance of https://github.com/opencontainers/distribution-spec.
/// </summary>
public sealed partial class ConformancePeerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-conformance-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task No_test_of_the_suite_fails()
    {
        string? program = Environment.GetEnvironmentVariable("PIZZA_OCI_CONFORMANCE");
        Assert.SkipUnless(File.Exists(program), "PIZZA_OCI_CONFORMANCE names no conformance suite of OCI.");
        await using TestSandbox sandbox = new();
        foreach (string name in new[] { "conformance/repo1", "conformance/repo2" })
            await sandbox.Ecr("CreateRepository", new { repositoryName = name });
        string login = (string)(await sandbox.Ecr("GetAuthorizationToken", new { }))["authorizationData"]![0]!["authorizationToken"]!;
        string[] user = Encoding.ASCII.GetString(Convert.FromBase64String(login)).Split(':', 2);
        (int exit, string output, string errors) = await Peer.RunAsync(program, [], new Dictionary<string, string>
        {
            ["OCI_ROOT_URL"] = sandbox.Info.EndpointUrl, ["OCI_USERNAME"] = user[0], ["OCI_PASSWORD"] = user[1],
            ["OCI_NAMESPACE"] = "conformance/repo1", ["OCI_CROSSMOUNT_NAMESPACE"] = "conformance/repo2",
            ["OCI_TEST_PULL"] = "1", ["OCI_TEST_PUSH"] = "1", ["OCI_TEST_CONTENT_DISCOVERY"] = "1", ["OCI_TEST_CONTENT_MANAGEMENT"] = "1",
            ["OCI_REPORT_DIR"] = _folder.FullName, ["NO_PROXY"] = "127.0.0.1,localhost",
        }, TimeSpan.FromMinutes(5));
        Match ran = Ran().Match(output);
        Assert.True(exit == 0 && ran.Success, $"{exit}\n{output}\n{errors}");
        Assert.InRange(int.Parse(ran.Groups["ran"].Value, System.Globalization.CultureInfo.InvariantCulture), 70, 1000);
    }

    [GeneratedRegex(@"Ran (?<ran>\d+) of \d+ Specs", RegexOptions.CultureInvariant)]
    private static partial Regex Ran();
}

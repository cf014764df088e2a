using System.Management.Automation;
using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>A sandbox that enforces policies, in which each command of <see cref="PermissionCases"/> has something to do, and which is the
/// same before each. The role probe runs them.</summary>
public sealed class PermissionWorld : IAsyncLifetime
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15";
    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}""";

    private readonly Shell _shell = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("pizza-test-").FullName;
    private int _runs;

    /// <summary>What every sandbox holds at its start.</summary>
    private string WorldPath => Path.Combine(_folder, "world.json");

    public async ValueTask InitializeAsync()
    {
        _shell.Set("layout", RepositoryRoot.File("examples", "oci-layout"));
        _shell.Set("service", RepositoryRoot.File("examples", "service"));
        _shell.Set("registry", "123456789012.dkr.ecr.us-east-1.amazonaws.com");
        await using TestSandbox sandbox = new(new() { Enforce = true });
        Use(sandbox, sandbox.Info.AccessKey, sandbox.Info.SecretKey, null);
        _shell.Run("""
            'team/one', 'team/two', 'team/empty', 'jwt-pizza-service' | New-PizzaRepository
            New-PizzaRepository team/unscanned -ScanOnPush:$false
            New-PizzaRepository shop -Public
            Set-PizzaReplication eu-west-1 -Force
            'team/one', 'team/two', 'team/unscanned', 'jwt-pizza-service' | Push-PizzaImage $layout -LayoutTag v2 -Tag v1
            'team/one', 'jwt-pizza-service' | Push-PizzaImage $layout -LayoutTag v1 -Tag v1, latest
            Push-PizzaImage $layout shop -Public -LayoutTag v1 -Tag v1
            Set-PizzaLifecycle team/one -KeepLast 3
            Set-PizzaLifecycle team/one -UntaggedDays 1
            Add-PizzaTrustSubject o/r -Form Name
            New-PizzaCiRole o/r -Form Name -RoleName new-ci
            Register-PizzaOidcProvider https://github.example.com/_services/token
            Grant-PizzaRolePolicy new-ci AmazonDynamoDBFullAccess
            Grant-PizzaCiPolicy team/one
            Grant-PizzaReplication 999999999999
            Grant-PizzaRepositoryAccess team/two -Account 999999999999 -Pull
            """).Of<object>();
        await File.WriteAllBytesAsync(WorldPath, sandbox.Box.Export(), TestContext.Current.CancellationToken);
    }

    /// <summary>The IAM actions that an administrator needs for a command, which must succeed without a warning.</summary>
    internal async Task<string[]> NeededByAsync(string script)
    {
        await using TestSandbox sandbox = Start();
        Use(sandbox, sandbox.Info.AccessKey, sandbox.Info.SecretKey, null);
        string[] complaints = Run(script);
        Assert.True(complaints.Length == 0, $"{script}: {string.Join('\n', complaints)}");
        return [.. sandbox.Box.NeededActions.Order(StringComparer.Ordinal)];
    }

    /// <summary>The errors and warnings of a command that a role with these actions runs.</summary>
    internal async Task<string[]> ComplaintsAsync(string script, IEnumerable<string> actions)
    {
        await using TestSandbox sandbox = Start();
        await QueryAsync(sandbox, "CreateRole", Iam, ("RoleName", "probe"), ("AssumeRolePolicyDocument", Trust));
        string[] allowed = [.. actions];
        if (allowed.Length > 0)
            await QueryAsync(sandbox, "PutRolePolicy", Iam, ("RoleName", "probe"), ("PolicyName", "probe"), ("PolicyDocument",
                $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":{{JsonSerializer.Serialize(allowed)}},"Resource":"*"}]}"""));
        XElement keys = await QueryAsync(sandbox, "AssumeRole", Sts,
            ("RoleArn", "arn:aws:iam::123456789012:role/probe"), ("RoleSessionName", "test"));
        string Value(string name) => keys.Descendants().Single(e => e.Name.LocalName == name).Value;
        Use(sandbox, Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken"));
        return Run(script);
    }

    /// <summary>A sandbox for one run: the cmdlets remember for a while what this process wrote at an endpoint.</summary>
    private TestSandbox Start() => new(new() { Enforce = true, WorldPath = WorldPath });

    private string[] Run(string script)
    {
        _shell.Set("folder", Directory.CreateDirectory(Path.Combine(_folder, $"{++_runs}")).FullName);
        Finished finished = _shell.Run(script);
        return
        [
            .. finished.Errors.Select(e => e.ToString()), .. finished.Warnings,
            .. finished.Thrown is { } thrown ? new[] { thrown.ToString() } : [],
        ];
    }

    private void Use(TestSandbox sandbox, string accessKey, string secretKey, string? sessionToken)
    {
        DefaultParameterDictionary defaults = new()
        {
            ["*-Pizza*:EndpointUrl"] = sandbox.Info.EndpointUrl, ["*-Pizza*:Region"] = sandbox.Info.Region,
            ["*-Pizza*:AccessKey"] = accessKey, ["*-Pizza*:SecretKey"] = secretKey, ["*-Pizza*:Confirm"] = false,
        };
        if (sessionToken is not null) defaults["*-Pizza*:SessionToken"] = sessionToken;
        _shell.Set("PSDefaultParameterValues", defaults);
    }

    private static async Task<XElement> QueryAsync(
        TestSandbox sandbox, string action, string version, params (string Name, string Value)[] parameters)
    {
        (HttpStatusCode status, XElement answer) = await sandbox.Query(action, version, parameters);
        Assert.True(status == HttpStatusCode.OK, $"{action}: {answer}");
        return answer;
    }

    public ValueTask DisposeAsync()
    {
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

// Watches where secrets go while the cmdlets work: dotnet run tests/campaign/Secrets.cs [-- --rounds N]
// A watcher reads the command lines of all processes and the files among the temporary ones again and again, while cmdlets run with keys,
// tokens and passwords that it knows, past stand-ins for docker and gh. At the end no secret may be in a command line, in a stream of a
// cmdlet (errors, warnings, -Verbose and -Debug), in the call log, or in a file that is left. Needs /proc, so Linux.
#:project ../../src/JwtPizza.Ecr.Cmdlets/JwtPizza.Ecr.Cmdlets.csproj
#:project ../../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:package Microsoft.PowerShell.SDK
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Text.Json;
using JwtPizza.Ecr.Cmdlets.Trust;
using JwtPizza.Ecr.Sandbox;

if (!OperatingSystem.IsLinux()) { Console.WriteLine("skipped: there is no /proc here"); return 0; }
int rounds = Option("--rounds", 20), runs = 0;
string temp = Directory.CreateTempSubdirectory("pizza-campaign-").FullName,
    tools = Directory.CreateDirectory(Path.Combine(temp, "tools")).FullName;
string? path = Environment.GetEnvironmentVariable("PATH"), temporary = Environment.GetEnvironmentVariable("TMPDIR"),
    config = Environment.GetEnvironmentVariable("DOCKER_CONFIG");
ConcurrentDictionary<string, string> secrets = [];   // a secret, and its name
ConcurrentBag<string> wrong = [];
Environment.SetEnvironmentVariable("PATH", tools + Path.PathSeparator + path);
Environment.SetEnvironmentVariable("TMPDIR", Directory.CreateDirectory(Path.Combine(temp, "tmp")).FullName);
Environment.SetEnvironmentVariable("DOCKER_CONFIG", Directory.CreateDirectory(Path.Combine(temp, "docker")).FullName);
using CancellationTokenSource end = new();
Task watch = Task.Run(() => WatchAsync(end.Token));
try
{
    // Each takes its input, and lives long enough to be seen.
    foreach (string tool in (string[])["docker", "gh"]) Script(tool, "cat > /dev/null; sleep 0.05; exit 1");
    for (int round = 0; round < rounds; round++) await RoundAsync(round);
    await end.CancelAsync();
    await watch;
    foreach (string file in Directory.EnumerateFiles(temp, "*", SearchOption.AllDirectories))
        LookAt($"the file {file}", await File.ReadAllTextAsync(file));
}
finally
{
    Environment.SetEnvironmentVariable("PATH", path);
    Environment.SetEnvironmentVariable("TMPDIR", temporary);
    Environment.SetEnvironmentVariable("DOCKER_CONFIG", config);
    Directory.Delete(temp, recursive: true);
}
foreach (string line in wrong.Distinct().Take(20)) Console.WriteLine(line);
Console.WriteLine($"{rounds} rounds, {runs} cmdlets, {secrets.Count} secrets, {wrong.Count} found where they must not be");
return wrong.IsEmpty && runs > 0 ? 0 : 1;

async Task RoundAsync(int round)
{
    await using EcrSandbox sandbox = EcrSandbox.Start(new());
    string Secret(string name)
    {
        string secret = $"{Guid.NewGuid():N}{Guid.NewGuid():N}";
        secrets[secret] = name;
        return secret;
    }
    secrets[sandbox.Info.SecretKey] = "the secret key";
    string token = await LoginAsync(sandbox);
    secrets[token] = "the registry's token";
    secrets[Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:{token}"))] = "the registry's login";
    string password = Secret("a password in a URL"), value = Secret("a workflow secret"), build = Secret("a build secret"),
        proxy = Secret("a proxy's password");
    using Runspace runspace = Open(sandbox);
    runspace.SessionStateProxy.SetVariable("value", value);
    runspace.SessionStateProxy.SetVariable("build", build);
    runspace.SessionStateProxy.SetVariable("context", Directory.CreateDirectory(Path.Combine(temp, "context")).FullName);
    await File.WriteAllTextAsync(Path.Combine(temp, "context", "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
    foreach (string script in (string[])
    [
        "New-PizzaRepository one", $"Push-PizzaImage '{Path.Combine(Root(), "examples", "oci-layout")}' one -LayoutTag v1 -Tag v1",
        "Copy-PizzaImage one:v1 -Tag v2", "Get-PizzaImage one",
        "Connect-PizzaRegistry", "Publish-PizzaImage $context one",
        $"Publish-PizzaImage $context one -CacheTo 'type=registry,ref=https://user:{password}@cache.example/x'",
        "Publish-PizzaImage $context one -BuildSecret @{ token = $build }", "$value | Set-PizzaWorkflowSecret NAME -Repository o/r",
        $"Get-PizzaRepository -EndpointUrl 'http://user:{proxy}@127.0.0.1:9'", "New-PizzaCiRole o/r -RoleName fresh -Form Name",
        "Grant-PizzaCiPolicy one", "Test-PizzaSetup one",
        "Get-PizzaImage one -SecretKey $null -AccessKey $null", "Get-PizzaRepository nosuch",
        "Remove-PizzaRepository one -IncludeImages -Force",
    ])
    {
        LookAt(script, Streams(runspace, script));
        runs++;
    }
    LookAt("the call log", JsonSerializer.Serialize(sandbox.Calls.Select(c => c.Parameters)));
}

// All that a cmdlet says, in every stream.
static string Streams(Runspace runspace, string script)
{
    using PowerShell shell = PowerShell.Create(runspace);
    StringBuilder said = new();
    try { foreach (PSObject? o in shell.AddScript(script).Invoke())
        said.AppendLine($"{o}")
            .AppendLine(o is null ? "" : string.Join(' ', o.Properties.Where(p => p.IsGettable).Select(p => $"{p.Value}"))); }
    catch (RuntimeException e) { said.AppendLine($"{e} {e.InnerException}"); }
    foreach (ErrorRecord e in shell.Streams.Error) said.AppendLine($"{e} {e.Exception} {e.TargetObject}");
    foreach (object o in shell.Streams.Warning.Cast<object>().Concat(shell.Streams.Verbose).Concat(shell.Streams.Debug)
        .Concat(shell.Streams.Information).Concat(shell.Streams.Progress))
        said.AppendLine($"{o}");
    return said.ToString();
}

// What any user of the machine can see: command lines. What this one can: files that others may read.
async Task WatchAsync(CancellationToken cancellationToken)
{
    while (!cancellationToken.IsCancellationRequested)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
        {
            try
            {
                LookAt($"the command line of process {Path.GetFileName(process)}",
                    await File.ReadAllTextAsync(Path.Combine(process, "cmdline"), CancellationToken.None));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }   // it ended
        }
        try
        {
            foreach (string file in Directory.EnumerateFiles(temp, "*", SearchOption.AllDirectories))
                if ((File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0 && IsOpenToOthers(file))
                    LookAt($"the file {file}, which others can read", await File.ReadAllTextAsync(file, CancellationToken.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }   // deleted
        await Task.Delay(5, CancellationToken.None);
    }
}

// Whether every folder on the way lets others in, from the one that this program made.
bool IsOpenToOthers(string file)
{
    for (string? folder = Path.GetDirectoryName(file); folder is not null && folder != temp; folder = Path.GetDirectoryName(folder))
        if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0) return false;
    return true;
}

void LookAt(string where, string text)
{
    foreach ((string secret, string name) in secrets)
        if (text.Contains(secret, StringComparison.Ordinal))
            wrong.Add(
                $"{name} is in {(where.Contains(secret, StringComparison.Ordinal) ? where.Replace(secret, "***", StringComparison.Ordinal) : where)}");
}

static async Task<string> LoginAsync(EcrSandbox sandbox)
{
    using HttpClient http = new();
    using HttpRequestMessage request = new(HttpMethod.Post, sandbox.Info.EndpointUrl);
    request.Headers.TryAddWithoutValidation("Authorization",
        $"AWS4-HMAC-SHA256 Credential={sandbox.Info.AccessKey}/20260101/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0");
    request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
    request.Content = new StringContent("{}", Encoding.UTF8, "application/x-amz-json-1.1");
    using HttpResponseMessage answer = await http.SendAsync(request);
    using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
    string login = json.RootElement.GetProperty("authorizationData")[0].GetProperty("authorizationToken").GetString()!;
    return Encoding.UTF8.GetString(Convert.FromBase64String(login)).Split(':', 2)[1];
}

void Script(string name, string text)
{
    string file = Path.Combine(tools, name);
    File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
    if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}

static Runspace Open(EcrSandbox sandbox)
{
    InitialSessionState state = InitialSessionState.CreateDefault2();
    foreach (Type type in typeof(AddPizzaTrustSubjectCommand).Assembly.GetExportedTypes())
        if (type.GetCustomAttributes(typeof(CmdletAttribute), false) is [CmdletAttribute name])
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
    Runspace runspace = RunspaceFactory.CreateRunspace(state);
    runspace.Open();
    foreach (string preference in (string[])["VerbosePreference", "DebugPreference", "WarningPreference"])
        runspace.SessionStateProxy.SetVariable(preference, ActionPreference.Continue);
    runspace.SessionStateProxy.SetVariable("ConfirmPreference", ConfirmImpact.None);
    runspace.SessionStateProxy.SetVariable("PSDefaultParameterValues", new DefaultParameterDictionary
    {
        ["*-Pizza*:EndpointUrl"] = sandbox.Info.EndpointUrl, ["*-Pizza*:AccessKey"] = sandbox.Info.AccessKey,
        ["*-Pizza*:SecretKey"] = sandbox.Info.SecretKey, ["*-Pizza*:Region"] = sandbox.Info.Region,
    });
    return runspace;
}

static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
    Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], null) : otherwise;

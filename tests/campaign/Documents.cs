// Edits random policies that others wrote, and looks whether a byte of theirs has changed: dotnet run tests/campaign/Documents.cs [--
// --rounds N] [--seed N] Each round writes a random trust policy and a random repository policy into a sandbox, makes an edit by the
// module's cmdlets, makes it again, and takes it back. Statements of others must stay as they are, to the byte; the second edit must write
// nothing.
#:project ../../src/JwtPizza.Ecr.Cmdlets/JwtPizza.Ecr.Cmdlets.csproj
#:project ../../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:package Microsoft.PowerShell.SDK
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Cmdlets.Trust;
using JwtPizza.Ecr.Sandbox;

const string Account = "123456789012", GitHub = "token.actions.githubusercontent.com";
int rounds = Option("--rounds", 1000), seed = Option("--seed", 1), refused = 0, edited = 0;
string[] writes = ["UpdateAssumeRolePolicy", "SetRepositoryPolicy"];
List<string> wrong = [];
await using EcrSandbox sandbox = EcrSandbox.Start(new());
using HttpClient http = new() { BaseAddress = new(sandbox.Info.EndpointUrl) };
using Runspace runspace = Open(sandbox);
Run("New-PizzaRepository one");

for (int round = 0; round < rounds; round++)
{
    Random random = new(seed + round);
    string[] strangers = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Statement(random, i, isTrust: true))];
    await TrustAsync(round, Document(random, strangers), strangers);
    strangers = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Statement(random, i, isTrust: false))];
    await AccessAsync(round, Document(random, strangers), strangers);
}
foreach (string line in wrong.Take(20)) Console.WriteLine(line);
Console.WriteLine($"{rounds} rounds, {edited} edits, {refused} documents that AWS or the module refuses to take, {wrong.Count} wrong");
return wrong.Count == 0 && edited > 0 ? 0 : 1;

async Task TrustAsync(int round, string document, string[] strangers)
{
    string role = $"r{round}";
    if (await IamAsync("CreateRole", ("RoleName", role), ("AssumeRolePolicyDocument", document)) is null) { refused++; return; }
    await EditAsync(round, "the trust policy", strangers,
        async () =>
            Uri.UnescapeDataString((await IamAsync("GetRole", ("RoleName", role)))!.Descendants()
                .First(e => e.Name.LocalName == "AssumeRolePolicyDocument").Value),
        $"'o/r' | Add-PizzaTrustSubject -RoleName {role} -Form Name", $"'o/r' | Remove-PizzaTrustSubject -RoleName {role} -Force");
}

async Task AccessAsync(int round, string document, string[] strangers)
{
    if (await EcrAsync("SetRepositoryPolicy", new { repositoryName = "one", policyText = document, force = true }) is null)
    {
        refused++;
        return;
    }
    await EditAsync(round, "the repository policy", strangers,
        async () => (string)(await EcrAsync("GetRepositoryPolicy", new { repositoryName = "one" }))!["policyText"]!,
        "Grant-PizzaRepositoryAccess one -Account 210987654321 -Pull", "Revoke-PizzaRepositoryAccess one -Account 210987654321");
}

async Task EditAsync(int round, string what, string[] strangers, Func<Task<string>> read, string make, string takeBack)
{
    string before = await read();
    // Not a stranger's: the statement of GitHub's provider, in which the module works. And ECR gives some principals back in other words.
    string[] kept =
        [.. strangers.Where(s => !s.Contains(GitHub, StringComparison.Ordinal) && before.Contains(s, StringComparison.Ordinal))];
    if (Run(make) is { Length: > 0 }) { refused++; Compare(before); return; }
    edited++;
    string made = await read();
    Compare(made);
    int calls = Writes();
    if (Run(make) is { Length: > 0 } again) Wrong($"the second edit failed: {again}", made);
    if (Writes() != calls) Wrong("the second edit wrote", made);
    if (Run(takeBack) is { Length: > 0 } back) Wrong($"could not be taken back: {back}", made);
    Compare(await read());

    void Compare(string now)
    {
        foreach (string stranger in kept.Where(s => !now.Contains(s, StringComparison.Ordinal))) Wrong($"changed {stranger}", now);
    }
    void Wrong(string problem, string now) => wrong.Add($"seed {seed + round}, {what}: {problem}\n  before {before}\n  after  {now}");
}

int Writes() => sandbox.Calls.Count(c => writes.Contains(c.Operation));

static string Document(Random random, string[] statements)
{
    string gap = Pick(random, "", " ", "\n", "\n    ", "\t");
    string list = statements.Length == 1 && random.Next(4) == 0 ? statements[0] : $"[{gap}{string.Join("," + gap, statements)}{gap}]";
    return $"{{{gap}\"Version\":{gap}\"2012-10-17\",{gap}{Pick(random, "", $"\"Id\":\"x\",{gap}")}\"Statement\":{gap}{list}{gap}}}";
}

static string Statement(Random random, int i, bool isTrust)
{
    string gap = Pick(random, "", " ", "\n      ");
    string principal = Pick(random, $"{{\"AWS\":\"arn:aws:iam::{Account}:root\"}}",
        $"{{{gap}\"AWS\":{gap}[\"arn:aws:iam::{Account}:root\"]}}", "{\"Service\":\"ecs-tasks.amazonaws.com\"}",
        isTrust ? $"{{\"Federated\":\"arn:aws:iam::{Account}:oidc-provider/{GitHub}\"}}" : "\"*\"");
    bool federated = principal.Contains("Federated", StringComparison.Ordinal);
    string action = federated
        ? "\"sts:AssumeRoleWithWebIdentity\"" : isTrust ? Pick(random, "\"sts:AssumeRole\"", "[\"sts:AssumeRole\", \"sts:TagSession\"]")
        : Pick(random, "\"ecr:*\"", "[\"ecr:DescribeImages\",\"ecr:ListImages\"]", "[ \"ecr:DescribeImages\" ]",
            "\"ecr:BatchGet\\u0049mage\"");
    string condition = federated
        ? $",{gap}\"Condition\":{{\"StringEquals\":{{\"{GitHub}:aud\":\"sts.amazonaws.com\"}},\"StringLike\":{{\"{GitHub}:sub\":{Pick(random, "\"repo:a/b:*\"", "[\"repo:a/b:*\", \"repo:c/d:ref:refs/heads/main\"]")}}}}}"
        : Pick(random, "", $",{gap}\"Condition\":{{\"Bool\":{{\"aws:SecureTransport\":\"true\"}}}}",
            $",\"Condition\":{{\"StringEquals\":{{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}}}}");
    List<string> members = [$"\"Effect\":{gap}\"Allow\"", $"\"Principal\":{gap}{principal}", $"\"Action\":{gap}{action}{condition}"];
    if (random.Next(2) == 0) members.Insert(0, $"\"Sid\":{gap}\"{Pick(random, "S", "PullFromECR", "GitHubActions", "Allow")}{i}\"");
    return $"{{{gap}{string.Join("," + gap, members)}{gap}}}";
}

static T Pick<T>(Random random, params T[] items) => items[random.Next(items.Length)];

// The errors of a script; empty when there was none.
string Run(string script)
{
    using PowerShell shell = PowerShell.Create(runspace);
    try { shell.AddScript(script).Invoke(); }
    catch (RuntimeException e) { return $"{e.ErrorRecord.FullyQualifiedErrorId}: {e.Message}"; }
    return string.Join("; ", shell.Streams.Error.Select(e => $"{e.FullyQualifiedErrorId}: {e}"));
}

async Task<XElement?> IamAsync(string action, params (string Name, string Value)[] parameters)
{
    using HttpRequestMessage request = Signed("iam");
    request.Content =
        new FormUrlEncodedContent(
            [new("Action", action), new("Version", "2010-05-08"),
                .. parameters.Select(p => new KeyValuePair<string, string>(p.Name, p.Value))]);
    using HttpResponseMessage answer = await http.SendAsync(request);
    return answer.IsSuccessStatusCode ? XElement.Parse(await answer.Content.ReadAsStringAsync()) : null;
}

async Task<JsonNode?> EcrAsync(string operation, object input)
{
    using HttpRequestMessage request = Signed("ecr");
    request.Headers.Add("X-Amz-Target", $"AmazonEC2ContainerRegistry_V20150921.{operation}");
    request.Content = new StringContent(JsonSerializer.Serialize(input), Encoding.UTF8, "application/x-amz-json-1.1");
    using HttpResponseMessage answer = await http.SendAsync(request);
    return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
}

HttpRequestMessage Signed(string service)
{
    HttpRequestMessage request = new(HttpMethod.Post, "/");
    request.Headers.TryAddWithoutValidation("Authorization",
        $"AWS4-HMAC-SHA256 Credential={sandbox.Info.AccessKey}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
    return request;
}

static Runspace Open(EcrSandbox sandbox)
{
    InitialSessionState state = InitialSessionState.CreateDefault2();
    foreach (Type type in typeof(AddPizzaTrustSubjectCommand).Assembly.GetExportedTypes())
        if (type.GetCustomAttributes(typeof(CmdletAttribute), false) is [CmdletAttribute name])
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
    Runspace runspace = RunspaceFactory.CreateRunspace(state);
    runspace.Open();
    runspace.SessionStateProxy.SetVariable("PSDefaultParameterValues", new DefaultParameterDictionary
    {
        ["*-Pizza*:EndpointUrl"] = sandbox.Info.EndpointUrl, ["*-Pizza*:AccessKey"] = sandbox.Info.AccessKey,
        ["*-Pizza*:SecretKey"] = sandbox.Info.SecretKey, ["*-Pizza*:Region"] = sandbox.Info.Region,
    });
    return runspace;
}

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], null) : otherwise;

// What a call costs under --enforce, by who makes it: an administrator, and roles of few and of many action patterns.
// dotnet run bench/Enforcement.cs [-- CALLS]      The time is the sandbox's own CPU time, so that the client's does not count.
#:project ../src/JwtPizza.Ecr.Sandbox/JwtPizza.Ecr.Sandbox.csproj
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

const string Iam = "2010-05-08", Sts = "2011-06-15", Account = "123456789012";
int calls = args.Length > 0 ? int.Parse(args[0], null) : 500;

string dll = Path.Combine(AppContext.BaseDirectory, "JwtPizza.Ecr.Sandbox.dll");
using Process server =
    Process.Start(new ProcessStartInfo("dotnet", [dll, "--enforce", "--registry-id", Account]) { RedirectStandardOutput = true })!;
Dictionary<string, string> variables = [];
while (variables.Count < 5 && await server.StandardOutput.ReadLineAsync() is { } line)
    if (line.StartsWith("export ", StringComparison.Ordinal)) variables[line[7..line.IndexOf('=')]] = line[(line.IndexOf('=') + 1)..];
using HttpClient http = new() { BaseAddress = new(variables["AWS_ENDPOINT_URL"]), Timeout = TimeSpan.FromSeconds(30) };
(string Key, string? Token) administrator = (variables["AWS_ACCESS_KEY_ID"], null);

Console.WriteLine("action patterns | CPU ms a call of ecr:DescribeRepositories");
Console.WriteLine($"administrator   | {await MeasureAsync(administrator):0.00}");
foreach (int patterns in new[] { 1, 10, 61 })
    Console.WriteLine($"{patterns,-15} | {await MeasureAsync(await AssumeAsync($"role-{patterns}", patterns)):0.00}");
server.Kill();

async Task<double> MeasureAsync((string Key, string? Token) who)
{
    for (int i = 0; i < 50; i++) await DescribeAsync(who);   // compiles
    server.Refresh();
    TimeSpan before = server.TotalProcessorTime;
    for (int i = 0; i < calls; i++) await DescribeAsync(who);
    server.Refresh();
    return (server.TotalProcessorTime - before).TotalMilliseconds / calls;
}

// A role whose last pattern alone is the one that allows the call, as in a policy that grew.
async Task<(string Key, string? Token)> AssumeAsync(string role, int patterns)
{
    string trust =
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{Account}}:root"},"Action":"sts:AssumeRole"}]}""";
    await QueryAsync("CreateRole", Iam, ("RoleName", role), ("AssumeRolePolicyDocument", trust));
    IEnumerable<string> actions = Enumerable.Range(1, patterns - 1).Select(i => $"\"service{i}:Get*Thing?\"").Append("\"ecr:Describe*\"");
    string policy =
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[{{string.Join(',', actions)}}],"Resource":"*"}]}""";
    await QueryAsync("PutRolePolicy", Iam, ("RoleName", role), ("PolicyName", "many"), ("PolicyDocument", policy));
    XElement session =
        await QueryAsync("AssumeRole", Sts, ("RoleArn", $"arn:aws:iam::{Account}:role/{role}"), ("RoleSessionName", "bench"));
    string Value(string name) => session.Descendants().First(e => e.Name.LocalName == name).Value;
    return (Value("AccessKeyId"), Value("SessionToken"));
}

async Task<XElement> QueryAsync(string action, string version, params (string Name, string Value)[] fields)
{
    using HttpRequestMessage request = Signed(administrator, version == Iam ? "iam" : "sts");
    request.Content = new FormUrlEncodedContent(
        [new("Action", action), new("Version", version), .. fields.Select(f => KeyValuePair.Create(f.Name, f.Value))]);
    return XElement.Parse(await SendAsync(request));
}

async Task DescribeAsync((string Key, string? Token) who)
{
    using HttpRequestMessage request = Signed(who, "ecr");
    request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
    request.Content = new StringContent("{}", Encoding.UTF8, "application/x-amz-json-1.1");
    if (JsonNode.Parse(await SendAsync(request))?["repositories"] is null) throw new InvalidOperationException("no answer");
}

HttpRequestMessage Signed((string Key, string? Token) who, string service)
{
    HttpRequestMessage request = new(HttpMethod.Post, "/");
    // Who calls, and where; the sandbox does not verify signatures.
    request.Headers.TryAddWithoutValidation("Authorization",
        $"AWS4-HMAC-SHA256 Credential={who.Key}/20260101/{variables["AWS_REGION"]}/{service}/aws4_request, SignedHeaders=host, " +
        "Signature=0");
    if (who.Token is not null) request.Headers.Add("X-Amz-Security-Token", who.Token);
    return request;
}

async Task<string> SendAsync(HttpRequestMessage request)
{
    using HttpResponseMessage answer = await http.SendAsync(request);
    string text = await answer.Content.ReadAsStringAsync();
    return answer.IsSuccessStatusCode ? text : throw new HttpRequestException($"{(int)answer.StatusCode} {text}");
}

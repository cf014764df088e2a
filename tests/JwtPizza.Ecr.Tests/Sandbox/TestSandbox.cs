using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>A sandbox and the plainest client of it.</summary>
public sealed class TestSandbox : IAsyncDisposable
{
    private const string EcrTarget = "AmazonEC2ContainerRegistry_V20150921";
    private static readonly string[] s_ofEveryOperation =
        ["SerializationException", "UnknownOperationException", "MissingAuthenticationTokenException", "ServerException"];

    private readonly EcrSandbox? _box;

    public TestSandbox(SandboxOptions? options = null) : this(EcrSandbox.Start(options ?? new()), null) { }

    private TestSandbox(EcrSandbox? box, SandboxInfo? info)
    {
        (_box, Info) = (box, info ?? box!.Info);
        Http = new() { BaseAddress = new(Info.EndpointUrl), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>A client of a sandbox that runs elsewhere.</summary>
    public static TestSandbox At(SandboxInfo info) => new(null, info);

    public EcrSandbox Box => _box ?? throw new InvalidOperationException("This sandbox runs in a process of its own.");

    public SandboxInfo Info { get; }

    public HttpClient Http { get; }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_box is not null) await _box.DisposeAsync();
    }

    /// <summary>An ECR call that must succeed, with an answer that fits AWS's model.</summary>
    public Task<JsonObject> Ecr(string operation, object input, string region = "us-east-1") =>
        Json("ecr", EcrTarget, operation, input, region);

    /// <summary>An ECR call that must fail, with an error that AWS's model has for it.</summary>
    public Task<(string Code, string Message)> EcrError(string operation, object input) => JsonError("ecr", EcrTarget, operation, input);

    /// <summary>An IAM or STS call.</summary>
    public async Task<(HttpStatusCode Status, XElement Answer)> Query(
        string action, string version, params (string Name, string Value)[] parameters)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/")
        {
            Content =
                new FormUrlEncodedContent(
                    [new("Action", action), new("Version", version),
                        .. parameters.Select(p => new KeyValuePair<string, string>(p.Name, p.Value))]),
        };
        Sign(request, "iam", Info.Region);
        using HttpResponseMessage answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.Headers.Contains("x-amzn-RequestId"));
        return (answer.StatusCode, XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>A call of a service of the JSON protocol that must succeed, with an answer that fits AWS's model.</summary>
    public async Task<JsonObject> Json(string service, string target, string operation, object input, string region = "us-east-1")
    {
        (HttpStatusCode status, JsonObject output) = await Send($"{target}.{operation}", service, input, region);
        Assert.True(status == HttpStatusCode.OK, $"{operation}: {output}");
        if (ServiceModel.IsHere(service)) Assert.Empty(ServiceModel.Load(service).CheckOutput(operation, output.ToJsonString()));
        return output;
    }

    /// <summary>A call of a service of the JSON protocol that must fail, with an error that AWS's model has for it.</summary>
    public async Task<(string Code, string Message)> JsonError(
        string service, string target, string operation, object input, string region = "us-east-1")
    {
        (HttpStatusCode status, JsonObject output) = await Send($"{target}.{operation}", service, input, region);
        Assert.NotEqual(HttpStatusCode.OK, status);
        string code = (string)output["__type"]!;
        if (ServiceModel.IsHere(service) && ServiceModel.Load(service).Has(operation) && !s_ofEveryOperation.Contains(code))
            Assert.Contains(code, ServiceModel.Load(service).Errors(operation));
        return (code, (string)output["message"]!);
    }

    public Task<(HttpStatusCode Status, JsonObject Output)> Send(string operation, object input, string region) =>
        Send($"{EcrTarget}.{operation}", "ecr", input, region);

    private async Task<(HttpStatusCode Status, JsonObject Output)> Send(string target, string service, object input, string region)
    {
        using HttpRequestMessage request =
            new(HttpMethod.Post, "/") { Content = new StringContent(JsonSerializer.Serialize(input), Encoding.UTF8) };
        request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", target);
        Sign(request, service, region);
        using HttpResponseMessage answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.Headers.Contains("x-amzn-RequestId"));
        return (answer.StatusCode,
            JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject());
    }

    /// <summary>Names the caller, as a signature does; the sandbox checks no more.</summary>
    public void Sign(HttpRequestMessage request, string service, string region) =>
        request.Headers.Authorization = new AuthenticationHeaderValue(
        "AWS4-HMAC-SHA256", $"Credential={Info.AccessKey}/20261121/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
}

using System.Net.Http.Headers;
using System.Text;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>A sandbox with a test in front of it, which can act before each call that arrives, as another writer would.</summary>
internal sealed class InterposedSandbox : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly ScriptedServer _front;
    private readonly List<string> _calls = [];

    public InterposedSandbox(SandboxOptions? options = null)
    {
        Sandbox = EcrSandbox.Start(options ?? new() { Empty = true });
        _front = new((request, _) => Forward(request));
        (Direct, Aws) = (Open(Sandbox.Info.EndpointUrl), Open(_front.Url));
    }

    public EcrSandbox Sandbox { get; }

    /// <summary>Past the test.</summary>
    public AwsSession Direct { get; }

    /// <summary>By way of the test.</summary>
    public AwsSession Aws { get; }

    /// <summary>Called before each operation, with its name.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>What arrives of a request that is sent.</summary>
    public Func<string, string> Rewrite { get; set; } = body => body;

    /// <summary>Whether the answer of an operation is lost after it was done; it gets the operation.</summary>
    public Func<string, bool> LosesAnswer { get; set; } = _ => false;

    public IReadOnlyList<string> Calls { get { lock (_calls) return [.. _calls]; } }

    public void ForgetCalls() { lock (_calls) _calls.Clear(); }

    public async ValueTask DisposeAsync()
    {
        Aws.Dispose();
        Direct.Dispose();
        await _front.DisposeAsync();
        _http.Dispose();
        await Sandbox.DisposeAsync();
    }

    private AwsSession Open(string url) =>
        AwsSession.Open(
            new()
            {
                EndpointUrl = url, Region = Sandbox.Info.Region, AccessKey = Sandbox.Info.AccessKey, SecretKey = Sandbox.Info.SecretKey,
            });

    private Answer Forward(ScriptedRequest request)
    {
        Before(request.Operation);
        lock (_calls) _calls.Add(request.Operation);
        using HttpRequestMessage message = new(new HttpMethod(request.Method), Sandbox.Info.EndpointUrl + request.Target);
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Rewrite(request.Text)));
        foreach ((string name, string value) in request.Headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                message.Headers.TryAddWithoutValidation(name, value);
        }
        using HttpResponseMessage answer = _http.Send(message);
        using StreamReader reader = new(answer.Content.ReadAsStream());
        string body = reader.ReadToEnd();
        return LosesAnswer(request.Operation)
            ? Answer.Drop : new((int)answer.StatusCode, body, answer.Content.Headers.ContentType?.ToString() ?? "text/xml");
    }
}

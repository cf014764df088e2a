using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Every operation that AWS's models have, supported or not, is called with next to nothing: none pretends to have done
/// something.</summary>
public sealed class ModelWalkTests
{
    private static readonly Dictionary<string, string> s_targets = new()
    {
        ["ecr"] = "AmazonEC2ContainerRegistry_V20150921", ["ecr-public"] = "SpencerFrontendService",
        ["ecs"] = "AmazonEC2ContainerServiceV20141113",
    };

    private static readonly Dictionary<string, string> s_versions = new() { ["iam"] = "2010-05-08", ["sts"] = "2011-06-15" };

    [Theory]
    [InlineData("ecr", 58)]
    [InlineData("ecr-public", 23)]
    [InlineData("ecs", 77)]
    public async Task An_operation_of_the_JSON_services_is_there_or_says_that_it_is_not(string service, int atLeast)
    {
        ServiceModel model = ServiceModel.Load(service);
        await using TestSandbox sandbox = new();
        Assert.True(model.Operations.Count() >= atLeast);
        foreach (string operation in model.Operations)
        {
            (HttpStatusCode status, string answer) = await Call(sandbox, service, operation);
            JsonObject body = JsonNode.Parse(answer)!.AsObject();
            if (!sandbox.Box.Operations.Contains($"{service}:{operation}"))
            {
                Assert.True(status == HttpStatusCode.BadRequest, $"{operation}: {status} {answer}");
                Assert.Equal("UnknownOperationException", (string)body["__type"]!);
                Assert.Contains(operation, (string)body["message"]!, StringComparison.Ordinal);
            }
            else if (status == HttpStatusCode.OK)
            {
                Assert.NotEmpty(body);
                Assert.Empty(model.CheckOutput(operation, answer));
            }
            else Assert.True(status == HttpStatusCode.BadRequest && (string)body["message"]! is { Length: > 0 },
                $"{operation}: {status} {answer}");
        }
    }

    [Theory]
    [InlineData("iam", 176)]
    [InlineData("sts", 11)]
    public async Task An_action_of_the_Query_services_is_there_or_says_that_it_is_not(string service, int atLeast)
    {
        ServiceModel model = ServiceModel.Load(service);
        await using TestSandbox sandbox = new();
        Assert.True(model.Operations.Count() >= atLeast);
        foreach (string action in model.Operations)
        {
            (HttpStatusCode status, XElement answer) = await sandbox.Query(action, s_versions[service]);
            string? code = answer.Descendants().FirstOrDefault(e => e.Name.LocalName == "Code")?.Value,
                message = answer.Descendants().FirstOrDefault(e => e.Name.LocalName == "Message")?.Value;
            if (!sandbox.Box.Operations.Contains($"{service}:{action}"))
            {
                Assert.Equal((HttpStatusCode.BadRequest, "InvalidAction"), (status, code));
                Assert.Contains(action, message!, StringComparison.Ordinal);
            }
            else if (status == HttpStatusCode.OK) Assert.Empty(model.CheckOutput(action, answer));
            else Assert.True((int)status is 400 or 403 or 404 && message is { Length: > 0 }, $"{action}: {status} {answer}");
        }
    }

    private static async Task<(HttpStatusCode, string)> Call(TestSandbox sandbox, string service, string operation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}")) };
        request.Headers.Add("X-Amz-Target", $"{s_targets[service]}.{operation}");
        sandbox.Sign(request, service, "us-east-1");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

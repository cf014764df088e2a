using System.Net;
using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Requests from a generator: whatever comes, an error is the answer, and never one of the sandbox's own.</summary>
public sealed class NonsenseTests
{
    private static readonly string[] s_operations =
    [
        "CreateRepository", "DeleteRepository", "PutImageTagMutability", "PutImageScanningConfiguration", "TagResource", "UntagResource",
        "ListTagsForResource", "PutLifecyclePolicy",
        "GetLifecyclePolicy", "DeleteLifecyclePolicy", "StartLifecyclePolicyPreview", "GetLifecyclePolicyPreview", "DescribeImages",
        "ListImages", "ListImageReferrers", "BatchGetImage",
        "BatchDeleteImage", "PutImage", "UpdateImageStorageClass", "BatchCheckLayerAvailability", "GetDownloadUrlForLayer",
        "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload",
        "PutAccountSetting", "GetAccountSetting", "SetRepositoryPolicy", "GetRepositoryPolicy", "PutRegistryPolicy", "GetRegistryPolicy",
        "PutReplicationConfiguration",
        "DescribeImageReplicationStatus", "StartImageScan", "DescribeImageScanFindings", "Nonsense", "",
    ];

    private static readonly string[] s_members =
    [
        "repositoryName", "registryId", "imageIds", "imageId", "imageTag", "imageDigest", "imageManifest", "maxResults", "nextToken",
        "filter", "tags", "resourceArn", "layerDigests", "layerDigest",
        "uploadId", "partFirstByte", "partLastByte", "layerPartBlob", "lifecyclePolicyText", "imageTagMutability",
        "imageTagMutabilityExclusionFilters", "imageScanningConfiguration",
        "encryptionConfiguration", "subjectId", "policyText", "replicationConfiguration", "rules", "destinations", "repositoryNames",
        "name", "value", "tagKeys", "force", "targetStorageClass",
    ];

    private static readonly string[] s_texts = ["pizza", "", "A", "../..", "sha256:0", "\u0000", "\ud800", "x y", "123456789012", "{}",
        "[]", "{\"rules\":[]}", "arn:aws:ecr:us-east-1:123456789012:repository/", "%00", "é", "TAGGED"];
    private static readonly string[] s_paths = ["/", "/v2", "/v2/", "/v2/_catalog", "/v2/pizza/", "/v2/pizza/blobs/",
        "/v2/pizza/blobs/uploads/", "/v2/pizza/manifests/", "/v2/pizza/tags/list", "/v2//", "/_layers/", "/%", "/%ff", "/.well-known/",
        "/x?y=%", "//"];
    private static readonly string[] s_methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "NONSENSE"];

    [Fact]
    public async Task Eight_thousand_calls_with_random_members_are_refused_by_errors_of_AWS()
    {
        await using TestSandbox sandbox = new();
        Random random = new(1);
        for (int i = 0; i < 8_000; i++)
        {
            string operation = Pick(random, s_operations);
            string input = "{"
                + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"\"{Pick(random, s_members)}\":{Value(random, 0)}"))
                + "}";
            (HttpStatusCode status, string answer) = await Call(sandbox, operation, input);
            Assert.True((int)status is >= 400 and < 500, $"{operation} {input}: {status} {answer}");
            Assert.Contains("__type", answer, StringComparison.Ordinal);
        }
        Assert.Empty((await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
    }

    [Fact]
    public async Task A_thousand_bodies_of_noise_are_refused()
    {
        await using TestSandbox sandbox = new();
        Random random = new(2);
        byte[] noise = new byte[200];
        for (int i = 0; i < 1_000; i++)
        {
            random.NextBytes(noise);
            string text = Encoding.Latin1.GetString(noise, 0, random.Next(noise.Length));
            (HttpStatusCode status, string answer) = await Call(sandbox, Pick(random, s_operations), text);
            Assert.True((int)status is >= 400 and < 500, $"{status} {answer}");
        }
    }

    [Fact]
    public async Task A_thousand_requests_to_random_paths_are_refused()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = new(sandbox, "pizza", await RegistryClient.Login(sandbox));
        Random random = new(3);
        for (int i = 0; i < 1_000; i++)
        {
            string method = Pick(random, s_methods),
                path = Pick(random, s_paths) + (random.Next(2) == 0 ? "" : Uri.EscapeDataString(Pick(random, s_texts[..7])));
            if (method is "GET" or "HEAD" && path.TrimEnd('/') is "/v2" or "/v2/_catalog") continue;   // these two succeed, as they should
            using HttpResponseMessage answer = await client.Send(new(method), path, new StringContent(Pick(random, s_texts[..5])));
            int status = (int)answer.StatusCode;
            Assert.True(status is >= 400 and < 500 || (path.TrimEnd('/') == "/v2" && status == 200) || status == 501,
                $"{method} {path}: {status}");
        }
    }

    [Theory]
    [InlineData("SpencerFrontendService", "DeleteRepository", "DescribeImages", "DescribeImageTags", "PutImage", "InitiateLayerUpload",
        "CompleteLayerUpload", "GetRepositoryCatalogData", "PutRepositoryCatalogData", "TagResource", "Nonsense")]
    [InlineData("AmazonEC2ContainerServiceV20141113", "CreateService", "UpdateService", "DescribeTaskDefinition", "RegisterTaskDefinition",
        "ListServices", "ListTasks", "DescribeTasks", "DescribeServices", "Nonsense")]
    [InlineData("NoServiceOfAws", "CreateRepository")]
    public async Task A_thousand_calls_of_another_service_with_random_members_are_refused(string target, params string[] operations)
    {
        await using TestSandbox sandbox = new(new() { Empty = true });
        Random random = new(4);
        string[] members = [.. s_members, "cluster", "service", "services", "serviceName", "taskDefinition", "tasks", "family",
            "containerDefinitions", "desiredCount", "catalogData"];
        for (int i = 0; i < 1_000; i++)
        {
            string operation = Pick(random, operations);
            string input = "{"
                + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"\"{Pick(random, members)}\":{Value(random, 0)}"))
                + "}";
            (HttpStatusCode status, string answer) = await Call(sandbox, operation, input, target);
            Assert.True((int)status is >= 400 and < 500, $"{operation} {input}: {status} {answer}");
            Assert.Contains("__type", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_thousand_random_forms_are_refused_in_XML()
    {
        await using TestSandbox sandbox = new(new() { Empty = true });
        Random random = new(5);
        string[] actions =
        [
            "CreateRole", "GetRole", "DeleteRole", "UpdateAssumeRolePolicy", "CreatePolicy", "GetPolicy", "CreatePolicyVersion",
            "DeletePolicyVersion", "AttachRolePolicy", "PutRolePolicy", "GetRolePolicy",
            "CreateOpenIDConnectProvider", "GetOpenIDConnectProvider", "SimulateCustomPolicy", "SimulatePrincipalPolicy", "AssumeRole",
            "AssumeRoleWithWebIdentity", "Nonsense", "",
        ];
        string[] fields =
        [
            "RoleName", "PolicyName", "PolicyArn", "PolicyDocument", "AssumeRolePolicyDocument", "VersionId", "SetAsDefault", "Path", "Url",
            "ClientIDList.member.1", "ThumbprintList.member.1", "OpenIDConnectProviderArn",
            "ActionNames.member.1", "PolicyInputList.member.1", "PolicySourceArn", "Tags.member.1.Key", "Tags.member.1.Value", "MaxItems",
            "Marker", "RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds", "=&%", "Action",
        ];
        string[] values = [.. s_texts.Select(t => t.Replace("\ud800", "?", StringComparison.Ordinal)), "a.b.c", "eyJ.eyJ.x", "-1", "1e9",
            "true", "https://", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}""", "<x/>", "]]>"];
        for (int i = 0; i < 2_000; i++)
        {
            string action = Pick(random, actions);
            (string, string)[] form = [.. Enumerable.Range(0, random.Next(5)).Select(_ => (Pick(random, fields), Pick(random, values)))];
            (HttpStatusCode status, System.Xml.Linq.XElement answer) =
                await sandbox.Query(action, random.Next(3) == 0 ? "2011-06-15" : "2010-05-08", form);
            Assert.True((int)status is >= 400 and < 500, $"{action} {string.Join(", ", form)}: {status} {answer}");
        }
        (HttpStatusCode fine, System.Xml.Linq.XElement roles) = await sandbox.Query("ListRoles", "2010-05-08");
        Assert.Equal((HttpStatusCode.OK, false), (fine, roles.Descendants().Any(e => e.Name.LocalName == "RoleName")));
    }

    [Fact]
    public async Task A_thousand_requests_to_GitHub_to_the_issuer_and_to_the_controls_are_refused_or_answered_and_break_nothing()
    {
        await using TestSandbox sandbox = new();
        Random random = new(6);
        string[] roots = ["/_github/api/", "/_github/api/repos/", "/_github/api/repos/o/r/actions/", "/_github/oidc/",
            "/_github/oidc/.well-known/", "/_sandbox/", "/_sandbox/faults", "/_sandbox/clock", "/_sandbox/tokens", "/_layers/"];
        for (int i = 0; i < 1_000; i++)
        {
            string method = Pick(random, s_methods),
                path = Pick(random, roots)
                    + (random.Next(2) == 0
                        ? "" : Uri.EscapeDataString(Pick(random, s_texts).Replace("\ud800", "?", StringComparison.Ordinal)));
            using HttpRequestMessage request =
                new(new(method), path) { Content = new StringContent(Value(random, 0), Encoding.UTF8, "application/json") };
            using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(
                (int)answer.StatusCode is >= 400 and < 500 or 501
                    || (method, path) is ("DELETE", "/_sandbox/faults") or ("GET", "/_sandbox/" or "/_sandbox/faults"),
                $"{method} {path}: {answer.StatusCode}");
        }
        Assert.Empty((await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
    }

    private static async Task<(HttpStatusCode, string)> Call(
        TestSandbox sandbox, string operation, string body, string target = "AmazonEC2ContainerRegistry_V20150921")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Add("X-Amz-Target", $"{target}.{operation}");
        sandbox.Sign(request, "ecr", "us-east-1");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string Value(Random random, int depth) => random.Next(depth > 2 ? 5 : 8) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => $"{random.Next(-5, 2000)}",
        3 => "1e400",
        4 => JsonSerializer.Serialize(Pick(random, s_texts).Replace("\ud800", "?", StringComparison.Ordinal))
            .Replace("?", "\\ud800", StringComparison.Ordinal),
        5 => "[" + string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth + 1))) + "]",
        _ =>
            "{" + string.Join(',',
                Enumerable.Range(0, random.Next(3)).Select(_ => $"\"{Pick(random, s_members)}\":{Value(random, depth + 1)}")) + "}",
    };

    private static T Pick<T>(Random random, T[] items) => items[random.Next(items.Length)];
}

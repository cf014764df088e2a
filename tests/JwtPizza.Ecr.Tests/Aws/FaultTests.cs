using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;
using static JwtPizza.Ecr.Tests.Aws.Reading;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Errors of AWS and answers that are none: what the user is told.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("AccessDeniedException", PizzaErrorKind.PermissionDenied, "ecr:DescribeRepositories")]
    [InlineData("ExpiredTokenException", PizzaErrorKind.Authentication, "aws sso login")]
    [InlineData("UnrecognizedClientException", PizzaErrorKind.Authentication, "AWS_ACCESS_KEY_ID")]
    [InlineData("InvalidSignatureException", PizzaErrorKind.Authentication, "clock")]
    [InlineData("com.amazonaws.ecr#RepositoryNotFoundException", PizzaErrorKind.NotFound, "no")]
    [InlineData("RepositoryAlreadyExistsException:http://internal.amazon.com/coral/com.amazonaws.ecr/", PizzaErrorKind.AlreadyExists, "no")]
    [InlineData("InvalidParameterException", PizzaErrorKind.InvalidArgument, "no")]
    [InlineData("LimitExceededException", PizzaErrorKind.LimitExceeded, "no")]
    [InlineData("RepositoryNotEmptyException", PizzaErrorKind.InvalidOperation, "no")]
    [InlineData("KmsException", PizzaErrorKind.InvalidOperation, "no")]
    public async Task An_error_of_ECR_keeps_its_code_and_names_the_next_step(string code, PizzaErrorKind kind, string says)
    {
        await using ScriptedServer server = new(Answer.Error(code));
        PizzaException e = await FailAsync(server);
        Assert.Equal((code.Split(':')[0].Split('#')[^1], kind), (e.ErrorId, e.Kind));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Equal("ecr:DescribeRepositories", e.Target);
    }

    [Theory]
    [InlineData("NoSuchEntity", 404, PizzaErrorKind.NotFound)]
    [InlineData("AccessDenied", 403, PizzaErrorKind.PermissionDenied)]
    [InlineData("ExpiredToken", 403, PizzaErrorKind.Authentication)]
    [InlineData("InvalidClientTokenId", 403, PizzaErrorKind.Authentication)]
    [InlineData("SignatureDoesNotMatch", 403, PizzaErrorKind.Authentication)]
    [InlineData("MalformedPolicyDocument", 400, PizzaErrorKind.InvalidArgument)]
    [InlineData("LimitExceeded", 409, PizzaErrorKind.LimitExceeded)]
    [InlineData("EntityAlreadyExists", 409, PizzaErrorKind.AlreadyExists)]
    [InlineData("UnmodifiableEntity", 400, PizzaErrorKind.InvalidOperation)]
    public async Task An_error_of_IAM_is_read_also_from_CDATA(string code, int status, PizzaErrorKind kind)
    {
        string xml =
            $"<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message><![CDATA[The <role> & more]]></Message></Error><RequestId>1</RequestId></ErrorResponse>";
        await using ScriptedServer server = new(Answer.Xml(xml, status));
        using AwsSession session = Sessions.Open(server);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => session.Iam.GetRoleAsync("github-ci", Sessions.Soon));
        Assert.Equal((code, kind), (e.ErrorId, e.Kind));
        Assert.StartsWith("The <role> & more", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_broken_answer_does_not_repeat_what_was_done()
    {
        foreach (Answer broken in (Answer[])[Answer.Json("""{"repository":{"repos"""), Answer.Json("{}") with { Missing = 100 },
            Answer.Html(200), Answer.Json("null"), Answer.Json("")])
        {
            await using ScriptedServer server = new(broken);
            using AwsSession session = Sessions.Open(server);
            PizzaException e =
                await Assert.ThrowsAsync<PizzaException>(() =>
                    session.Ecr.CreateRepositoryAsync("team/api", new RepositorySettings(), Sessions.Soon));
            Assert.Equal(("InvalidResponse", PizzaErrorKind.InvalidData), (e.ErrorId, e.Kind));
            Assert.Contains("not repeated", e.Message, StringComparison.Ordinal);
            // what came of it is looked up, which finds no proper answer either
            Assert.Single(server.Requests, r => r.Operation == "CreateRepository");
        }
    }

    [Fact]
    public async Task A_broken_answer_of_IAM_does_not_repeat_what_was_done()
    {
        await using ScriptedServer server = new(Answer.Xml("<CreatePolicyVersionResponse><CreatePolicy") with { Missing = 40 });
        using AwsSession session = Sessions.Open(server);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => session.Iam.CreatePolicyVersionAsync("arn", "{}", true, Sessions.Soon));
        Assert.Equal("InvalidResponse", e.ErrorId);
        Assert.Single(server.Requests);
    }

    [Theory, MemberData(nameof(RequestTests.EcrOperations), MemberType = typeof(RequestTests))]
    public async Task An_answer_that_lacks_what_it_must_hold_is_no_crash(string operation)
    {
        await using ScriptedServer server = new(Answer.Json("{}"));
        using AwsSession session = Sessions.Open(server);
        Exception? e = await Record.ExceptionAsync(() => Conversations.Ecr[operation].Call(session, Sessions.Soon));
        Assert.True(e is null or PizzaException { ErrorId: "InvalidResponse" }, $"{e}");
        Assert.Equal(
            operation is "CreateRepository" or "DescribeRepositories" or "DescribeImages" or "GetAuthorizationToken"
                or "GetDownloadUrlForLayer" or "GetLifecyclePolicy" or "GetLifecyclePolicyPreview"
            or "GetRepositoryPolicy" or "GetRegistryPolicy" or "GetRegistryScanningConfiguration" or "DescribeRegistry"
            or "DescribeImageReplicationStatus", e is not null);
    }

    [Theory]
    [InlineData("not base64")]
    [InlineData("QVdT")]
    public async Task A_login_that_cannot_be_decoded_is_refused_and_not_shown(string token)
    {
        await using ScriptedServer server =
            new(Answer.Json($$"""{"authorizationData":[{"authorizationToken":"{{token}}","expiresAt":1,"proxyEndpoint":"https://x"}]}"""));
        using AwsSession session = Sessions.Open(server);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => session.Ecr.GetAuthorizationTokenAsync(Sessions.Soon));
        Assert.Equal("InvalidResponse", e.ErrorId);
        Assert.DoesNotContain(token, e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_servers_answer_is_named_as_such()
    {
        await using ScriptedServer server = new(Answer.Html(404));
        PizzaException e = await FailAsync(server);
        Assert.Equal("InvalidResponse", e.ErrorId);
        Assert.Contains("not as AWS does", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_our_credentials()
    {
        await using ScriptedServer elsewhere = new(Answer.Json(Empty));
        await using ScriptedServer server =
            new(Answer.Html(307) with { Headers = new Dictionary<string, string> { ["Location"] = elsewhere.Url } });
        await FailAsync(server);
        Assert.Empty(elsewhere.Requests);
    }
}

/// <summary>The call that the tests of bad days make.</summary>
internal static class Reading
{
    public const string Empty = """{"repositories":[]}""";

    public static async Task ReadAsync(ScriptedServer server)
    {
        using AwsSession session = Sessions.Open(server);
        Assert.Empty(await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon)));
    }

    public static async Task<PizzaException> FailAsync(ScriptedServer server)
    {
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => ReadAsync(server));
        Assert.DoesNotContain(Sessions.SecretKey, e.ToString(), StringComparison.Ordinal);
        return e;
    }
}

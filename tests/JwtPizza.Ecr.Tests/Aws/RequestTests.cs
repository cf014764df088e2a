using System.Xml.Linq;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>What we send fits AWS's models and bears a signature that AWS would compute; what AWS answers is understood.</summary>
public sealed class RequestTests
{
    public static TheoryData<string> EcrOperations => [.. Conversations.Ecr.Keys];
    public static TheoryData<string> PublicOperations => [.. Conversations.EcrPublic.Keys];
    public static TheoryData<string> IamOperations => [.. Conversations.Iam.Keys];

    [Theory, MemberData(nameof(EcrOperations))]
    public async Task Each_call_of_ECR_fits_its_model(string operation)
    {
        ServiceModel model = ServiceModel.Load("ecr");
        (Func<AwsSession, CancellationToken, Task> call, string answer) = Conversations.Ecr[operation];
        Assert.Empty(model.CheckOutput(operation, answer));
        await using ScriptedServer server = new(Answer.Json(answer));
        using AwsSession session = Sessions.Open(server);
        await call(session, Sessions.Soon);
        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal("AmazonEC2ContainerRegistry_V20150921." + operation, request.Headers["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", request.Headers["Content-Type"]);
        Assert.Empty(model.CheckInput(operation, request.Text));
    }

    [Theory, MemberData(nameof(PublicOperations))]
    public async Task Each_call_of_ECR_Public_fits_its_model(string operation)
    {
        ServiceModel model = ServiceModel.Load("ecr-public");
        (Func<AwsSession, CancellationToken, Task> call, string answer) = Conversations.EcrPublic[operation];
        Assert.Empty(model.CheckOutput(operation, answer));
        await using ScriptedServer server = new(Answer.Json(answer));
        using AwsSession session = Sessions.Open(server);
        await call(session, Sessions.Soon);
        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal("SpencerFrontendService." + operation, request.Headers["X-Amz-Target"]);
        Assert.Empty(model.CheckInput(operation, request.Text));
        Assert.Equal(("us-east-1", "ecr-public"), (Signed(server).Region, Signed(server).Service));
    }

    [Fact]
    public async Task A_login_to_ECR_Public_is_at_the_host_of_its_registry()
    {
        ServiceModel model = ServiceModel.Load("ecr-public");
        const string Token = """{"authorizationData":{"authorizationToken":"QVdTOnRvOnA=","expiresAt":1763793200}}""";
        Assert.Empty(model.CheckOutput("GetAuthorizationToken", Token));
        await using ScriptedServer server =
            new((r, _) => Answer.Json(r.Operation == "GetAuthorizationToken" ? Token : Conversations.EcrPublic[r.Operation].Answer));
        using AwsSession session = Sessions.Open(server);
        RegistryLogin login = await session.EcrPublic.GetAuthorizationTokenAsync(Sessions.Soon);
        Assert.Equal(("AWS", "to:p", "public.ecr.aws"), (login.User, login.Password, login.Host));
        Assert.Empty(model.CheckInput("GetAuthorizationToken", server.Requests[0].Text));
    }

    [Fact]
    public async Task Logins_to_many_registries_are_asked_for_ten_at_a_time()
    {
        await using ScriptedServer server = new((r, _) => Answer.Json(Conversations.Ecr["GetAuthorizationToken"].Answer));
        using AwsSession session = Sessions.Open(server);
        await session.Ecr.GetAuthorizationTokensAsync([.. Enumerable.Range(0, 12).Select(i => $"{i:d12}")], Sessions.Soon);
        Assert.Equal([10, 2],
            server.Requests.Select(r =>
                System.Text.Json.JsonDocument.Parse(r.Text).RootElement.GetProperty("registryIds").GetArrayLength()));
        ServiceModel model = ServiceModel.Load("ecr");
        Assert.All(server.Requests, r => Assert.Empty(model.CheckInput("GetAuthorizationToken", r.Text)));
    }

    [Theory, MemberData(nameof(IamOperations))]
    public async Task Each_call_of_IAM_fits_its_model(string operation)
    {
        ServiceModel model = ServiceModel.Load("iam");
        (Func<AwsSession, CancellationToken, Task> call, string result) = Conversations.Iam[operation];
        string answer = Conversations.Xml(operation, result);
        Assert.Empty(model.CheckOutput(operation, XElement.Parse(answer)));
        await using ScriptedServer server = new(Answer.Xml(answer));
        using AwsSession session = Sessions.Open(server);
        await call(session, Sessions.Soon);
        IReadOnlyDictionary<string, string> form = QueryForm.Parse(Assert.Single(server.Requests).Text);
        Assert.Equal((operation, "2010-05-08"), (form["Action"], form["Version"]));
        Assert.Empty(model.CheckInput(operation, form));
    }

    [Fact]
    public async Task A_JSON_call_is_signed_as_AWS_describes_it()
    {
        await using ScriptedServer server = new(Answer.Json("""{"repositories":[]}"""));
        using AwsSession session = AwsSession.Open(Sessions.Options(server.Url) with { SessionToken = "a session/token+with=signs" });
        await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(["team/api"], Sessions.Soon));
        Signature signature = Signed(server);
        Assert.Equal((Sessions.AccessKey, "eu-central-1", "ecr"), (signature.AccessKey, signature.Region, signature.Service));
        Assert.Contains("x-amz-security-token", signature.SignedHeaders);
        Assert.Contains("x-amz-target", signature.SignedHeaders);
    }

    [Theory]
    [InlineData("eu-central-1", "us-east-1")]
    [InlineData("us-gov-east-1", "us-gov-west-1")]
    [InlineData("cn-northwest-1", "cn-north-1")]
    public async Task IAM_is_signed_for_the_home_region_of_its_partition(string region, string home)
    {
        await using ScriptedServer server = new(Answer.Xml(Conversations.Xml("GetAccountSummary", "<SummaryMap/>")));
        using AwsSession session = AwsSession.Open(Sessions.Options(server.Url) with { Region = region });
        await session.Iam.GetAccountSummaryAsync(Sessions.Soon);
        Signature signature = Signed(server);
        Assert.Equal((home, "iam"), (signature.Region, signature.Service));
    }

    [Fact]
    public async Task Who_calls_is_asked_of_STS_in_the_region()
    {
        ServiceModel model = ServiceModel.Load("sts");
        string answer =
            Conversations.Xml("GetCallerIdentity",
                "<Arn>arn:aws:iam::012345678901:user/me</Arn><UserId>AIDAEXAMPLE</UserId><Account>012345678901</Account>",
                "https://sts.amazonaws.com/doc/2011-06-15/");
        Assert.Empty(model.CheckOutput("GetCallerIdentity", XElement.Parse(answer)));
        await using ScriptedServer server = new(Answer.Xml(answer));
        using AwsSession session = Sessions.Open(server);
        Assert.Equal(new CallerIdentity("012345678901", "arn:aws:iam::012345678901:user/me", "AIDAEXAMPLE"),
            await session.Sts.GetCallerIdentityAsync(Sessions.Soon));
        Assert.Equal(("eu-central-1", "sts"), (Signed(server).Region, Signed(server).Service));
        Assert.Empty(model.CheckInput("GetCallerIdentity", QueryForm.Parse(server.Requests[0].Text)));
    }

    [Fact]
    public async Task The_registry_of_another_account_is_named_in_every_call_that_can_name_one()
    {
        await using ScriptedServer server = new((r, _) => Answer.Json(Conversations.Ecr[r.Operation].Answer));
        using AwsSession session = Sessions.Open(server);
        EcrClient other = session.Ecr.For("012345678901");
        await Sessions.ListAsync(other.DescribeImagesAsync("team/api", null, 100, Sessions.Soon));
        await other.GetAuthorizationTokenAsync(Sessions.Soon);
        await session.Ecr.For("").GetLifecyclePolicyAsync("team/api", Sessions.Soon);
        Assert.Contains("\"registryId\":\"012345678901\"", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Contains("\"registryIds\":[\"012345678901\"]", server.Requests[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("registryId", server.Requests[2].Text, StringComparison.Ordinal);
    }

    private static Signature Signed(ScriptedServer server)
    {
        ScriptedRequest request = Assert.Single(server.Requests);
        Signature signature = Signature.Of(request);
        Assert.Equal(signature.Expected(request, Sessions.SecretKey), signature.Value);
        return signature;
    }
}

using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;
using static JwtPizza.Ecr.Tests.Trust.Policies;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>What is trust's own about reading and writing.</summary>
public sealed class TrustServiceTests
{
    private const int Patience = 60_000;
    private const string Mine = "repo:octo-org/mine:*";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<(EcrSandbox Sandbox, AwsSession Aws)> OpenAsync(string document)
    {
        EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        AwsSession aws =
            AwsSession.Open(
                new()
                {
                    EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
                    SecretKey = sandbox.Info.SecretKey,
                });
        await aws.Iam.CreateRoleAsync(new("github-ci", document), Cancel);
        return (sandbox, aws);
    }

    private static async Task<string> DocumentAsync(AwsSession aws) =>
        (await aws.Iam.GetRoleAsync("github-ci", Cancel)).AssumeRolePolicyDocument;

    private static Func<TrustPolicy, Edit<TrustPolicy, TrustSubject>> Adding(params IEnumerable<string> subjects) =>
        policy => policy.Add([.. subjects.Select(GitHubSubject.Parse)]);

    private static IEnumerable<string> Many(int count) =>
        Enumerable.Range(0, count).Select(i => $"repo:octo-org/quite-a-long-name-{i:00}:ref:refs/heads/main");

    [Fact(Timeout = Patience)]
    public async Task A_subject_is_written_once_and_a_second_time_changes_nothing()
    {
        (EcrSandbox sandbox, AwsSession aws) = await OpenAsync(Course);
        await using EcrSandbox _ = sandbox;
        Assert.Equal(ChangeStatus.Created,
            (await new TrustService(aws.Iam).EditAsync("github-ci", Adding(Mine), Cancel)).Results[0].Status);
        string written = await DocumentAsync(aws);
        Assert.Equal(ChangeStatus.Unchanged,
            (await new TrustService(aws.Iam).EditAsync("github-ci", Adding(Mine), Cancel)).Results[0].Status);
        Assert.Equal(written, await DocumentAsync(aws));
    }

    [Fact(Timeout = Patience)]
    public async Task A_document_over_the_quota_is_not_sent()
    {
        (EcrSandbox sandbox, AwsSession aws) = await OpenAsync(Course);
        await using EcrSandbox _ = sandbox;
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => new TrustService(aws.Iam).EditAsync("github-ci", Adding(Many(40)), Cancel));
        Assert.Equal(("TrustPolicyTooLong", PizzaErrorKind.LimitExceeded, Course), (e.ErrorId, e.Kind, await DocumentAsync(aws)));
        Assert.Contains("2048", e.Message, StringComparison.Ordinal);
        Assert.Contains("L-C07B4B0D", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData(8192)]
    [InlineData(null)]
    public async Task A_raised_quota_or_one_that_may_not_be_read_lets_a_long_document_through(int? quota)
    {
        string document = Course;
        await using ScriptedServer server = new((request, _) => request.Operation switch
        {
            "GetRole" =>
                Xml("GetRole",
                    $"<Role><RoleName>github-ci</RoleName><Arn>{RoleArn}</Arn><AssumeRolePolicyDocument>{Uri.EscapeDataString(document)}</AssumeRolePolicyDocument></Role>"),
            "GetAccountSummary" when quota is null =>
                Answer.Xml("<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>", 403),
            "GetAccountSummary" =>
                Xml("GetAccountSummary",
                    $"<SummaryMap><entry><key>{TrustPolicySize.QuotaName}</key><value>{quota}</value></entry></SummaryMap>"),
            _ => Written(QueryForm.Parse(request.Text)["PolicyDocument"]),
        });
        using AwsSession aws = Sessions.Open(server);
        await new TrustService(aws.Iam).EditAsync("github-ci", Adding(Many(40)), Cancel);
        Assert.Equal(41, Parse(document).Subjects().Count);

        Answer Written(string sent)
        {
            document = sent;
            return Xml("UpdateAssumeRolePolicy", "");
        }

        static Answer Xml(string operation, string result) =>
            Answer.Xml($"<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>");
    }

    [Fact(Timeout = Patience)]
    public async Task A_document_goes_without_white_space_when_it_only_fits_so()
    {
        (EcrSandbox sandbox, AwsSession aws) = await OpenAsync(Course);
        await using EcrSandbox _ = sandbox;
        await new TrustService(aws.Iam).EditAsync("github-ci", Adding(Many(17)), Cancel);
        string document = await DocumentAsync(aws);
        Assert.InRange(document.Length, 1, 2048);
        Assert.DoesNotContain('\n', document);
    }

    [Theory(Timeout = Patience)]
    [InlineData("no-such-role", "NoSuchEntity")]
    [InlineData("", "InvalidRoleName")]
    [InlineData("arn:aws:iam::123456789012:role/x", "InvalidRoleName")]
    public async Task A_role_that_cannot_be_is_named(string roleName, string errorId)
    {
        (EcrSandbox sandbox, AwsSession aws) = await OpenAsync(Course);
        await using EcrSandbox _ = sandbox;
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => new TrustService(aws.Iam).ReadAsync(roleName, Cancel));
        Assert.Equal((errorId, (object)roleName), (e.ErrorId, e.Target));
    }

    [Fact(Timeout = Patience)]
    public async Task A_character_that_IAM_cannot_store_is_named_before_the_call()
    {
        (EcrSandbox sandbox, AwsSession aws) = await OpenAsync(Course);
        await using EcrSandbox _ = sandbox;
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                new TrustService(aws.Iam).EditAsync("github-ci", Adding("repo:octo-org/mine:environment:€"), Cancel));
        Assert.Contains("U+20AC", e.Message, StringComparison.Ordinal);
        Assert.Equal(Course, await DocumentAsync(aws));
    }
}

using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Answers become records; lists go on to their last page.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task A_repository_tells_all_that_ECR_told()
    {
        await using ScriptedServer server = new(Answer.Json(Conversations.Ecr["CreateRepository"].Answer));
        using AwsSession session = Sessions.Open(server);
        Repository made = await session.Ecr.CreateRepositoryAsync("team/api", Conversations.Everything, Sessions.Soon);
        Assert.Equal(("team/api", "012345678901", "eu-central-1"), (made.RepositoryName, made.RegistryId, made.Region));
        Assert.Equal("012345678901.dkr.ecr.eu-central-1.amazonaws.com/team/api", made.RepositoryUri);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMilliseconds(1763750000125), made.CreatedAt);
        Assert.Equal("IMMUTABLE_WITH_EXCLUSION", made.ImageTagMutability);
        Assert.Equal(["dev-*"], made.MutabilityExclusion);
        Assert.Equal((true, "KMS", "alias/pizza"), (made.ScanOnPush, made.EncryptionType, made.KmsKey));
    }

    [Fact]
    public async Task All_pages_of_a_list_are_read_and_none_more_than_is_wanted()
    {
        await using ScriptedServer server = new((_, i) => Answer.Json($$"""
            {"repositories":[{"repositoryArn":"a","registryId":"012345678901","repositoryName":"r{{i}}","repositoryUri":"u"}]{{(i % 3 < 2 ? ",\"nextToken\":\"t" + (i + 1) + "\"" : "")}}}
            """));
        using AwsSession session = Sessions.Open(server);
        List<Repository> all = await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon));
        Assert.Equal(["r0", "r1", "r2"], all.Select(r => r.RepositoryName));
        Assert.Equal([false, true, true], server.Requests.Select(r => r.Text.Contains("nextToken", StringComparison.Ordinal)));
        await foreach (Repository first in session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon))
        {
            Assert.Equal("r3", first.RepositoryName);
            break;
        }
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task A_page_token_that_comes_twice_ends_the_list_with_an_error()
    {
        await using ScriptedServer server = new((_, i) => Answer.Json($$"""{"repositories":[],"nextToken":"t{{i % 2}}"}"""));
        using AwsSession session = Sessions.Open(server);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon)));
        Assert.Equal(("RepeatedPageToken", 3), (e.ErrorId, server.Requests.Count));
    }

    [Fact]
    public async Task An_answer_beyond_64_MB_is_not_read_to_its_end_and_not_asked_for_again()
    {
        await using ScriptedServer server = new(Answer.Json(new string(' ', (64 << 20) + 1)));
        using AwsSession session = Sessions.Open(server);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => session.Sts.GetCallerIdentityAsync(Sessions.Soon));
        Assert.Equal(("InvalidResponse", 1), (e.ErrorId, server.Requests.Count));
        Assert.Contains("64 MB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_names_or_ids_than_a_call_may_hold_go_in_several_calls()
    {
        await using ScriptedServer server =
            new((r, _) => Answer.Json(r.Operation == "DescribeImages" ? """{"imageDetails":[]}""" : """{"repositories":[]}"""));
        using AwsSession session = Sessions.Open(server);
        await Sessions.ListAsync(
            session.Ecr.DescribeRepositoriesAsync([.. Enumerable.Range(0, 101).Select(i => "repo" + i)], Sessions.Soon));
        await Sessions.ListAsync(
            session.Ecr.DescribeImagesAsync("team/api", [.. Enumerable.Range(0, 201).Select(i => new ImageId { ImageTag = "v" + i })],
                Sessions.Soon));
        Assert.Equal(["DescribeRepositories", "DescribeRepositories", "DescribeImages", "DescribeImages", "DescribeImages"],
            server.Requests.Select(r => r.Operation));
        ServiceModel model = ServiceModel.Load("ecr");
        Assert.All(server.Requests, r => Assert.Empty(model.CheckInput(r.Operation, r.Text)));
    }

    [Fact]
    public async Task Manifests_come_byte_for_byte_and_what_is_missing_comes_beside_them()
    {
        await using ScriptedServer server = new(Answer.Json(Conversations.Ecr["BatchGetImage"].Answer));
        using AwsSession session = Sessions.Open(server);
        ImageBatch batch = await session.Ecr.BatchGetImageAsync("team/api", [new() { ImageTag = "latest" }, new() { ImageTag = "v1" }],
            null, Sessions.Soon);
        Assert.Equal("""{"schemaVersion": 2}""", Assert.Single(batch.Images).Manifest);
        Assert.Equal("ImageNotFound", Assert.Single(batch.Failures).FailureCode);
    }

    [Fact]
    public async Task A_login_is_decoded_and_never_shows_its_password()
    {
        await using ScriptedServer server = new(Answer.Json(Conversations.Ecr["GetAuthorizationToken"].Answer));
        using AwsSession session = Sessions.Open(server);
        RegistryLogin login = await session.Ecr.GetAuthorizationTokenAsync(Sessions.Soon);
        Assert.Equal(("AWS", "to:p", "012345678901.dkr.ecr.eu-central-1.amazonaws.com"), (login.User, login.Password, login.Host));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1763793200), login.ExpiresAt);
        Assert.DoesNotContain("to:p", login.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%7B%22a%2Bb%22%3A%22c+d%20e%22%7D", """{"a+b":"c+d e"}""")]
    [InlineData("{&quot;a&quot;:&quot;100%25&quot;}", """{"a":"100%25"}""")]
    [InlineData("%7B%22k%22%3A%22%C3%BC%22%7D", """{"k":"ü"}""")]
    public async Task A_policy_document_is_decoded_when_it_is_encoded_and_a_plus_stays_a_plus(string sent, string read)
    {
        string role =
            $"<Role><RoleName>github-ci</RoleName><Arn>arn</Arn><AssumeRolePolicyDocument>{sent}</AssumeRolePolicyDocument></Role>";
        await using ScriptedServer server = new(Answer.Xml(Conversations.Xml("GetRole", role)));
        using AwsSession session = Sessions.Open(server);
        Assert.Equal(read, (await session.Iam.GetRoleAsync("github-ci", Sessions.Soon)).AssumeRolePolicyDocument);
    }

    [Fact]
    public async Task A_policy_document_arrives_as_it_was_given()
    {
        const string Document = "{\"Sid\":\"a+b & c=d %20 ü\",\n\t\"x\":\"y\"}";
        await using ScriptedServer server = new(Answer.Xml(Conversations.Xml("UpdateAssumeRolePolicy", "")));
        using AwsSession session = Sessions.Open(server);
        await session.Iam.UpdateAssumeRolePolicyAsync("github-ci", Document, Sessions.Soon);
        Assert.Equal(Document, QueryForm.Parse(server.Requests[0].Text)["PolicyDocument"]);
    }

    [Fact]
    public async Task IAMs_lists_go_on_while_they_are_truncated()
    {
        await using ScriptedServer server = new((_, i) => Answer.Xml(Conversations.Xml("ListAttachedRolePolicies",
            $"<AttachedPolicies><member><PolicyName>p{i}</PolicyName><PolicyArn>arn{i}</PolicyArn></member></AttachedPolicies><IsTruncated>{(i < 2 ? "true" : "false")}</IsTruncated>{(i < 2 ? $"<Marker>m{i}</Marker>" : "")}")));
        using AwsSession session = Sessions.Open(server);
        Assert.Equal([("p0", "arn0"), ("p1", "arn1"), ("p2", "arn2")],
            await Sessions.ListAsync(session.Iam.ListAttachedRolePoliciesAsync("github-ci", Sessions.Soon)));
        Assert.Equal([null, "m0", "m1"], server.Requests.Select(r => QueryForm.Parse(r.Text).GetValueOrDefault("Marker")));
    }
}

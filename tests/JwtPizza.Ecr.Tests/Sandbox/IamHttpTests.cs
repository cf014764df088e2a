using System.Net;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamHttpTests
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15";
    private static readonly XNamespace s_iam = "https://iam.amazonaws.com/doc/2010-05-08/",
        s_sts = "https://sts.amazonaws.com/doc/2011-06-15/";

    [Fact]
    public async Task A_role_is_read_over_HTTP()
    {
        await using TestSandbox sandbox = new();
        (HttpStatusCode status, XElement answer) = await sandbox.Query("GetRole", Iam, ("RoleName", "github-ci"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(s_iam + "GetRoleResponse", answer.Name);
        Assert.Equal("arn:aws:iam::123456789012:role/github-ci",
            answer.Element(s_iam + "GetRoleResult")!.Element(s_iam + "Role")!.Element(s_iam + "Arn")!.Value);
    }

    [Fact]
    public async Task An_operation_without_a_result_has_no_result_element()
    {
        await using TestSandbox sandbox = new();
        (HttpStatusCode status,
            XElement answer) = await sandbox.Query("AttachRolePolicy", Iam, ("RoleName", "github-ci"),
                ("PolicyArn", "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([s_iam + "ResponseMetadata"], answer.Elements().Select(e => e.Name));
    }

    [Fact]
    public async Task A_refusal_has_AWSs_form_and_status_even_when_it_quotes_what_XML_cannot_hold()
    {
        await using TestSandbox sandbox = new();
        (HttpStatusCode status, XElement answer) = await sandbox.Query("GetRole", Iam, ("RoleName", "nobody"));
        Assert.Equal(HttpStatusCode.NotFound, status);
        XElement error = answer.Element(s_iam + "Error")!;
        Assert.Equal(("Sender", "NoSuchEntity"), (error.Element(s_iam + "Type")!.Value, error.Element(s_iam + "Code")!.Value));
        (status, answer) = await sandbox.Query("ListRoles", Iam, ("Marker", "\u0001\ufffe"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("Invalid Marker", answer.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_caller_is_the_sandboxs_user()
    {
        await using TestSandbox sandbox = new(new() { RegistryId = "012345678901", Region = "cn-north-1" });
        (_, XElement answer) = await sandbox.Query("GetCallerIdentity", Sts);
        XElement result = answer.Element(s_sts + "GetCallerIdentityResult")!;
        Assert.Equal("012345678901", result.Element(s_sts + "Account")!.Value);
        Assert.Equal("arn:aws-cn:iam::012345678901:user/sandbox", result.Element(s_sts + "Arn")!.Value);
    }

    [Theory]
    [InlineData("GetCallerIdentity", Sts)]
    [InlineData("ListRoles", Iam)]
    public async Task An_unsigned_call_is_refused(string action, string version)
    {
        await using TestSandbox sandbox = new();
        using FormUrlEncodedContent form = new([new("Action", action), new("Version", version)]);
        using HttpResponseMessage answer = await sandbox.Http.PostAsync("/", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("MissingAuthenticationToken", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_twenty_clients_that_read_change_and_write_the_last_one_wins_whole()
    {
        await using TestSandbox sandbox = new();
        string first = (await Trust(sandbox))
            .Replace("\"repo:my-account/jwt-pizza:ref:refs/heads/main\"", "[\"repo:my-account/jwt-pizza:*\"]", StringComparison.Ordinal);
        await sandbox.Query("UpdateAssumeRolePolicy", Iam, ("RoleName", "github-ci"), ("PolicyDocument", first));
        List<string> written = [];
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            string changed = (await Trust(sandbox)).Replace("[\"repo:", $"[\"repo:o/r{i}:*\",\"repo:", StringComparison.Ordinal);
            lock (written) written.Add(changed);
            (HttpStatusCode status, _) =
                await sandbox.Query("UpdateAssumeRolePolicy", Iam, ("RoleName", "github-ci"), ("PolicyDocument", changed));
            Assert.Equal(HttpStatusCode.OK, status);
        })).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Contains(await Trust(sandbox), written);
    }

    private static async Task<string> Trust(TestSandbox sandbox)
    {
        (_, XElement role) = await sandbox.Query("GetRole", Iam, ("RoleName", "github-ci"));
        return Uri.UnescapeDataString(role.Descendants(s_iam + "AssumeRolePolicyDocument").Single().Value);
    }
}

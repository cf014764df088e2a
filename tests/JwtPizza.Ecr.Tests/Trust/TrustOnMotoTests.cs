using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Trust;

public sealed class TrustOnMotoTests
{
    private const string Mine = "repo:octo-org@1/mine@2:environment:grün & blau+rot%3A";

    [Fact(Timeout = 120_000)]
    public async Task A_document_goes_to_IAM_and_comes_back_character_by_character()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using Moto moto = await Moto.StartAsync();
        await CreateRoleAsync(moto, Policies.Course, cancel);
        using AwsSession aws = AwsSession.Open(moto.Options);
        TrustService trust = new(aws.Iam);
        Assert.Equal(Policies.Course, (await trust.ReadAsync("github-ci", cancel)).Text);
        Edit<TrustPolicy, TrustSubject> edit = await trust.EditAsync("github-ci", p => p.Add([GitHubSubject.Parse(Mine)]), cancel);
        Assert.Equal(edit.Document.Text, (await trust.ReadAsync("github-ci", cancel)).Text);
        Assert.Contains(Mine, edit.Document.Subjects().Select(s => s.Subject));
        await trust.EditAsync("github-ci", p => p.Remove(["repo:octo-org/jwt-pizza:ref:refs/heads/main"]), cancel);
        Assert.Equal([Mine], (await trust.ReadAsync("github-ci", cancel)).Subjects().Select(s => s.Subject));
    }

    private static async Task CreateRoleAsync(Moto moto, string document, CancellationToken cancel)
    {
        using HttpClient http = new();
        using StringContent body =
            new($"Action=CreateRole&Version=2010-05-08&RoleName=github-ci&AssumeRolePolicyDocument={Uri.EscapeDataString(document)}",
                Encoding.UTF8, "application/x-www-form-urlencoded");
        using HttpRequestMessage request = new(HttpMethod.Post, moto.Url) { Content = body };
        request.Headers.TryAddWithoutValidation("Authorization",
            "AWS4-HMAC-SHA256 Credential=testing/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0");
        using HttpResponseMessage answer = await http.SendAsync(request, cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancel));
    }
}

using System.Security.Cryptography;
using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>The SDK's sources of temporary credentials work through the door: what ships with the module suffices for each.</summary>
[Collection(nameof(Environs))]
public sealed class CredentialSourceTests
{
    private static readonly string s_later =
        DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
    private const string Repositories = """{"repositories":[]}""";

    // One test, because the SDK keeps what the metadata service once gave for the rest of the process; and it asks one at a time, so
    // that the call left hanging must end (some 16 seconds) before another gets through. Until then each call is told in two.
    [Fact]
    public async Task A_metadata_service_that_hangs_is_told_before_the_SDK_gives_up_and_one_that_answers_is_used()
    {
        await using (ScriptedServer hanging = new(Answer.Hang))
        {
            using Environs silent = new(("AWS_EC2_METADATA_DISABLED", null), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", hanging.Url));
            await using ScriptedServer aws = new(Answer.Json(Repositories));
            PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => CallerAsync(aws, new()));
            Assert.Equal(("NoCredentials", PizzaErrorKind.Authentication), (e.ErrorId, e.Kind));
            Assert.Contains("-ProfileName", e.Message, StringComparison.Ordinal);
            Assert.Contains("Start-PizzaSandbox", e.Message, StringComparison.Ordinal);
            Assert.Empty(aws.Requests);
            int asked = hanging.Requests.Count;
            // the SDK goes on asking, and the user knows already
            while (hanging.Requests.Count == asked) await Task.Delay(20, Sessions.Soon);
        }
        await using ScriptedServer server = new((r, _) => r.Target switch
        {
            "/latest/api/token" => new Answer(200, "imds-token", "text/plain"),
            "/latest/meta-data/iam/security-credentials" or "/latest/meta-data/iam/security-credentials/" =>
                new Answer(200, "ci-role", "text/plain"),
            "/latest/meta-data/iam/security-credentials/ci-role" => Answer.Json(Keys("AKIDOFINSTANCE")),
            _ => Answer.Json(Repositories),
        });
        using Environs environs = new(("AWS_EC2_METADATA_DISABLED", null), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.Url));
        string? caller = null;
        for (int i = 0; caller is null; i++)
        {
            try { caller = await CallerAsync(server, new()); }
            catch (PizzaException e) when (e.ErrorId == "NoCredentials" && i < 15) { }
        }
        Assert.Equal("AKIDOFINSTANCE", caller);
    }

    [Fact]
    public async Task A_container_role()
    {
        await using ScriptedServer server = new((r, _) => Answer.Json(r.Target == "/role" ? Keys("AKIDOFCONTAINER") : Repositories));
        using Environs environs = new(("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.Url + "/role"));
        Assert.Equal("AKIDOFCONTAINER", await CallerAsync(server, new()));
    }

    [Fact]
    public async Task A_web_identity()
    {
        await using ScriptedServer server =
            new((r, _) =>
                r.Operation == "AssumeRoleWithWebIdentity" ? Answer.Xml(Assumed(r.Operation, "AKIDOFWEB")) : Answer.Json(Repositories));
        using Environs environs = new(("AWS_ENDPOINT_URL_STS", server.Url), ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/github-ci"),
            ("AWS_ROLE_SESSION_NAME", "test"), ("AWS_REGION", "eu-west-1"));
        string token = Path.Combine(environs.Home, "token");
        await File.WriteAllTextAsync(token, "ey.token", Sessions.Soon);
        environs.Set("AWS_WEB_IDENTITY_TOKEN_FILE", token);
        Assert.Equal("AKIDOFWEB", await CallerAsync(server, new()));
    }

    [Fact]
    public async Task A_role_assumed_by_a_profile_and_the_reason_when_it_may_not()
    {
        bool allowed = true;
        await using ScriptedServer server =
            new((r, _) => r.Operation != "AssumeRole" ? Answer.Json(Repositories) : allowed ? Answer.Xml(Assumed(r.Operation, "AKIDOFROLE"))
            : Answer.Xml("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User may not assume " +
                "deployer</Message></Error><RequestId>1</RequestId></ErrorResponse>", 403));
        using Environs environs = new(("AWS_ENDPOINT_URL_STS", server.Url));
        environs.WithCredentials("[base]\naws_access_key_id=AKIDBASE\naws_secret_access_key=s\n")
            .WithConfig("[profile deploy]\nrole_arn=arn:aws:iam::123456789012:role/deployer\nsource_profile=base\nregion=eu-west-1\n");
        Assert.Equal("AKIDOFROLE", await CallerAsync(server, new() { ProfileName = "deploy" }));
        allowed = false;
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => CallerAsync(server, new() { ProfileName = "deploy" }));
        Assert.Equal(("InvalidCredentials", PizzaErrorKind.Authentication), (e.ErrorId, e.Kind));
        Assert.Contains("User may not assume deployer", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_SSO_session_whose_token_is_in_the_cache_and_one_whose_token_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The SDK's SSO cache follows HOME on POSIX systems only.");
        bool valid = true;
        await using ScriptedServer server =
            new((r, _) => !r.Target.StartsWith("/federation/credentials", StringComparison.Ordinal) ? Answer.Json(Repositories)
            : valid
                ? Answer.Json(
                    $$"""{"roleCredentials":{"accessKeyId":"AKIDOFSSO","secretAccessKey":"s","sessionToken":"t","expiration":{{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds()}} } }""")
            : Answer.Error("UnauthorizedException", "Session token not found or invalid", 401));
        using Environs environs = new(("AWS_ENDPOINT_URL_SSO", server.Url));
        environs.Set("HOME", environs.Home);
        environs.WithConfig(
            "[profile corp]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\nregion = eu-west-1\n[sso-session " +
            "corp]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\n");
        string cache = Directory.CreateDirectory(Path.Combine(environs.Home, ".aws", "sso", "cache")).FullName;
#pragma warning disable CA5350 // the name of the cache file is the SHA-1 of the session's name
        string file = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes("corp"))) + ".json";
#pragma warning restore CA5350
        await File.WriteAllTextAsync(Path.Combine(cache, file),
            $$"""{"startUrl":"https://d-1.awsapps.com/start","region":"eu-west-1","accessToken":"sso-token","expiresAt":"{{s_later}}"}""",
            Sessions.Soon);
        Assert.Equal("AKIDOFSSO", await CallerAsync(server, new() { ProfileName = "corp" }));
        valid = false;
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => CallerAsync(server, new() { ProfileName = "corp" }));
        Assert.Equal("SsoLoginRequired", e.ErrorId);
    }

    private static async Task<string> CallerAsync(ScriptedServer server, AwsOptions options)
    {
        using AwsSession session = AwsSession.Open(options with { EndpointUrl = server.Url });
        await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon));
        return Signature.Of(server.Requests[^1]).AccessKey;
    }

    private static string Keys(string id) =>
        $$"""{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"{{id}}","SecretAccessKey":"s","Token":"t","Expiration":"{{s_later}}","LastUpdated":"2026-01-01T00:00:00Z"}""";

    private static string Assumed(string operation, string id) => Conversations.Xml(operation,
        $"<Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{s_later}</Expiration></Credentials>", "https://sts.amazonaws.com/doc/2011-06-15/");
}

using System.Runtime.Loader;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Who calls: the order of the module's conventions, and what is said when nobody does.</summary>
[Collection(nameof(Environs))]
public sealed class CredentialTests
{
    private const string Keys = "aws_access_key_id=AKIDOFPROFILE\naws_secret_access_key=secretofprofile\n";

    [Theory]
    [InlineData("AKID", null, null, "AccessKey without SecretKey")]
    [InlineData(null, "secret", null, "SecretKey without AccessKey")]
    [InlineData(null, null, "token", "SessionToken without")]
    public void Half_a_key_pair_is_refused_at_once(string? access, string? secret, string? token, string says)
    {
        PizzaException e =
            Assert.Throws<PizzaException>(() =>
                AwsSession.Open(new() { AccessKey = access, SecretKey = secret, SessionToken = token, Region = "us-east-1" }));
        Assert.Equal("InvalidCredentials", e.ErrorId);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Typed_keys_come_before_a_profile_and_a_profile_before_stored_ones_and_those_before_the_environment()
    {
        using Environs environs = new(("AWS_ACCESS_KEY_ID", "AKIDOFENVIRONMENT"), ("AWS_SECRET_ACCESS_KEY", "s"));
        environs.WithCredentials("[work]\n" + Keys);
        object stored = new AWSPSCredentials(new Foreign("AKIDSTORED"));
        Assert.Equal("AKIDTYPED",
            await CallerAsync(new() { AccessKey = "AKIDTYPED", SecretKey = "s", ProfileName = "work", StoredCredentials = stored }));
        Assert.Equal("AKIDOFPROFILE", await CallerAsync(new() { ProfileName = "work", StoredCredentials = stored }));
        Assert.Equal("AKIDSTORED", await CallerAsync(new() { StoredCredentials = stored }));
        Assert.Equal("AKIDOFENVIRONMENT", await CallerAsync(new()));
        environs.Set("AWS_ACCESS_KEY_ID", "AKIDCHANGED");
        Assert.Equal("AKIDCHANGED", await CallerAsync(new()));
        environs.Set("AWS_ACCESS_KEY_ID", null);
        environs.Set("AWS_PROFILE", "work");
        Assert.Equal("AKIDOFPROFILE", await CallerAsync(new()));
    }

    [Fact]
    public async Task Credentials_of_another_AWSSDK_Core_are_understood()
    {
        using Environs environs = new();
        AssemblyLoadContext other = new("another AWSSDK.Core", isCollectible: true);
        Type foreign = other.LoadFromAssemblyPath(typeof(Amazon.Runtime.AWSCredentials).Assembly.Location)
            .GetType("Amazon.Runtime.SessionAWSCredentials", throwOnError: true)!;
        object credentials = Activator.CreateInstance(foreign, "AKIDFOREIGN", "secret", "token")!;
        Assert.False(credentials is Amazon.Runtime.AWSCredentials);
        Assert.Equal("AKIDFOREIGN", await CallerAsync(new() { StoredCredentials = credentials }));
        Assert.Equal("AKIDFOREIGN", await CallerAsync(new() { StoredCredentials = new AWSPSCredentials(credentials) }));
        Assert.Equal("AKIDFOREIGN", await CallerAsync(new() { StoredCredentials = new PSObject(new AWSPSCredentials(credentials)) }));
        other.Unload();
    }

    [Fact]
    public async Task Stored_credentials_that_fail_are_named()
    {
        using Environs environs = new();
        PizzaException e = await FailAsync(new() { StoredCredentials = 42 });
        Assert.Equal(("InvalidCredentials", PizzaErrorKind.Authentication), (e.ErrorId, e.Kind));
        Assert.Contains("$StoredAWSCredentials", e.Message, StringComparison.Ordinal);
        Assert.Contains("no more", (await FailAsync(new() { StoredCredentials = new Foreign(null) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_is_missing_is_an_error_that_names_those_there_are()
    {
        using Environs environs = new(("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s"));
        environs.WithCredentials("[work]\n" + Keys + "[home]\n" + Keys);
        PizzaException typed = Assert.Throws<PizzaException>(() => AwsSession.Open(new() { ProfileName = "wrok" }));
        Assert.Equal(("ProfileNotFound", PizzaErrorKind.Configuration), (typed.ErrorId, typed.Kind));
        Assert.Contains("'wrok', which the call names. There are: home, work.", typed.Message, StringComparison.Ordinal);
        environs.Set("AWS_PROFILE", "wrok");
        Assert.Contains("which AWS_PROFILE names", Assert.Throws<PizzaException>(() => AwsSession.Open(new())).Message,
            StringComparison.Ordinal);
        AwsSession.Open(new() { AccessKey = "AKID", SecretKey = "s" }).Dispose();
    }

    [Fact]
    public async Task A_profile_without_credentials_says_how_to_complete_it()
    {
        using Environs environs = new();
        environs.WithConfig("[profile empty]\nregion=eu-west-1\n");
        PizzaException e = await FailAsync(new() { ProfileName = "empty" });
        Assert.Equal("InvalidCredentials", e.ErrorId);
        Assert.Contains("aws configure --profile empty", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n[sso-session corp]\nsso_start_url = " +
        "https://d-1.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n")]
    [InlineData(
        "sso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = dev\n")]
    public async Task Without_an_SSO_session_the_login_command_is_told(string settings)
    {
        using Environs environs = new();
        environs.WithConfig($"[profile corp]\n{settings}[default]\n{settings}");
        foreach (AwsOptions options in (AwsOptions[])[new() { ProfileName = "corp" }, new()])
        {
            environs.Set("AWS_PROFILE", options.ProfileName is null ? "corp" : null);
            PizzaException e = await FailAsync(options);
            Assert.Equal(("SsoLoginRequired", PizzaErrorKind.Authentication), (e.ErrorId, e.Kind));
            Assert.EndsWith("Run: aws sso login --profile corp", e.Message, StringComparison.Ordinal);
        }
        environs.Set("AWS_PROFILE", null);
        Assert.Equal("SsoLoginRequired", (await FailAsync(new())).ErrorId);
    }

    [Fact]
    public async Task A_credential_process_is_run_and_its_failure_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test's credential processes are POSIX commands.");
        using Environs environs = new();
        string answer = Path.Combine(environs.Home, "answer.json");
        await File.WriteAllTextAsync(answer, """{"Version":1,"AccessKeyId":"AKIDOFPROCESS","SecretAccessKey":"s"}""", Sessions.Soon);
        environs.WithConfig($"[profile good]\ncredential_process = cat {answer}\n[profile bad]\ncredential_process = false\n");
        Assert.Equal("AKIDOFPROCESS", await CallerAsync(new() { ProfileName = "good" }));
        PizzaException e = await FailAsync(new() { ProfileName = "bad" });
        Assert.Equal("InvalidCredentials", e.ErrorId);
        Assert.Contains("credential_process failed", e.Message, StringComparison.Ordinal);
    }

    private static async Task<string> CallerAsync(AwsOptions options)
    {
        await using ScriptedServer server = new(Answer.Json("""{"repositories":[]}"""));
        using AwsSession session = AwsSession.Open(options with { EndpointUrl = server.Url });
        await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon));
        return Signature.Of(server.Requests[0]).AccessKey;
    }

    private static async Task<PizzaException> FailAsync(AwsOptions options)
    {
        await using ScriptedServer server = new(Answer.Json("""{"repositories":[]}"""));
        using AwsSession session = AwsSession.Open(options with { EndpointUrl = server.Url });
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon)));
        Assert.Empty(server.Requests);
        return e;
    }

    // As AWS.Tools makes them: a public wrapper with an internal property, around credentials of an SDK that is not ours.
    private sealed class AWSPSCredentials(object credentials) { internal object Credentials { get; } = credentials; }
    private sealed class PSObject(object inner) { public object BaseObject { get; } = inner; }
    private sealed class Foreign(string? key)
    {
        public ForeignKeys GetCredentials() => new(key ?? throw new InvalidOperationException("no more"));
    }
    private sealed record ForeignKeys(string AccessKey, string SecretKey = "s", string Token = "");
}

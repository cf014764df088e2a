using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Where is called: region and endpoint, from parameters, session variables, environment and profiles.</summary>
[Collection(nameof(Environs))]
public sealed class SettingsTests
{
    [Fact]
    public void The_region_is_taken_from_the_first_place_that_names_one()
    {
        using Environs environs = new();
        List<string> said = [];
        Assert.Equal("us-east-1", Region(new() { Verbose = said.Add }));
        Assert.Contains(said, s => s.Contains("us-east-1", StringComparison.Ordinal));
        environs.WithConfig("[default]\nregion=eu-west-1\n[profile work]\nregion=eu-west-2\n");
        Assert.Equal("eu-west-1", Region(new()));
        Assert.Equal("eu-west-2", Region(new() { ProfileName = "work" }));
        environs.Set("AWS_DEFAULT_REGION", "eu-west-3");
        Assert.Equal("eu-west-3", Region(new() { ProfileName = "work" }));
        environs.Set("AWS_REGION", "eu-north-1");
        Assert.Equal("eu-north-1", Region(new()));
        // "Europe (Milan) (eu-south-1)"
        Assert.Equal("eu-south-1", Region(new() { StoredRegion = Amazon.RegionEndpoint.EUSouth1.ToString() }));
        Assert.Equal("us-gov-west-1", Region(new() { StoredRegion = Amazon.RegionEndpoint.USGovCloudWest1.ToString() }));
        Assert.Equal("ap-south-1", Region(new() { StoredRegion = "eu-south-1", Region = "ap-south-1" }));
    }

    [Fact]
    public void What_is_no_region_is_refused_wherever_it_comes_from()
    {
        using Environs environs = new(("AWS_REGION", "frankfurt"));
        PizzaException e = Assert.Throws<PizzaException>(() => AwsSession.Open(new()));
        Assert.Equal(("InvalidRegion", PizzaErrorKind.Configuration), (e.ErrorId, e.Kind));
        AwsSession.Open(new() { Region = "eu-central-1" }).Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1:4566")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("not a url")]
    public void What_is_no_endpoint_URL_is_refused(string url)
    {
        PizzaException e =
            Assert.Throws<PizzaException>(() =>
                AwsSession.Open(new() { EndpointUrl = url, AccessKey = "AKID", SecretKey = "s", Region = "us-east-1" }));
        Assert.Equal(("InvalidEndpointUrl", PizzaErrorKind.Configuration), (e.ErrorId, e.Kind));
        Assert.Contains($"'{url}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoints_come_from_the_call_then_the_service_then_all_services_then_the_profile()
    {
        using Environs environs = new();
        Assert.Equal("https://api.ecr.eu-central-1.amazonaws.com/", Url(AwsService.Ecr));
        environs.WithConfig(
            "[default]\nendpoint_url=http://profile:1\n[profile work]\nservices=local\n[services local]\necr =\n  endpoint_url = " +
            "http://section:1\n");
        Assert.Equal("http://profile:1/", Url(AwsService.Ecr));
        Assert.Equal("http://section:1/", Url(AwsService.Ecr, new() { ProfileName = "work" }));
        Assert.Equal("https://iam.amazonaws.com/", Url(AwsService.Iam, new() { ProfileName = "work" }));
        environs.Set("AWS_ENDPOINT_URL", "http://all:1");
        Assert.Equal("http://all:1/", Url(AwsService.Ecr));
        environs.Set("AWS_ENDPOINT_URL_ECR", "http://one:1");
        Assert.Equal(("http://one:1/", "http://all:1/"), (Url(AwsService.Ecr), Url(AwsService.Iam)));
        Assert.Equal("http://typed:1/", Url(AwsService.Ecr, new() { EndpointUrl = "http://typed:1" }));
        environs.Set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        Assert.Equal("https://api.ecr.eu-central-1.amazonaws.com/", Url(AwsService.Ecr));
    }

    [Fact]
    public void A_wrong_endpoint_of_the_environment_is_named_and_one_typed_is_stronger()
    {
        using Environs environs = new(("AWS_ENDPOINT_URL", "localhost"));
        PizzaException e = Assert.Throws<PizzaException>(() => Url(AwsService.Ecr));
        Assert.Equal(("InvalidEndpointUrl", PizzaErrorKind.Configuration, "localhost"), (e.ErrorId, e.Kind, e.Target));
        Assert.Equal("http://typed:1/", Url(AwsService.Ecr, new() { EndpointUrl = "http://typed:1" }));
    }

    [Fact]
    public void A_broken_line_of_a_configuration_file_is_named_by_number_and_not_quoted()
    {
        using Environs environs = new();
        environs.WithCredentials("[default]\naws_access_key_id = AKID\naws_secret_access_key wJalrXUtnFEMI\n");
        PizzaException e = Assert.Throws<PizzaException>(() => AwsSession.Open(new()));
        Assert.Equal(("InvalidProfileFile", PizzaErrorKind.Configuration), (e.ErrorId, e.Kind));
        Assert.Contains("line 3 of ", e.Message, StringComparison.Ordinal);
        Assert.Contains("credentials", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wJalr", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FIPS_and_dual_stack_are_taken_from_environment_and_profile()
    {
        using Environs environs = new();
        environs.WithConfig("[profile gov]\nuse_fips_endpoint=true\n");
        Assert.Equal("https://api.ecr-fips.eu-central-1.amazonaws.com/", Url(AwsService.Ecr, new() { ProfileName = "gov" }));
        environs.Set("AWS_USE_DUALSTACK_ENDPOINT", "true");
        Assert.Equal("https://ecr.eu-central-1.api.aws/", Url(AwsService.Ecr));
        environs.Set("AWS_USE_FIPS_ENDPOINT", "true");
        Assert.Equal("https://iam-fips.global.api.aws/", Url(AwsService.Iam));
    }

    [Fact]
    public async Task Adaptive_mode_does_not_keep_a_user_waiting_for_half_a_minute()
    {
        await using ScriptedServer server = new(Answer.Error("ThrottlingException", "Rate exceeded"));
        using Environs environs = new(("AWS_RETRY_MODE", "adaptive"));
        Assert.Equal("ThrottlingException", (await FailAsync(server)).ErrorId);
        // the SDK's sign of the standard mode; that of the adaptive one is F
        Assert.Matches(" m/([a-zA-Z]+,)*E(,|$)", server.Requests[0].Headers["User-Agent"]);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_number_of_attempts_set_in_the_running_session_is_obeyed_by_the_next_call()
    {
        await using ScriptedServer server = new(Answer.Error("ThrottlingException", "Rate exceeded"));
        using Environs environs = new();
        await FailAsync(server);
        Assert.Equal(3, server.Requests.Count);
        environs.Set("AWS_MAX_ATTEMPTS", "1");
        await FailAsync(server);
        Assert.Equal(4, server.Requests.Count);
    }

    private static async Task<PizzaException> FailAsync(ScriptedServer server)
    {
        using AwsSession session = Sessions.Open(server);
        return await Assert.ThrowsAsync<PizzaException>(() => session.Ecr.GetAuthorizationTokenAsync(Sessions.Soon));
    }

    private static string Region(AwsOptions options)
    {
        using AwsSession session = AwsSession.Open(options);
        return session.Region;
    }

    private static string Url(AwsService service, AwsOptions? options = null)
    {
        AwsConfig.ForgetEnvironment();
        Settings settings = Settings.Resolve((options ?? new()) with { Region = "eu-central-1" });
        return AwsConnection.Endpoint(service, settings, new AwsConfig(service) { Profile = settings.SdkProfile }).Url.ToString();
    }
}

using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Tests.Docker;

public sealed class PrivateDockerConfigTests : IDisposable
{
    private const string Host = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    private readonly string _user = Directory.CreateTempSubdirectory("pizza-test-").FullName;
    private readonly Dictionary<string, string?> _variables;

    public PrivateDockerConfigTests() => _variables = new() { ["DOCKER_CONFIG"] = _user };

    public void Dispose() => Directory.Delete(_user, recursive: true);

    [Fact]
    public void The_login_is_written_under_the_bare_host_and_other_logins_and_unknown_keys_stay()
    {
        Write("config.json",
            $$"""{"auths":{"other.example":{"auth":"b3RoZXI="},"https://{{Host}}":{"auth":"c3RhbGU="},"{{Host}}/v2/":{"auth":"c3RhbGU="} },"HttpHeaders":{"X-A":"1"},"new":[1,{"deep":true}]}""");
        using PrivateDockerConfig config = Create();
        JsonObject written = Written(config);
        Assert.Equal([Host, "other.example"], written["auths"]!.AsObject().Select(a => a.Key).Order());
        Assert.Equal("AWS:pa$$wörd",
            Encoding.UTF8.GetString(Convert.FromBase64String(written["auths"]![Host]!["auth"]!.GetValue<string>())));
        Assert.Equal("""{"X-A":"1"}""", written["HttpHeaders"]!.ToJsonString());
        Assert.Equal("""[1,{"deep":true}]""", written["new"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"credsStore":"desktop"}""", true)]
    [InlineData("""{"credHelpers":{"other.example":"ecr-login"} }""", true)]
    [InlineData("""{}""", false)]
    public void A_credential_store_is_switched_off_for_our_host_alone(string settings, bool switchedOff)
    {
        Write("config.json", settings);
        using PrivateDockerConfig config = Create();
        JsonObject written = Written(config);
        Assert.Equal(switchedOff ? "" : null, written["credHelpers"]?[Host]?.GetValue<string>());
        foreach ((string key, JsonNode? value) in JsonNode.Parse(settings)!.AsObject())
            Assert.True(
                key == "credHelpers"
                    ? written[key]!["other.example"]!.GetValue<string>() == "ecr-login" : JsonNode.DeepEquals(value, written[key]));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("""{"auths":{},"auths":{}}""")]
    [InlineData("""{"auths":"text"}""")]
    [InlineData("")]
    public void Settings_that_cannot_be_read_do_not_stop_a_publish(string settings)
    {
        Write("config.json", settings);
        using PrivateDockerConfig config = Create();
        Assert.NotNull(Written(config)["auths"]![Host]);
    }

    [Fact]
    public void A_user_without_any_docker_folder_gets_a_login_all_the_same()
    {
        _variables["DOCKER_CONFIG"] = Path.Combine(_user, "none");
        using PrivateDockerConfig config = Create();
        Assert.Equal([Host], Written(config)["auths"]!.AsObject().Select(a => a.Key));
    }

    [Fact]
    public void Only_this_user_can_read_the_folder_and_the_file_has_no_byte_order_mark()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix's");
        using PrivateDockerConfig config = Create();
        string folder = config.Environment["DOCKER_CONFIG"]!;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "config.json")));
        }
        Assert.Equal((byte)'{', File.ReadAllBytes(Path.Combine(folder, "config.json"))[0]);
    }

    [Fact]
    public void Contexts_come_along_and_plugins_and_builders_are_pointed_back_to()
    {
        Write("contexts/meta/ab/meta.json", """{"Name":"x"}""");
        Write("contexts/tls/ab/docker/key.pem", "key");
        Write("cli-plugins/docker-hello", "");
        using PrivateDockerConfig config = Create();
        string folder = config.Environment["DOCKER_CONFIG"]!;
        Assert.Equal("key", File.ReadAllText(Path.Combine(folder, "contexts/tls/ab/docker/key.pem")));
        Assert.Equal("""{"Name":"x"}""", File.ReadAllText(Path.Combine(folder, "contexts/meta/ab/meta.json")));
        Assert.Equal([Path.Combine(_user, "cli-plugins")],
            Written(config)["cliPluginsExtraDirs"]!.AsArray().Select(d => d!.GetValue<string>()));
        Assert.Equal(Path.Combine(_user, "buildx"), config.Environment["BUILDX_CONFIG"]);
    }

    [Fact]
    public void A_place_for_builders_that_cannot_be_written_to_is_replaced_by_a_private_one()
    {
        Write("buildx", "a file where a folder should be");
        using PrivateDockerConfig config = Create();
        Assert.StartsWith(config.Environment["DOCKER_CONFIG"]!, config.Environment["BUILDX_CONFIG"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_BUILDX_CONFIG_of_the_user_stays() => Assert.Equal("/mine", With("BUILDX_CONFIG", "/mine").Environment["BUILDX_CONFIG"]);

    [Fact]
    public void Certificates_are_looked_for_where_docker_would_have_without_us()
    {
        Assert.Equal(_user, With("DOCKER_TLS_VERIFY", "1").Environment["DOCKER_CERT_PATH"]);
        _variables["DOCKER_CERT_PATH"] = "/mine";
        Assert.False(With("DOCKER_TLS_VERIFY", "1").Environment.ContainsKey("DOCKER_CERT_PATH"));
    }

    [Fact]
    public void Logins_of_the_environment_move_into_the_file_and_the_variable_is_taken_away()
    {
        _variables["DOCKER_AUTH_CONFIG"] = $$"""{"auths":{"env.example":{"auth":"ZW52"},"{{Host}}":{"auth":"c3RhbGU="} } }""";
        using PrivateDockerConfig config = Create();
        JsonObject auths = Written(config)["auths"]!.AsObject();
        Assert.Equal("ZW52", auths["env.example"]!["auth"]!.GetValue<string>());
        Assert.NotEqual("c3RhbGU=", auths[Host]!["auth"]!.GetValue<string>());
        Assert.True(config.Environment.TryGetValue("DOCKER_AUTH_CONFIG", out string? gone) && gone is null);
    }

    [Fact]
    public void A_second_login_replaces_the_first()
    {
        using PrivateDockerConfig config = Create();
        config.Login(Host, "second");
        Assert.Equal(Convert.ToBase64String("AWS:second"u8), Written(config)["auths"]![Host]!["auth"]!.GetValue<string>());
    }

    [Fact]
    public void Nothing_is_left_when_it_ends_also_twice_and_the_users_folder_is_as_it_was()
    {
        Write("config.json", """{"auths":{}}""");
        Write("contexts/meta/ab/meta.json", "{}");
        PrivateDockerConfig config = Create();
        string folder = config.Environment["DOCKER_CONFIG"]!;
        config.Dispose();
        config.Dispose();
        Assert.False(Directory.Exists(folder));
        Assert.Equal("""{"auths":{}}""", File.ReadAllText(Path.Combine(_user, "config.json")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_user, "buildx")));
    }

    [Theory]
    [InlineData("DOCKER_HOST", "tcp://build.example:2375", null, true)]
    [InlineData("DOCKER_HOST", "tcp://build.example:2376", "DOCKER_TLS_VERIFY", false)]
    [InlineData("DOCKER_HOST", "tcp://127.0.0.1:2375", null, false)]
    [InlineData("DOCKER_HOST", "ssh://build.example", null, false)]
    [InlineData("DOCKER_HOST", "unix:///var/run/docker.sock", null, false)]
    [InlineData("DOCKER_CONTEXT", "far", null, true)]
    [InlineData("DOCKER_CONTEXT", "unknown", null, false)]
    public void An_engine_over_the_network_without_TLS_is_noticed(string variable, string value, string? tls, bool open)
    {
        WriteContext("far", """{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far.example:2375"}}}""");
        _variables[variable] = value;
        if (tls is not null) _variables[tls] = "1";
        Assert.Equal(open, new UserDockerFolder(_variables.GetValueOrDefault).OpenDaemon() is not null);
    }

    [Fact]
    public void The_current_context_counts_and_its_TLS_keys_too()
    {
        Write("config.json", """{"currentContext":"far"}""");
        string id = WriteContext("far", """{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far.example:2375"}}}""");
        Assert.Equal("tcp://far.example:2375", new UserDockerFolder(_variables.GetValueOrDefault).OpenDaemon());
        Directory.CreateDirectory(Path.Combine(_user, "contexts/tls", id, "docker"));
        Assert.Null(new UserDockerFolder(_variables.GetValueOrDefault).OpenDaemon());
    }

    private string WriteContext(string name, string meta)
    {
        string id = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant();
        Write($"contexts/meta/{id}/meta.json", meta);
        return id;
    }

    private PrivateDockerConfig Create() => PrivateDockerConfig.Create(new(_variables.GetValueOrDefault), Host, "pa$$wörd");

    private PrivateDockerConfig With(string variable, string value)
    {
        _variables[variable] = value;
        PrivateDockerConfig config = Create();
        config.Dispose();
        return config;
    }

    private static JsonObject Written(PrivateDockerConfig config) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(config.Environment["DOCKER_CONFIG"]!, "config.json")))!.AsObject();

    private void Write(string file, string text)
    {
        string path = Path.Combine(_user, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

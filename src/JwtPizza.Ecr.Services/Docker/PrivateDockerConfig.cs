using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// A folder for <c>DOCKER_CONFIG</c> that lives as long as one publish: the user's settings, contexts and other logins, and the login
/// of one registry. <c>docker login</c> is not used: with a <c>credsStore</c> it would leave the password in the user's keychain.
/// </summary>
internal sealed class PrivateDockerConfig : IDisposable
{
    private readonly UserDockerFolder _user;
    private readonly ShortLivedFolder _home = ShortLivedFolder.Create("jwtpizza-", "config.json");
    private readonly string _folder;

    private PrivateDockerConfig(UserDockerFolder user) => (_user, _folder) = (user, _home.Path);

    /// <summary>What differs from our environment; null takes a variable away.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Where <c>--metadata-file</c> may write.</summary>
    public string MetadataFile => Path.Combine(_folder, "metadata.json");

    /// <summary>Where an image may lie that docker is not to push itself.</summary>
    public string ImageFile => Path.Combine(_folder, "image.tar");

    /// <summary>Writes the folder. Readable by this user only.</summary>
    /// <param name="user">The user's own folder and variables.</param>
    /// <param name="host">The registry's host, with its port if it has one.</param>
    /// <param name="password">The password of the user <c>AWS</c>.</param>
    public static PrivateDockerConfig Create(UserDockerFolder user, string host, string password)
    {
        PrivateDockerConfig config = new(user);
        try
        {
            user.CopyContextsTo(config._folder);
            config.SetEnvironment();
            config.Login(host, password);
            return config;
        }
        catch
        {
            config.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the login by one with another password.</summary>
    public void Login(string host, string password)
    {
        JsonObject settings = _user.Settings();
        JsonObject auths = Member(settings, "auths");
        foreach ((string key, JsonNode? login) in _user.LoginsOfTheEnvironment()) auths[key] = login?.DeepClone();
        foreach (string stale in auths.Select(a => a.Key).Where(key => HostOf(key) == host).ToList()) auths.Remove(stale);
        auths[host] = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:{password}")) };
        // A store or helper beats an entry of auths; an empty helper for this one host switches them off.
        if (settings.ContainsKey("credsStore") || settings.ContainsKey("credHelpers")) Member(settings, "credHelpers")[host] = "";
        if (_user.Plugins is { } plugins) List(settings, "cliPluginsExtraDirs").Add(plugins);
        Write(settings);
    }

    /// <summary>Deletes the folder. What cannot be deleted now is tried again when the process ends.</summary>
    public void Dispose() => _home.Dispose();

    private void SetEnvironment()
    {
        Environment["DOCKER_CONFIG"] = _folder;
        Environment["DOCKER_AUTH_CONFIG"] = null;   // newer docker: it would beat the file
        Environment["BUILDX_CONFIG"] = _user.BuildxFolder ?? Path.Combine(_folder, "buildx");
        if (_user.CertificateFolder is { } certificates) Environment["DOCKER_CERT_PATH"] = certificates;
    }

    private void Write(JsonObject settings)
    {
        string file = Path.Combine(_folder, "config.json");
        File.Delete(file);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream stream = new(file, options);
        using Utf8JsonWriter writer = new(stream);
        settings.WriteTo(writer);   // UTF-8 without a byte order mark, for which docker would ignore the file
    }

    private static JsonObject Member(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject) parent[name] = new JsonObject();
        return (JsonObject)parent[name]!;
    }

    private static JsonArray List(JsonObject parent, string name)
    {
        if (parent[name] is not JsonArray) parent[name] = new JsonArray();
        return (JsonArray)parent[name]!;
    }

    internal static string HostOf(string key) =>
        (key.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? key[(at + 3)..] : key).Split('/')[0];
}

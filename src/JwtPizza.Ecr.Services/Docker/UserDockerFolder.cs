using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>The docker settings of the user, as files and environment variables hold them. Only read, never changed.</summary>
/// <param name="variable">Reads an environment variable; null or empty means not set.</param>
/// <param name="verbose">Receives what was passed over.</param>
internal sealed class UserDockerFolder(Func<string, string?> variable, Action<string>? verbose = null)
{
    private readonly string _folder =
        Set(variable("DOCKER_CONFIG")) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");

    /// <summary>The folder of the user's docker plugins, if there is one.</summary>
    public string? Plugins => Path.Combine(_folder, "cli-plugins") is var plugins && Directory.Exists(plugins) ? plugins : null;

    /// <summary>Where docker looks for certificates when a variable asks for TLS and none says where; it would look in the private
    /// folder.</summary>
    public string? CertificateFolder =>
        Set(variable("DOCKER_TLS_VERIFY")) is not null && Set(variable("DOCKER_CERT_PATH")) is null ? _folder : null;

    /// <summary>Where buildx keeps its builders; null when it could not write there.</summary>
    public string? BuildxFolder =>
        Set(variable("BUILDX_CONFIG")) ?? (Path.Combine(_folder, "buildx") is var buildx && IsWritable(buildx) ? buildx : null);

    /// <summary>The file that holds the settings, and logins where no helper keeps them; it need not exist.</summary>
    public string SettingsFile => Path.Combine(_folder, "config.json");

    /// <summary>The helper that keeps the login of a host; null when config.json does.</summary>
    public string? HelperOf(string host)
    {
        JsonObject settings = Settings();
        string? helper =
            settings["credHelpers"] is JsonObject helpers && helpers.ContainsKey(host) ? $"{helpers[host]}" : $"{settings["credsStore"]}";
        return Set(helper);
    }

    /// <summary>Whether docker holds a login to a host: where a helper keeps it, config.json has an empty entry.</summary>
    public bool HasLogin(string host) =>
        Settings()["auths"] is JsonObject auths && auths.Any(a => PrivateDockerConfig.HostOf(a.Key) == host);

    /// <summary>A fresh copy of config.json, with keys that we do not know too; empty when there is none that can be read.</summary>
    public JsonObject Settings()
    {
        string file = SettingsFile;
        try
        {
            return File.Exists(file) ? Parse(File.ReadAllText(file)) : [];
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException)
        {
            verbose?.Invoke($"'{file}' cannot be read and is ignored: {e.Message}");
            return [];
        }
    }

    /// <summary>The logins of DOCKER_AUTH_CONFIG, which newer docker prefers to the file's.</summary>
    public JsonObject LoginsOfTheEnvironment()
    {
        try
        {
            return Set(variable("DOCKER_AUTH_CONFIG")) is { } text && Parse(text)["auths"] is JsonObject auths ? auths : [];
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            verbose?.Invoke("DOCKER_AUTH_CONFIG contains no JSON object and is ignored.");   // without e: its message may quote a login
            return [];
        }
    }

    /// <summary>Copies the contexts, with their TLS keys, into a folder that only this user can read.</summary>
    public void CopyContextsTo(string folder) =>
        CopyTree(new DirectoryInfo(Path.Combine(_folder, "contexts")), Path.Combine(folder, "contexts"));

    /// <summary>The daemon's address when the login would travel to it over the network in clear text; else null.</summary>
    public string? OpenDaemon()
    {
        if (Set(variable("DOCKER_HOST")) is { } host)
            return Set(variable("DOCKER_TLS_VERIFY")) is null && Set(variable("DOCKER_TLS")) is null && IsRemote(host) ? host : null;
        if ((Set(variable("DOCKER_CONTEXT")) ?? Settings()["currentContext"]?.ToString()) is not { Length: > 0 } context) return null;
        // docker keeps a context under the hash of its name: https://github.com/docker/cli/blob/master/cli/context/store/metadatastore.go
        string id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(context))).ToLowerInvariant();
        string meta = Path.Combine(_folder, "contexts", "meta", id, "meta.json");
        if (!File.Exists(meta) || Directory.Exists(Path.Combine(_folder, "contexts", "tls", id, "docker"))) return null;
        return Parse(File.ReadAllText(meta))["Endpoints"]?["docker"]?["Host"]?.ToString() is { } address && IsRemote(address)
            ? address : null;
    }

    private static bool IsRemote(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "tcp" or "http" && !uri.IsLoopback;

    private static JsonObject Parse(string text)
    {
        JsonObject parsed = JsonNode.Parse(text)!.AsObject();
        _ = parsed.Count;   // reads it now: a duplicate key throws here and not somewhere later
        return parsed;
    }

    private static void CopyTree(DirectoryInfo from, string to)
    {
        if (!from.Exists) return;
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.EnumerateFiles()) file.CopyTo(Path.Combine(to, file.Name));
        foreach (DirectoryInfo folder in from.EnumerateDirectories()) CopyTree(folder, Path.Combine(to, folder.Name));
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using FileStream probe = new(Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write,
                FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }

    private static string? Set(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

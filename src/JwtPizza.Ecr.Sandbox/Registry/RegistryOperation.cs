using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>What a request of the distribution protocol is called in the call log and in faults.</summary>
internal static class RegistryOperation
{
    public const string Service = "registry";

    private static readonly Dictionary<(string Method, string Kind), string> s_names = new()
    {
        [("GET", "/v2")] = "Ping", [("HEAD", "/v2")] = "Ping",
        [("GET", "/v2/_catalog")] = "ListRepositories",
        [("POST", "blobs/uploads")] = "UploadBlob", [("PATCH", "blobs/uploads")] = "UploadBlob", [("PUT", "blobs/uploads")] = "UploadBlob",
        [("GET", "blobs/uploads")] = "GetUpload", [("DELETE", "blobs/uploads")] = "CancelUpload",
        [("GET", "blobs")] = "GetBlob", [("HEAD", "blobs")] = "HeadBlob", [("DELETE", "blobs")] = "DeleteBlob",
        [("GET", "manifests")] = "GetManifest", [("HEAD", "manifests")] = "HeadManifest", [("PUT", "manifests")] = "PutManifest", [("DELETE", "manifests")] = "DeleteManifest",
        [("GET", "tags")] = "ListTags",
        [("GET", "referrers")] = "ListReferrers",
    };

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => s_names.Values.Distinct();

    public static void Describe(IExchange exchange)
    {
        GroupCollection path = RegistryRequest.Route().Match(exchange.Path).Groups;
        string kind = path["kind"].Success ? path["kind"].Value : exchange.Path.TrimEnd('/');
        if (!s_names.TryGetValue((exchange.Method, kind), out string? name)) return;
        Dictionary<string, object?> parameters = Redaction.Of(exchange.Query);
        if (path["name"] is { Success: true } repository) parameters["repositoryName"] = repository.Value;
        if (path["id"] is { Success: true, Value: not ("" or "list") } id) parameters["reference"] = id.Value;
        if (name == "UploadBlob") parameters["method"] = exchange.Method;
        exchange.Trace.Describe(Service, name, null, parameters);
    }
}

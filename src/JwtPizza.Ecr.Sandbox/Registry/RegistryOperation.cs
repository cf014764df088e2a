using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>What a request of the distribution protocol is called in the call log and in faults.</summary>
internal static class RegistryOperation
{
    public const string Service = "registry";

    public static void Describe(IExchange exchange)
    {
        GroupCollection path = RegistryRequest.Route().Match(exchange.Path).Groups;
        string kind = path["kind"].Success ? path["kind"].Value : exchange.Path.TrimEnd('/');
        if (NameOf(exchange.Method, kind) is not { } name) return;
        Dictionary<string, object?> parameters = Redaction.Of(exchange.Query);
        if (path["name"] is { Success: true } repository) parameters["repositoryName"] = repository.Value;
        if (path["id"] is { Success: true, Value: not ("" or "list") } id) parameters["reference"] = id.Value;
        if (name == "UploadBlob") parameters["method"] = exchange.Method;
        exchange.Trace.Describe(Service, name, null, parameters);
    }

    private static string? NameOf(string method, string kind) => (method, kind) switch
    {
        ("GET" or "HEAD", "/v2") => "Ping",
        ("GET", "/v2/_catalog") => "ListRepositories",
        ("POST" or "PATCH" or "PUT", "blobs/uploads") => "UploadBlob",
        ("GET", "blobs/uploads") => "GetUpload",
        ("DELETE", "blobs/uploads") => "CancelUpload",
        ("GET", "blobs") => "GetBlob",
        ("HEAD", "blobs") => "HeadBlob",
        ("GET", "manifests") => "GetManifest",
        ("HEAD", "manifests") => "HeadManifest",
        ("PUT", "manifests") => "PutManifest",
        ("DELETE", "manifests") => "DeleteManifest",
        ("DELETE", "blobs") => "DeleteBlob",
        ("GET", "tags") => "ListTags",
        ("GET", "referrers") => "ListReferrers",
        _ => null,
    };
}

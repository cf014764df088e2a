using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>One operation of the distribution protocol, and all that the sandbox knows about it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Kind">The <see cref="RegistryPath.Kind"/> of its path.</param>
/// <param name="Name">What it is called in the call log and in faults.</param>
/// <param name="RunAsync">Does it. What it changes is kept before it is answered.</param>
/// <param name="Actions">
/// Which of ECR's actions a request needs on its repository, by its query:
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
/// </param>
/// <param name="Writes">Whether it changes something that is kept.</param>
internal sealed record RegistryOperation(
    string Method, string Kind, string Name, Func<RegistryRequest, Task> RunAsync, Func<RegistryRequest, string[]> Actions, bool Writes)
{
    public const string Service = "registry";

    private static readonly Func<RegistryRequest, string[]> s_none = _ => [];

    /// <summary>A row for each operation.</summary>
    public static IReadOnlyList<RegistryOperation> All { get; } =
    [
        Row("GET", RegistryPath.Ping, "Ping", PingAsync, s_none),
        Row("HEAD", RegistryPath.Ping, "Ping", PingAsync, s_none),
        Row("GET", RegistryPath.Catalog, "ListRepositories", Listings.CatalogAsync, Needs("DescribeRepositories")),
        Row("POST", "blobs/uploads", "UploadBlob", Uploads.StartAsync,
            r => r.Exchange.Query.ContainsKey("digest")
                ? ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload"] : ["InitiateLayerUpload"], writes: true),
        Row("PATCH", "blobs/uploads", "UploadBlob", Uploads.AppendAsync, Needs("UploadLayerPart")),
        Row("PUT", "blobs/uploads", "UploadBlob", Uploads.FinishAsync, Needs("UploadLayerPart", "CompleteLayerUpload"), writes: true),
        Row("GET", "blobs/uploads", "GetUpload", Uploads.TellAsync, Needs("UploadLayerPart")),
        Row("DELETE", "blobs/uploads", "CancelUpload", Uploads.CancelAsync, Needs("UploadLayerPart")),
        Row("GET", "blobs", "GetBlob", Blobs.GetAsync, Needs("GetDownloadUrlForLayer")),
        Row("HEAD", "blobs", "HeadBlob", Blobs.GetAsync, Needs("BatchCheckLayerAvailability")),
        Row("DELETE", "blobs", "DeleteBlob", RefuseAsync, s_none),
        Row("GET", "manifests", "GetManifest", Manifests.GetAsync, Needs("BatchGetImage"), writes: true),
        // both may fill a pull-through cache
        Row("HEAD", "manifests", "HeadManifest", Manifests.GetAsync, Needs("BatchGetImage"), writes: true),
        Row("PUT", "manifests", "PutManifest", Manifests.PutAsync, Needs("PutImage"), writes: true),
        Row("DELETE", "manifests", "DeleteManifest", Manifests.DeleteAsync, Needs("BatchDeleteImage"), writes: true),
        Row("GET", "tags", "ListTags", Listings.TagsAsync, Needs("ListImages")),
        Row("GET", "referrers", "ListReferrers", Listings.ReferrersAsync, Needs("BatchGetImage")),
    ];

    /// <summary>The operation of a request; null when there is none.</summary>
    public static RegistryOperation? Of(string method, RegistryPath? path) =>
        All.FirstOrDefault(o => o.Method == method && o.Kind == path?.Kind);

    /// <summary>Every permission that a request needs. What ECR Public lets everybody do has none there.</summary>
    public IEnumerable<Need> Needs(RegistryRequest request) =>
    [
        .. Kind == "manifests" && !request.Registry.IsPublic && Method is "GET" or "HEAD"
            ? EcrNeeds.OfImport(request.Registry, request.Name) : [],
        .. WouldCreate(request) ? [Need.On(request.Registry, "CreateRepository", request.Name)] : (Need[])[],
        .. Actions(request).Where(action => !request.Registry.IsPublic || !IsOpen(action))
            .Select(action => Need.On(request.Registry, action, request.Name.Length == 0 ? "*" : request.Name)),
    ];

    private bool WouldCreate(RegistryRequest request) =>
        (Method, Kind) is ("POST", "blobs/uploads") or ("PUT", "manifests")
            && request.Registry.Run(() => CreationTemplate.WouldCreate(request.Registry, request.Name), writes: false);

    /// <summary>What taking a layer over from another repository needs there.</summary>
    public static IEnumerable<Need> NeedsOfMount(RegistryRequest request, string from) =>
        [Need.On(request.Registry, "BatchCheckLayerAvailability", from), Need.On(request.Registry, "GetDownloadUrlForLayer", from)];

    /// <summary>What the call log tells of a request.</summary>
    public void Describe(Http.Exchange exchange, RegistryPath path)
    {
        Dictionary<string, object?> parameters = Redaction.Of(exchange.Query);
        if (path.Place.Length > 0) parameters["repositoryName"] = path.Place;
        if (path is { Id: not "", Kind: not "tags" }) parameters["reference"] = path.Id;
        if (Name == "UploadBlob") parameters["method"] = Method;
        exchange.Trace.Describe(Service, Name, null, parameters);
    }

    private static RegistryOperation Row(string method, string kind, string name, Func<RegistryRequest, Task> runAsync,
        Func<RegistryRequest, string[]> actions, bool writes = false) =>
        new(method, kind, name, runAsync, actions, writes);

    private static Func<RegistryRequest, string[]> Needs(params string[] actions) => _ => actions;

    private static bool IsOpen(string action) => action is "BatchGetImage" or "GetDownloadUrlForLayer" or "ListImages";

    private static Task PingAsync(RegistryRequest request) =>
        request.Exchange.RespondAsync(200, "application/json", "{}"u8.ToArray(), request.Stop);

    /// <summary>ECR deletes blobs by itself, when no image needs them.</summary>
    private static Task RefuseAsync(RegistryRequest request) => throw RegistryError.Unsupported;
}

using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>Which of ECR's actions each request of the distribution protocol needs: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html</summary>
internal static class RegistryNeeds
{
    /// <summary>What a request needs; null for one that is not in the table.</summary>
    public static IEnumerable<Need>? Of(RegistryRequest request) =>
        ActionsOf(request)?.Where(action => !request.Registry.IsPublic || !IsOpen(action)).Select(action => Need.On(request.Registry, action, request.Name));

    /// <summary>What taking a layer over from another repository needs there.</summary>
    public static IEnumerable<Need> OfMount(RegistryRequest request, string from) =>
        [Need.On(request.Registry, "BatchCheckLayerAvailability", from), Need.On(request.Registry, "GetDownloadUrlForLayer", from)];

    /// <summary>What the list of all repositories needs.</summary>
    public static IEnumerable<Need> OfCatalog(EcrRegistry registry) => [Need.On(registry, "DescribeRepositories", "*")];

    /// <summary>What ECR Public lets everybody do, and has no permission for.</summary>
    private static bool IsOpen(string action) => action is "BatchGetImage" or "GetDownloadUrlForLayer" or "ListImages" or "ListImageReferrers";

    private static string[]? ActionsOf(RegistryRequest request) => (request.Exchange.Method, request.Kind) switch
    {
        ("POST", "blobs/uploads") when request.Exchange.Query.ContainsKey("digest") => ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload"],
        ("POST", "blobs/uploads") => ["InitiateLayerUpload"],
        ("PATCH" or "GET" or "DELETE", "blobs/uploads") => ["UploadLayerPart"],
        ("PUT", "blobs/uploads") => ["UploadLayerPart", "CompleteLayerUpload"],
        ("HEAD", "blobs") => ["BatchCheckLayerAvailability"],
        ("GET", "blobs") => ["GetDownloadUrlForLayer"],
        ("GET" or "HEAD", "manifests") => ["BatchGetImage"],
        ("PUT", "manifests") => ["PutImage"],
        ("GET", "tags") => ["ListImages"],
        ("GET", "referrers") => ["ListImageReferrers"],
        ("DELETE", "manifests" or "blobs") => [],   // refused to everybody: ECR deletes through its own API alone
        _ => null,
    };
}

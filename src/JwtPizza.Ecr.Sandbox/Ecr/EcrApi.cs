using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Amazon ECR's private API: the table of its operations.</summary>
internal sealed class EcrApi(EcrWorld world) : JsonTable<EcrCall>(s_operations)
{
    private static readonly Dictionary<string, Func<EcrCall, JsonObject>> s_operations = new(StringComparer.Ordinal)
    {
        ["CreateRepository"] = RepositoryOperations.Create,
        ["DescribeRepositories"] = RepositoryOperations.Describe,
        ["DeleteRepository"] = RepositoryOperations.Delete,
        ["PutImageTagMutability"] = RepositoryOperations.PutTagMutability,
        ["PutImageScanningConfiguration"] = RepositoryOperations.PutScanning,
        ["TagResource"] = TagOperations.Tag,
        ["UntagResource"] = TagOperations.Untag,
        ["ListTagsForResource"] = TagOperations.List,
        ["PutLifecyclePolicy"] = LifecycleOperations.Put,
        ["GetLifecyclePolicy"] = LifecycleOperations.Get,
        ["DeleteLifecyclePolicy"] = LifecycleOperations.Delete,
        ["StartLifecyclePolicyPreview"] = LifecycleOperations.StartPreview,
        ["GetLifecyclePolicyPreview"] = LifecycleOperations.GetPreview,
        ["DescribeImages"] = ImageListings.Describe,
        ["ListImages"] = ImageListings.List,
        ["ListImageReferrers"] = ImageListings.Referrers,
        ["BatchGetImage"] = ImageOperations.BatchGet,
        ["BatchDeleteImage"] = ImageOperations.BatchDelete,
        ["UpdateImageStorageClass"] = ImageOperations.UpdateStorageClass,
        ["PutImage"] = ImageOperations.Put,
        ["BatchCheckLayerAvailability"] = LayerOperations.CheckAvailability,
        ["GetDownloadUrlForLayer"] = LayerOperations.GetDownloadUrl,
        ["InitiateLayerUpload"] = LayerOperations.Initiate,
        ["UploadLayerPart"] = LayerOperations.UploadPart,
        ["CompleteLayerUpload"] = LayerOperations.Complete,
        ["GetAuthorizationToken"] = RegistryOperations.GetAuthorizationToken,
        ["DescribeRegistry"] = ReplicationOperations.DescribeRegistry,
        ["PutReplicationConfiguration"] = ReplicationOperations.Put,
        ["DescribeImageReplicationStatus"] = ReplicationOperations.DescribeStatus,
        ["SetRepositoryPolicy"] = PolicyOperations.SetOfRepository,
        ["GetRepositoryPolicy"] = PolicyOperations.GetOfRepository,
        ["DeleteRepositoryPolicy"] = PolicyOperations.DeleteOfRepository,
        ["PutRegistryPolicy"] = PolicyOperations.PutOfRegistry,
        ["GetRegistryPolicy"] = PolicyOperations.GetOfRegistry,
        ["DeleteRegistryPolicy"] = PolicyOperations.DeleteOfRegistry,
        ["PutRegistryScanningConfiguration"] = ScanOperations.PutConfiguration,
        ["GetRegistryScanningConfiguration"] = ScanOperations.GetConfiguration,
        ["BatchGetRepositoryScanningConfiguration"] = ScanOperations.BatchGetOfRepositories,
        ["StartImageScan"] = ScanOperations.Start,
        ["DescribeImageScanFindings"] = ScanOperations.Describe,
        ["GetAccountSetting"] = RegistryOperations.GetAccountSetting,
        ["PutAccountSetting"] = RegistryOperations.PutAccountSetting,
    };

    // The others change nothing that is kept.
    private static readonly string[] s_reading = ["Describe", "List", "Get", "BatchCheck", "BatchGetRepo", "Initiate", "UploadLayer", "StartLifecycle"];

    public override string Name => "ecr";

    public override string TargetPrefix => "AmazonEC2ContainerRegistry_V20150921";

    public override IEnumerable<Need>? Needs(JsonCall call) => EcrNeeds.Of(new(world, call));

    protected override JsonObject Run(Func<EcrCall, JsonObject> operation, JsonCall call) => Run(operation, new EcrCall(world, call));

    /// <summary>Runs an operation of the private or the public API, and keeps what it changed.</summary>
    public static JsonObject Run(Func<EcrCall, JsonObject> operation, EcrCall call)
    {
        JsonObject answer;
        lock (call.Registry.Gate) answer = operation(call);
        call.World.Replicate(call.Registry);
        if (!s_reading.Any(r => call.Operation.StartsWith(r, StringComparison.Ordinal))) Keep(call);
        return answer;
    }

    private static void Keep(EcrCall call)
    {
        lock (call.Registry.Gate)
        {
            if ((call.Input.Text("repositoryName") ?? call.Input.Text("resourceArn")?.Split(":repository/")[^1]) is { } name) call.World.Keep(call.Registry, name);
            else call.World.Keep(call.Registry);
        }
    }
}

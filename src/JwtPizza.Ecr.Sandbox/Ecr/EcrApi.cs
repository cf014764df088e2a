using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Ecr.EcrNeeds;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Amazon ECR's private API: a row for each operation.</summary>
internal static class EcrApi
{
    public static JsonService Over(EcrWorld world)
    {
        EcrTable t = new(world);
        return new("ecr", "AmazonEC2ContainerRegistry_V20150921",
        [
            t.Writes("CreateRepository", RepositoryOperations.Create, OfRepository),
            t.Reads("DescribeRepositories", RepositoryOperations.Describe, OfRepositories),
            t.Writes("DeleteRepository", RepositoryOperations.Delete, OfRepository),
            t.Writes("PutImageTagMutability", RepositoryOperations.PutTagMutability, OfRepository),
            t.Writes("PutImageScanningConfiguration", RepositoryOperations.PutScanning, OfRepository),
            t.Writes("TagResource", TagOperations.Tag, OfArn),
            t.Writes("UntagResource", TagOperations.Untag, OfArn),
            t.Reads("ListTagsForResource", TagOperations.List, OfArn),
            t.Writes("PutLifecyclePolicy", LifecycleOperations.Put, OfRepository),
            t.Reads("GetLifecyclePolicy", LifecycleOperations.Get, OfRepository),
            t.Writes("DeleteLifecyclePolicy", LifecycleOperations.Delete, OfRepository),
            t.Reads("StartLifecyclePolicyPreview", LifecycleOperations.StartPreview, OfRepository),
            t.Reads("GetLifecyclePolicyPreview", LifecycleOperations.GetPreview, OfRepository),
            t.Reads("DescribeImages", ImageListings.Describe, OfRepository),
            t.Reads("ListImages", ImageListings.List, OfRepository),
            t.Reads("ListImageReferrers", ImageListings.Referrers, OfReferrers),
            t.Waits("BatchGetImage", ImageOperations.BatchGetAsync, OfPull, writes: true),
            t.Writes("BatchDeleteImage", ImageOperations.BatchDelete, OfRepository),
            t.Writes("UpdateImageStorageClass", ImageOperations.UpdateStorageClass, OfRepository),
            t.Writes("PutImage", ImageOperations.Put, OfPush),
            t.Reads("BatchCheckLayerAvailability", LayerOperations.CheckAvailability, OfRepository),
            t.Reads("GetDownloadUrlForLayer", LayerOperations.GetDownloadUrl, OfRepository),
            t.Writes("InitiateLayerUpload", LayerOperations.Initiate, OfPush),
            t.Waits("UploadLayerPart", LayerOperations.UploadPartAsync, OfRepository, writes: false),
            t.Waits("CompleteLayerUpload", LayerOperations.CompleteAsync, OfRepository, writes: true),
            t.Reads("GetAuthorizationToken", RegistryOperations.GetAuthorizationToken, OfLogin),   // tokens are kept where they are made
            t.Reads("DescribeRegistry", ReplicationOperations.DescribeRegistry, OfRegistry),
            t.Writes("PutReplicationConfiguration", ReplicationOperations.Put, OfReplication),
            t.Reads("DescribeImageReplicationStatus", ReplicationOperations.DescribeStatus, OfRepository),
            t.Writes("SetRepositoryPolicy", PolicyOperations.SetOfRepository, OfRepository),
            t.Reads("GetRepositoryPolicy", PolicyOperations.GetOfRepository, OfRepository),
            t.Writes("DeleteRepositoryPolicy", PolicyOperations.DeleteOfRepository, OfRepository),
            t.Writes("PutRegistryPolicy", PolicyOperations.PutOfRegistry, OfRegistry),
            t.Reads("GetRegistryPolicy", PolicyOperations.GetOfRegistry, OfRegistry),
            t.Writes("DeleteRegistryPolicy", PolicyOperations.DeleteOfRegistry, OfRegistry),
            t.Writes("PutRegistryScanningConfiguration", ScanOperations.PutConfiguration, OfRegistry),
            t.Reads("GetRegistryScanningConfiguration", ScanOperations.GetConfiguration, OfRegistry),
            t.Reads("BatchGetRepositoryScanningConfiguration", ScanOperations.BatchGetOfRepositories, OfRepositories),
            t.Writes("StartImageScan", ScanOperations.Start, OfRepository),
            t.Reads("DescribeImageScanFindings", ScanOperations.Describe, OfRepository),
            t.Reads("GetAccountSetting", RegistryOperations.GetAccountSetting, OfRegistry),
            t.Writes("PutAccountSetting", RegistryOperations.PutAccountSetting, OfRegistry),
            t.Writes("CreatePullThroughCacheRule", PullThroughOperations.Create, OfRegistry),
            t.Reads("DescribePullThroughCacheRules", PullThroughOperations.Describe, OfRegistry),
            t.Writes("UpdatePullThroughCacheRule", PullThroughOperations.Update, OfRegistry),
            t.Writes("DeletePullThroughCacheRule", PullThroughOperations.Delete, OfRegistry),
            t.Waits("ValidatePullThroughCacheRule", PullThroughOperations.ValidateAsync, OfRegistry, writes: false),
            t.Writes("CreateRepositoryCreationTemplate", TemplateOperations.Create, OfTemplate),
            t.Reads("DescribeRepositoryCreationTemplates", TemplateOperations.Describe, OfRegistry),
            t.Writes("UpdateRepositoryCreationTemplate", TemplateOperations.Update, OfTemplate),
            t.Writes("DeleteRepositoryCreationTemplate", TemplateOperations.Delete, OfRegistry),
            t.Writes("PutSigningConfiguration", SigningOperations.Put, OfRegistry),
            t.Reads("GetSigningConfiguration", SigningOperations.Get, OfRegistry),
            t.Writes("DeleteSigningConfiguration", SigningOperations.Delete, OfRegistry),
            t.Reads("DescribeImageSigningStatus", SigningOperations.DescribeStatus, OfRepository),
            t.Writes("RegisterPullTimeUpdateExclusion", ExclusionOperations.Register, OfRegistry),
            t.Writes("DeregisterPullTimeUpdateExclusion", ExclusionOperations.Deregister, OfRegistry),
            t.Reads("ListPullTimeUpdateExclusions", ExclusionOperations.List, OfRegistry),
        ]);
    }
}

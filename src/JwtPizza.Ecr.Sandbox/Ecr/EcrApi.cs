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
            t.Row("CreateRepository", RepositoryOperations.Create, OfRepository, Keeps.Repository),
            t.Row("DescribeRepositories", RepositoryOperations.Describe, OfRepositories, Keeps.Nothing),
            t.Row("DeleteRepository", RepositoryOperations.Delete, OfRepository, Keeps.Repository),
            t.Row("PutImageTagMutability", RepositoryOperations.PutTagMutability, OfRepository, Keeps.Repository),
            t.Row("PutImageScanningConfiguration", RepositoryOperations.PutScanning, OfRepository, Keeps.Repository),
            t.Row("TagResource", TagOperations.Tag, OfArn, Keeps.Repository),
            t.Row("UntagResource", TagOperations.Untag, OfArn, Keeps.Repository),
            t.Row("ListTagsForResource", TagOperations.List, OfArn, Keeps.Nothing),
            t.Row("PutLifecyclePolicy", LifecycleOperations.Put, OfRepository, Keeps.Repository),
            t.Row("GetLifecyclePolicy", LifecycleOperations.Get, OfRepository, Keeps.Nothing),
            t.Row("DeleteLifecyclePolicy", LifecycleOperations.Delete, OfRepository, Keeps.Repository),
            t.Row("StartLifecyclePolicyPreview", LifecycleOperations.StartPreview, OfRepository, Keeps.Nothing),
            t.Row("GetLifecyclePolicyPreview", LifecycleOperations.GetPreview, OfRepository, Keeps.Nothing),
            t.Row("DescribeImages", ImageListings.Describe, OfRepository, Keeps.Nothing),
            t.Row("ListImages", ImageListings.List, OfRepository, Keeps.Nothing),
            t.Row("ListImageReferrers", ImageListings.Referrers, OfRepository, Keeps.Nothing),
            t.Row("BatchGetImage", ImageOperations.BatchGet, OfRepository, Keeps.Nothing),
            t.Row("BatchDeleteImage", ImageOperations.BatchDelete, OfRepository, Keeps.Repository),
            t.Row("UpdateImageStorageClass", ImageOperations.UpdateStorageClass, OfRepository, Keeps.Repository),
            t.Row("PutImage", ImageOperations.Put, OfRepository, Keeps.Repository),
            t.Row("BatchCheckLayerAvailability", LayerOperations.CheckAvailability, OfRepository, Keeps.Nothing),
            t.Row("GetDownloadUrlForLayer", LayerOperations.GetDownloadUrl, OfRepository, Keeps.Nothing),
            t.Row("InitiateLayerUpload", LayerOperations.Initiate, OfRepository, Keeps.Nothing),
            t.Row("UploadLayerPart", LayerOperations.UploadPart, OfRepository, Keeps.Nothing),
            t.Row("CompleteLayerUpload", LayerOperations.Complete, OfRepository, Keeps.Repository),
            t.Row("GetAuthorizationToken", RegistryOperations.GetAuthorizationToken, OfLogin, Keeps.Nothing),   // tokens are kept where they are made
            t.Row("DescribeRegistry", ReplicationOperations.DescribeRegistry, OfRegistry, Keeps.Nothing),
            t.Row("PutReplicationConfiguration", ReplicationOperations.Put, OfReplication, Keeps.Registry),
            t.Row("DescribeImageReplicationStatus", ReplicationOperations.DescribeStatus, OfRepository, Keeps.Nothing),
            t.Row("SetRepositoryPolicy", PolicyOperations.SetOfRepository, OfRepository, Keeps.Repository),
            t.Row("GetRepositoryPolicy", PolicyOperations.GetOfRepository, OfRepository, Keeps.Nothing),
            t.Row("DeleteRepositoryPolicy", PolicyOperations.DeleteOfRepository, OfRepository, Keeps.Repository),
            t.Row("PutRegistryPolicy", PolicyOperations.PutOfRegistry, OfRegistry, Keeps.Registry),
            t.Row("GetRegistryPolicy", PolicyOperations.GetOfRegistry, OfRegistry, Keeps.Nothing),
            t.Row("DeleteRegistryPolicy", PolicyOperations.DeleteOfRegistry, OfRegistry, Keeps.Registry),
            t.Row("PutRegistryScanningConfiguration", ScanOperations.PutConfiguration, OfRegistry, Keeps.Registry),
            t.Row("GetRegistryScanningConfiguration", ScanOperations.GetConfiguration, OfRegistry, Keeps.Nothing),
            t.Row("BatchGetRepositoryScanningConfiguration", ScanOperations.BatchGetOfRepositories, OfRepositories, Keeps.Nothing),
            t.Row("StartImageScan", ScanOperations.Start, OfRepository, Keeps.Repository),
            t.Row("DescribeImageScanFindings", ScanOperations.Describe, OfRepository, Keeps.Nothing),
            t.Row("GetAccountSetting", RegistryOperations.GetAccountSetting, OfRegistry, Keeps.Nothing),
            t.Row("PutAccountSetting", RegistryOperations.PutAccountSetting, OfRegistry, Keeps.Registry),
        ]);
    }
}

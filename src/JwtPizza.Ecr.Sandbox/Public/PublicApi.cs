using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Ecr.EcrNeeds;

namespace JwtPizza.Ecr.Sandbox.Public;

/// <summary>Amazon ECR Public: a row for each operation. Most are those of the private API on a registry of its own.</summary>
internal static class PublicApi
{
    public static JsonService Over(EcrWorld world)
    {
        EcrTable t = new(world, EcrRegistry.PublicRegion);
        return new("ecr-public", "SpencerFrontendService",
        [
            t.Writes("CreateRepository", PublicOperations.Create, OfRepository),
            t.Reads("DescribeRepositories", PublicOperations.Describe, OfRepositories),
            t.Writes("DeleteRepository", PublicOperations.Delete, OfRepository),
            t.Writes("PutRepositoryCatalogData", PublicOperations.PutCatalog, OfRepository),
            t.Reads("GetRepositoryCatalogData", PublicOperations.GetCatalog, OfRepository),
            t.Writes("PutRegistryCatalogData", PublicOperations.PutRegistryCatalog, OfRegistry),
            t.Reads("GetRegistryCatalogData", PublicOperations.GetRegistryCatalog, OfRegistry),
            t.Reads("DescribeImages", PublicOperations.DescribeImages, OfRepository),
            t.Reads("DescribeImageTags", PublicOperations.DescribeImageTags, OfRepository),
            t.Reads("DescribeRegistries", PublicOperations.DescribeRegistries, OfRegistry),
            t.Reads("GetAuthorizationToken", PublicOperations.GetAuthorizationToken, OfLogin),
            t.Writes("BatchDeleteImage", ImageOperations.BatchDelete, OfRepository),
            t.Writes("PutImage", ImageOperations.Put, OfRepository),
            t.Reads("BatchCheckLayerAvailability", LayerOperations.CheckAvailability, OfRepository),
            t.Writes("InitiateLayerUpload", LayerOperations.Initiate, OfRepository),
            t.Waits("UploadLayerPart", LayerOperations.UploadPartAsync, OfRepository, writes: false),
            t.Waits("CompleteLayerUpload", LayerOperations.CompleteAsync, OfRepository, writes: true),
            t.Writes("SetRepositoryPolicy", PolicyOperations.SetOfRepository, OfRepository),
            t.Reads("GetRepositoryPolicy", PolicyOperations.GetOfRepository, OfRepository),
            t.Writes("DeleteRepositoryPolicy", PolicyOperations.DeleteOfRepository, OfRepository),
            t.Writes("TagResource", TagOperations.Tag, OfArn),
            t.Writes("UntagResource", TagOperations.Untag, OfArn),
            t.Reads("ListTagsForResource", TagOperations.List, OfArn),
        ]);
    }
}

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
            t.Row("CreateRepository", PublicOperations.Create, OfRepository, Keeps.Repository),
            t.Row("DescribeRepositories", PublicOperations.Describe, OfRepositories, Keeps.Nothing),
            t.Row("DeleteRepository", PublicOperations.Delete, OfRepository, Keeps.Repository),
            t.Row("PutRepositoryCatalogData", PublicOperations.PutCatalog, OfRepository, Keeps.Repository),
            t.Row("GetRepositoryCatalogData", PublicOperations.GetCatalog, OfRepository, Keeps.Nothing),
            t.Row("DescribeImages", PublicOperations.DescribeImages, OfRepository, Keeps.Nothing),
            t.Row("DescribeImageTags", PublicOperations.DescribeImageTags, OfRepository, Keeps.Nothing),
            t.Row("DescribeRegistries", PublicOperations.DescribeRegistries, OfRegistry, Keeps.Nothing),
            t.Row("GetAuthorizationToken", PublicOperations.GetAuthorizationToken, OfLogin, Keeps.Nothing),
            t.Row("BatchDeleteImage", ImageOperations.BatchDelete, OfRepository, Keeps.Repository),
            t.Row("PutImage", ImageOperations.Put, OfRepository, Keeps.Repository),
            t.Row("BatchCheckLayerAvailability", LayerOperations.CheckAvailability, OfRepository, Keeps.Nothing),
            t.Row("InitiateLayerUpload", LayerOperations.Initiate, OfRepository, Keeps.Nothing),
            t.Row("UploadLayerPart", LayerOperations.UploadPart, OfRepository, Keeps.Nothing),
            t.Row("CompleteLayerUpload", LayerOperations.Complete, OfRepository, Keeps.Repository),
            t.Row("SetRepositoryPolicy", PolicyOperations.SetOfRepository, OfRepository, Keeps.Repository),
            t.Row("GetRepositoryPolicy", PolicyOperations.GetOfRepository, OfRepository, Keeps.Nothing),
            t.Row("DeleteRepositoryPolicy", PolicyOperations.DeleteOfRepository, OfRepository, Keeps.Repository),
            t.Row("TagResource", TagOperations.Tag, OfArn, Keeps.Repository),
            t.Row("UntagResource", TagOperations.Untag, OfArn, Keeps.Repository),
            t.Row("ListTagsForResource", TagOperations.List, OfArn, Keeps.Nothing),
        ]);
    }
}

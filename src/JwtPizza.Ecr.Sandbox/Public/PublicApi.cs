using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Public;

/// <summary>Amazon ECR Public: the table of its operations. Most are those of the private API on a registry of its own.</summary>
internal sealed class PublicApi(EcrWorld world) : JsonTable<EcrCall>(s_operations)
{
    private const string OnlyRegion = "us-east-1";

    private static readonly Dictionary<string, Func<EcrCall, JsonObject>> s_operations = new(StringComparer.Ordinal)
    {
        ["CreateRepository"] = PublicOperations.Create,
        ["DescribeRepositories"] = PublicOperations.Describe,
        ["DeleteRepository"] = PublicOperations.Delete,
        ["PutRepositoryCatalogData"] = PublicOperations.PutCatalog,
        ["GetRepositoryCatalogData"] = PublicOperations.GetCatalog,
        ["DescribeImages"] = PublicOperations.DescribeImages,
        ["DescribeImageTags"] = PublicOperations.DescribeImageTags,
        ["DescribeRegistries"] = PublicOperations.DescribeRegistries,
        ["GetAuthorizationToken"] = PublicOperations.GetAuthorizationToken,
        ["BatchDeleteImage"] = ImageOperations.BatchDelete,
        ["PutImage"] = ImageOperations.Put,
        ["BatchCheckLayerAvailability"] = LayerOperations.CheckAvailability,
        ["InitiateLayerUpload"] = LayerOperations.Initiate,
        ["UploadLayerPart"] = LayerOperations.UploadPart,
        ["CompleteLayerUpload"] = LayerOperations.Complete,
        ["SetRepositoryPolicy"] = PolicyOperations.SetOfRepository,
        ["GetRepositoryPolicy"] = PolicyOperations.GetOfRepository,
        ["DeleteRepositoryPolicy"] = PolicyOperations.DeleteOfRepository,
        ["TagResource"] = TagOperations.Tag,
        ["UntagResource"] = TagOperations.Untag,
        ["ListTagsForResource"] = TagOperations.List,
    };

    public override string Name => "ecr-public";

    public override string TargetPrefix => "SpencerFrontendService";

    public override IEnumerable<Need>? Needs(JsonCall call) => EcrNeeds.Of(Publicly(call));

    protected override JsonObject Run(Func<EcrCall, JsonObject> operation, JsonCall call) => call.Caller.Region == OnlyRegion
        ? EcrApi.Run(operation, Publicly(call))
        : throw new ApiError("UnsupportedCommandException", $"ECR Public is called in {OnlyRegion}, and not in {call.Caller.Region}.");

    private EcrCall Publicly(JsonCall call) => new(world, call, EcrRegistry.PublicRegion);
}

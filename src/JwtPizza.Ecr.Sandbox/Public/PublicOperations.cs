using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Public;

/// <summary>What is different in ECR Public: no settings on repositories, but data for the gallery.</summary>
internal static class PublicOperations
{
    private const int ListLimit = 50;

    private static readonly string[] s_repository = ["repositoryArn", "registryId", "repositoryName", "repositoryUri", "createdAt"];
    private static readonly string[] s_tagDetail =
        ["imageDigest", "imageSizeInBytes", "imagePushedAt", "imageManifestMediaType", "artifactMediaType"];
    private static readonly string[] s_image = [.. s_tagDetail, "registryId", "repositoryName", "imageTags"];
    private static readonly (string Name, int Limit)[] s_texts = [("description", 1024), ("aboutText", 25_600), ("usageText", 25_600)];
    private static readonly string[] s_lists = ["architectures", "operatingSystems"];

    public static JsonObject Create(EcrCall call)
    {
        string name = call.NewRepositoryName();
        JsonArguments? catalog = call.Input.Object("catalogData");
        StoredRepository repository = call.Registry.Add(name, s => s with
        {
            Catalog = catalog is { } given ? Read(given) : null,
            ResourceTags = TagOperations.Merge(name, s.ResourceTags, call.Input.Objects("tags", 0, int.MaxValue) ?? []),
        })
        ?? throw new ApiError("RepositoryAlreadyExistsException",
            $"The repository with name '{name}' already exists in the registry with id '{call.Registry.RegistryId}'");
        return Answer.Of(("repository", Json(repository)), ("catalogData", repository.Settings.Catalog?.DeepClone() ?? new JsonObject()));
    }

    public static JsonObject Describe(EcrCall call)
    {
        JsonObject all = RepositoryOperations.Describe(call);
        return Answer.Of(("repositories", Each(all["repositories"]!, s_repository)), ("nextToken", all["nextToken"]?.DeepClone()));
    }

    public static JsonObject Delete(EcrCall call) =>
        Answer.Of(("repository", Only(RepositoryOperations.Delete(call)["repository"]!, s_repository)));

    public static JsonObject PutCatalog(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        JsonObject catalog = Read(call.Input.Object("catalogData") ?? throw JsonArguments.Missing("catalogData"));
        repository.Set(s => s with { Catalog = catalog });
        return Answer.Of(("catalogData", catalog.DeepClone()));
    }

    public static JsonObject GetCatalog(EcrCall call) =>
        Answer.Of(("catalogData", call.Repository().Settings.Catalog?.DeepClone() ?? new JsonObject()));

    public static JsonObject PutRegistryCatalog(EcrCall call)
    {
        if (call.Input.Text("displayName") is { } name)
            call.Registry.Settings = call.Registry.Settings
                with { DisplayName = name.Length <= 100
                    ? name : throw JsonArguments.Invalid("displayName", "Member must have length less than or equal to 100") };
        return GetRegistryCatalog(call);
    }

    public static JsonObject GetRegistryCatalog(EcrCall call) =>
        Answer.Of(("registryCatalogData", Answer.Of(("displayName", call.Registry.Settings.DisplayName))));

    public static JsonObject DescribeImages(EcrCall call)
    {
        JsonObject all = ImageListings.Describe(call);
        return Answer.Of(("imageDetails", Each(all["imageDetails"]!, s_image)), ("nextToken", all["nextToken"]?.DeepClone()));
    }

    public static JsonObject DescribeImageTags(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        var tags =
            repository.Images.All.SelectMany(i => i.Tags.Select(t => (Tag: t, Image: i))).OrderBy(t => t.Tag, StringComparer.Ordinal);
        var page = Page.Of(tags, call, t => t.Tag);
        return Answer.Of(
            ("imageTagDetails",
                page.Items.Select(t =>
                    Answer.Of(("imageTag", t.Tag), ("createdAt", repository.Images.TaggedAt(t.Tag).Json()),
                        ("imageDetail", Only(ImageListings.Json(repository, t.Image), s_tagDetail)))).Array()),
            ("nextToken", page.NextToken));
    }

    public static JsonObject DescribeRegistries(EcrCall call) => Answer.Of(("registries", new JsonArray(Answer.Of(
        ("registryId", call.Registry.RegistryId),
        ("registryArn",
            $"{new Arn(call.Registry.Partition.Name, "ecr-public", "", call.Registry.RegistryId, $"registry/{call.Registry.RegistryId}")}"),
        ("registryUri", call.Registry.Uri), ("verified", false),
        ("aliases",
            new JsonArray(
                Answer.Of(("name", call.Registry.Alias), ("status", "ACTIVE"), ("primaryRegistryAlias", true),
                    ("defaultRegistryAlias", true))))))));

    public static JsonObject GetAuthorizationToken(EcrCall call)
    {
        (string token, DateTimeOffset expiresAt) = call.World.Tokens.Issue(call.Registry.RegistryId, call.Registry.Region, call.Caller);
        return Answer.Of(("authorizationData", Answer.Of(("authorizationToken", token), ("expiresAt", expiresAt.Json()))));
    }

    private static JsonObject Json(StoredRepository repository) => Only(RepositoryOperations.Json(repository), s_repository);

    private static JsonArray Each(JsonNode items, string[] members) => items.AsArray().Select(i => Only(i!, members)).Array();

    private static JsonObject Only(JsonNode item, string[] members) => Answer.Of([.. members.Select(m => (m, item[m]?.DeepClone()))]);

    private static JsonObject Read(JsonArguments catalog)
    {
        if (catalog.Text("logoImageBlob") is not null)
            throw JsonArguments.Invalid("catalogData.logoImageBlob", "The sandbox keeps no logos");
        JsonObject read = [];
        foreach ((string name, int limit) in s_texts)
        {
            if (catalog.Text(name) is not { } text) continue;
            read[name] = text.Length <= limit
                ? text : throw JsonArguments.Invalid($"catalogData.{name}", $"Member must have length less than or equal to {limit}");
        }
        foreach (string name in s_lists)
            if (catalog.Texts(name, 0, ListLimit) is { } texts)
                read[name] = texts.All(t => t.Length is >= 1 and <= ListLimit)
                    ? texts.Array() : throw JsonArguments.Invalid($"catalogData.{name}", "Member must have length between 1 and 50");
        return read;
    }
}

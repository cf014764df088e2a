using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>ECR's own way to upload and download layers, besides the registry's.</summary>
internal static class LayerOperations
{
    /// <summary>The size that all parts of a layer must have but the last.</summary>
    public const int SmallestPart = 5 * 1024 * 1024;

    /// <summary>What ECR says to smaller ones.</summary>
    public const string PartTooSmall = "Layer parts must be at least 5 MiB in size, the last one excepted";

    private const int DigestLimit = 100, LargestPart = 20 * 1024 * 1024, AdvisedPart = 10 * 1024 * 1024;

    public static JsonObject CheckAvailability(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        JsonArray layers = [], failures = [];
        foreach (string text in call.Input.Texts("layerDigests", 1, DigestLimit) ?? throw JsonArguments.Missing("layerDigests"))
        {
            if (text.Length == 0)
                failures.Add((JsonNode)Failure(text, "MissingLayerDigest", "Invalid request parameters: layer digest cannot be empty"));
            else if (!Digest.TryParse(text, out Digest digest))
                failures.Add(
                    (JsonNode)Failure(text, "InvalidLayerDigest",
                        "Invalid request parameters: layer digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"));
            else layers.Add((JsonNode)Layer(repository, digest));
        }
        return Answer.Of(("layers", layers), ("failures", failures));
    }

    public static JsonObject GetDownloadUrl(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        Digest digest = EcrCall.LayerDigest(call.Input.RequiredText("layerDigest"));
        if (repository.Layers.SizeOf(digest) is null)
            throw new ApiError("LayersNotFoundException",
                $"The layer with digest '{digest}' does not exist in the repository with name '{repository.Name}' in the registry with " +
                $"id '{call.Registry.RegistryId}'");
        if (!repository.Layers.IsUsed(digest))
            throw new ApiError("LayerInaccessibleException",
                $"The layer with digest '{digest}' is not available because it is not associated with an image");
        string path = call.World.Links.Issue(new(call.Registry.RegistryId, call.Registry.Region, repository.Name, digest));
        return Answer.Of(("downloadUrl", call.World.Info.EndpointUrl + path), ("layerDigest", digest.Value));
    }

    public static JsonObject Initiate(EcrCall call)
    {
        CreationTemplate.CreateForPush(call.Registry, call.NewRepositoryName());
        return Answer.Of(("uploadId", call.Repository().Layers.Begin().Id.ToString()), ("partSize", AdvisedPart));
    }

    public static async Task<JsonObject> UploadPartAsync(EcrCall call, CancellationToken cancellationToken)
    {
        (StoredRepository repository, Upload upload) = Find(call);
        long first = call.Input.Number("partFirstByte", 0, long.MaxValue) ?? throw JsonArguments.Missing("partFirstByte");
        long last = call.Input.Number("partLastByte", 0, long.MaxValue) ?? throw JsonArguments.Missing("partLastByte");
        byte[] part = call.Input.RequiredBytes("layerPartBlob");
        if (part.Length is 0 or > LargestPart || first != upload.Length || last - first + 1 != part.Length)
            throw BadPart(repository, upload, first, last, part.Length);
        using MemoryStream content = new(part);
        if (!await upload.AppendAsync(content, SmallestPart, cancellationToken).ConfigureAwait(false))
            throw BadPart(repository, upload, first, last, part.Length);
        return Answer.Of([.. Names(repository, upload), ("lastByteReceived", upload.Length - 1)]);
    }

    public static async Task<JsonObject> CompleteAsync(EcrCall call, CancellationToken cancellationToken)
    {
        (_, Upload upload) = Find(call);
        IReadOnlyList<string> digests = call.Input.Texts("layerDigests", 1, DigestLimit) ?? throw JsonArguments.Missing("layerDigests");
        if (upload.Length == 0)
            throw new ApiError("EmptyUploadException", $"The upload with id '{upload.Id}' does not contain any layer parts");
        if (upload.HasSmallPart) throw new ApiError("LayerPartTooSmallException", PartTooSmall);
        Digest digest = upload.Digest;
        if (digests.All(d => EcrCall.LayerDigest(d) != digest))
            throw new ApiError("InvalidLayerException",
                $"The calculated digest '{digest}' of the upload with id '{upload.Id}' does not match the provided " +
                $"'{string.Join(", ", digests)}'");
        await Task.Run(upload.Seal, cancellationToken).ConfigureAwait(false);
        return call.Registry.Run(() => Complete(call, upload, digest));
    }

    private static JsonObject Complete(EcrCall call, Upload upload, Digest digest)
    {
        StoredRepository repository = call.Repository();
        bool isNew = repository.Layers.SizeOf(digest) is null;
        if (!repository.Take(upload, digest)) throw NotFound(call, upload.Id);
        return isNew
            ? Answer.Of([.. Names(repository, upload), ("layerDigest", digest.Value)])
            : throw new ApiError("LayerAlreadyExistsException", $"The layer with digest '{digest}' already exists in the repository " +
                $"with name '{repository.Name}' in the registry with id '{call.Registry.RegistryId}'");
    }

    private static (StoredRepository, Upload) Find(EcrCall call) => call.Registry.Run(() =>
    {
        StoredRepository repository = call.Repository();
        string text = call.Input.RequiredText("uploadId");
        return Guid.TryParseExact(text, "D", out Guid id)
            ? (repository, repository.Layers.Find(id) ?? throw NotFound(call, id))
            : throw JsonArguments.Invalid("uploadId",
                "must satisfy regular expression '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'");
    });

    private static ApiError NotFound(EcrCall call, Guid upload) => new("UploadNotFoundException",
        $"The upload with id '{upload}' does not exist in the repository with name '{call.NewRepositoryName()}' in the registry with id " +
        $"'{call.Registry.RegistryId}'");

    private static ApiError BadPart(StoredRepository repository, Upload upload, long first, long last, int length) =>
        new("InvalidLayerPartException", string.Create(CultureInfo.InvariantCulture,
            $"The layer part from byte {first} to {last} with {length} bytes is not valid: " +
            $"the next part starts at byte {upload.Length} and has 1 to {LargestPart} bytes"))
        {
            Members = Answer.Of([.. Names(repository, upload), ("lastValidByteReceived", Math.Max(0, upload.Length - 1))]),
        };

    private static (string Name, JsonNode? Value)[] Names(StoredRepository repository, Upload upload) =>
        [("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name), ("uploadId", upload.Id.ToString())];

    private static JsonObject Layer(StoredRepository repository, Digest digest) => repository.Layers.Promise(digest) is { } size
        ? Answer.Of(("layerDigest", digest.Value), ("layerAvailability", "AVAILABLE"), ("layerSize", size),
            ("mediaType", repository.Layers.MediaTypeOf(digest)))
        : Answer.Of(("layerDigest", digest.Value), ("layerAvailability", "UNAVAILABLE"));

    private static JsonObject Failure(string digest, string code, string reason) =>
        Answer.Of(("layerDigest", digest), ("failureCode", code), ("failureReason", reason));
}

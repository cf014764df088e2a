using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>Lists of tags, referrers and repositories.</summary>
internal static class Listings
{
    private const int DefaultSize = 1000;

    public static Task TagsAsync(RegistryRequest request)
    {
        List<string> all = request.With(r => r.Images.All.SelectMany(i => i.Tags).Order(StringComparer.Ordinal).ToList());
        IReadOnlyList<string> page = PageOf(request.Exchange, all, $"/v2/{request.Place}/tags/list");
        return request.Exchange.RespondJsonAsync(200, Answer.Of(("name", request.Place), ("tags", page.Array())), "application/json",
            request.Stop);
    }

    public static Task CatalogAsync(RegistryRequest request)
    {
        List<string> all = request.Registry.Run(() => request.Registry.Repositories.Keys.ToList());
        JsonObject list = Answer.Of(("repositories", PageOf(request.Exchange, all, "/v2/_catalog").Array()));
        return request.Exchange.RespondJsonAsync(200, list, "application/json", request.Stop);
    }

    public static Task ReferrersAsync(RegistryRequest request)
    {
        Digest subject = RegistryRequest.DigestOf(request.Id);
        string? type = request.Exchange.Query.GetValueOrDefault("artifactType");
        if (type is not null) request.Exchange.SetHeader("OCI-Filters-Applied", "artifactType");
        JsonArray found =
            request.With(r => r.Images.ReferrersOf(subject).Where(i => type is null || i.ArtifactType == type).Select(Descriptor).Array());
        JsonObject index = Answer.Of(("schemaVersion", 2), ("mediaType", MediaTypes.OciIndex), ("manifests", found));
        return request.Exchange.RespondJsonAsync(200, index, MediaTypes.OciIndex, request.Stop);
    }

    private static JsonObject Descriptor(StoredImage image) => Answer.Of(
        ("mediaType", image.Manifest.MediaType),
        ("digest", image.Digest.Value),
        ("size", image.Content.Length),
        ("artifactType", image.ArtifactType),
        ("annotations",
            image.Manifest.Annotations.Count == 0
                ? null : Answer.Of([.. image.Manifest.Annotations.Select(a => (a.Key, (JsonNode?)a.Value))])));

    private static List<string> PageOf(Exchange exchange, List<string> all, string path)
    {
        string? text = exchange.Query.GetValueOrDefault("n"), last = exchange.Query.GetValueOrDefault("last");
        int size = DefaultSize;
        if (text is not null && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size > 0))
            throw new RegistryError(400, "PAGINATION_NUMBER_INVALID", $"'{text}' is not a number of results");
        List<string> rest = [.. all.SkipWhile(t => last is not null && string.CompareOrdinal(t, last) <= 0)];
        if (rest.Count <= size) return rest;
        exchange.SetHeader("Link",
            string.Create(CultureInfo.InvariantCulture, $"<{path}?n={size}&last={Uri.EscapeDataString(rest[size - 1])}>; rel=\"next\""));
        return rest[..size];
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// Signs pushed images as AWS Signer does for ECR: a referrer in the form of the Notary Project, whose signature fits its certificate
/// (https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-envelope-jws.md). The certificate is the sandbox's own, and
/// nobody trusts it.
/// </summary>
internal static class ImageSigner
{
    public const string ArtifactType = "application/vnd.cncf.notary.signature";
    private const string Envelope = "application/jose+json", EmptyConfig = "application/vnd.oci.empty.v1+json",
        PayloadType = "application/vnd.cncf.notary.payload.v1+json";
    private static readonly Lazy<(ECDsa Key, byte[] Certificate)> s_key = new(NewKey);

    /// <summary>Adds a signature for each profile whose rules are about a repository. The caller holds the registry's gate.</summary>
    public static void Sign(StoredRepository repository, StoredImage image)
    {
        // signatures are not signed
        if (image.Manifest.Subject is not null || repository.Registry.Settings.Signing is not { } rules) return;
        string[] profiles =
            [.. rules.Where(r => r.Covers(repository.Name)).Select(r => r.ProfileArn).Distinct().Except(image.Marks.SignedWith)];
        foreach (string profile in profiles) Sign(repository, image, profile);
        if (profiles.Length > 0) repository.Images.Mark(image, m => m with { SignedWith = [.. m.SignedWith, .. profiles] });
    }

    private static void Sign(StoredRepository repository, StoredImage image, string profile)
    {
        DateTimeOffset now = repository.Registry.World.Clock.GetUtcNow();
        byte[] envelope = Encoding.UTF8.GetBytes(EnvelopeOf(image, profile, now).ToJsonString()), config = "{}"u8.ToArray();
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest, ["artifactType"] = ArtifactType,
            ["config"] = Descriptor(EmptyConfig, config), ["layers"] = new JsonArray(Descriptor(Envelope, envelope)),
            ["subject"] = new JsonObject
            {
                ["mediaType"] = image.Manifest.MediaType, ["digest"] = image.Digest.Value, ["size"] = image.Content.Length,
            },
            ["annotations"] = new JsonObject
            {
                ["io.cncf.notary.x509chain.thumbprint#S256"] =
                    $"[\"{Convert.ToHexString(SHA256.HashData(s_key.Value.Certificate)).ToLowerInvariant()}\"]",
                ["org.opencontainers.image.created"] =
                    now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        foreach (byte[] blob in (byte[][])[config, envelope]) Put(repository, blob);
        byte[] content = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        repository.Images.Push(content, MediaTypes.OciManifest, null, Digest.Of(content));
    }

    private static void Put(StoredRepository repository, byte[] content)
    {
        Upload upload = repository.Layers.Begin();
        upload.Append(content);
        upload.Seal();
        repository.Take(upload, Digest.Of(content));
    }

    private static JsonObject EnvelopeOf(StoredImage image, string profile, DateTimeOffset now)
    {
        JsonObject payload =
            new() { ["targetArtifact"] = new JsonObject
            {
                ["mediaType"] = image.Manifest.MediaType, ["digest"] = image.Digest.Value, ["size"] = image.Content.Length,
            } };
        JsonObject header = new()
        {
            ["alg"] = "ES256", ["cty"] = PayloadType, ["crit"] = new JsonArray("io.cncf.notary.signingScheme"),
            ["io.cncf.notary.signingScheme"] = "notary.x509",
            ["io.cncf.notary.signingTime"] =
                now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        };
        string encodedHeader = Encode(header), encodedPayload = Encode(payload);
        byte[] signature = s_key.Value.Key.SignData(Encoding.ASCII.GetBytes($"{encodedHeader}.{encodedPayload}"), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new()
        {
            ["payload"] = encodedPayload, ["protected"] = encodedHeader,
            ["header"] = new JsonObject
            {
                ["x5c"] = new JsonArray(Convert.ToBase64String(s_key.Value.Certificate)),
                ["io.cncf.notary.signingAgent"] = $"jwtpizza-sandbox ({profile})",
            },
            ["signature"] = Base64Url.Encode(signature),
        };
    }

    private static string Encode(JsonObject json) => Base64Url.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static JsonObject Descriptor(string mediaType, byte[] content) =>
        new() { ["mediaType"] = mediaType, ["digest"] = Digest.Of(content).Value, ["size"] = content.Length };

    private static (ECDsa, byte[]) NewKey()
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=JwtPizza sandbox", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using X509Certificate2 certificate =
            request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(20));
        return (key, certificate.RawData);
    }
}

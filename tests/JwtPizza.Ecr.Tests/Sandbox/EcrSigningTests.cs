using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Managed signing, pull-time exclusions, account settings, scans and what is about them.</summary>
public sealed class EcrSigningTests
{
    private const string Profile = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/pizza";

    [Fact]
    public async Task A_pushed_image_has_a_signature_that_fits_and_is_a_referrer()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest before = await client.PushImage("before", "before");
        await sandbox.Ecr("PutSigningConfiguration",
            new { signingConfiguration = new { rules = new[] { new { signingProfileArn = Profile,
                repositoryFilters = new[] { new { filter = "piz*", filterType = "WILDCARD_MATCH" } } } } } });
        Digest image = await client.PushImage("one", "v1");
        JsonNode status =
            (await sandbox.Ecr("DescribeImageSigningStatus", new { repositoryName = "pizza",
                imageId = new { imageTag = "v1" } }))["signingStatuses"]![0]!;
        Assert.Equal((Profile, "COMPLETE"), ((string)status["signingProfileArn"]!, (string)status["status"]!));
        Assert.Empty(
            (await sandbox.Ecr("DescribeImageSigningStatus", new { repositoryName = "pizza",
                imageId = new { imageDigest = before.Value } }))["signingStatuses"]!.AsArray());
        JsonNode referrer =
            Assert.Single(
                (await sandbox.Ecr("ListImageReferrers", new { repositoryName = "pizza", subjectId = new { imageDigest = image.Value },
                    filter = new { artifactTypes = new[] { "application/vnd.cncf.notary.signature" } } }))["referrers"]!.AsArray())!;
        JsonNode envelope = JsonNode.Parse(
            await Get(client, $"blobs/{JsonNode.Parse(await Get(client, $"manifests/{referrer["digest"]}"))!["layers"]![0]!["digest"]}"))!;
        using X509Certificate2 certificate =
            X509CertificateLoader.LoadCertificate(Convert.FromBase64String((string)envelope["header"]!["x5c"]![0]!));
        using ECDsa key = certificate.GetECDsaPublicKey()!;
        Assert.True(
            key.VerifyData(Encoding.ASCII.GetBytes($"{envelope["protected"]}.{envelope["payload"]}"),
                Decode((string)envelope["signature"]!), HashAlgorithmName.SHA256));
        Assert.Equal(image.Value, (string)JsonNode.Parse(Decode((string)envelope["payload"]!))!["targetArtifact"]!["digest"]!);
        await sandbox.Ecr("DeleteSigningConfiguration", new { });
        Assert.Equal("SigningConfigurationNotFoundException", (await sandbox.EcrError("GetSigningConfiguration", new { })).Code);
    }

    [Fact]
    public async Task A_pull_of_who_is_excluded_is_not_recorded()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await client.PushImage("one", "v1");
        string me = sandbox.Box.Info.RegistryId is { } id ? $"arn:aws:iam::{id}:user/" : "";
        string arn = (await sandbox.Query("GetCallerIdentity", "2011-06-15")).Answer.Descendants()
            .First(e => e.Name.LocalName == "Arn").Value;
        Assert.StartsWith(me, arn, StringComparison.Ordinal);
        await sandbox.Ecr("RegisterPullTimeUpdateExclusion", new { principalArn = arn });
        Assert.Equal("ExclusionAlreadyExistsException",
            (await sandbox.EcrError("RegisterPullTimeUpdateExclusion", new { principalArn = arn })).Code);
        await Get(client, "manifests/v1");
        Assert.Null(await PulledAt());
        await sandbox.Ecr("DeregisterPullTimeUpdateExclusion", new { principalArn = arn });
        Assert.Equal("ExclusionNotFoundException",
            (await sandbox.EcrError("DeregisterPullTimeUpdateExclusion", new { principalArn = arn })).Code);
        await Get(client, "manifests/v1");
        Assert.NotNull(await PulledAt());

        async Task<JsonNode?> PulledAt() =>
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }))["imageDetails"]![0]!["lastRecordedPullTime"];
    }

    [Fact]
    public async Task Every_account_setting_has_its_values_and_the_old_scope_takes_three_actions_alone()
    {
        await using TestSandbox sandbox = new();
        foreach ((string name, string first) in new[]
        {
            ("BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE"), ("REGISTRY_POLICY_SCOPE", "V2"), ("BLOB_MOUNTING", "DISABLED"),
        })
            Assert.Equal(first, (string)(await sandbox.Ecr("GetAccountSetting", new { name }))["value"]!);
        Assert.Equal("InvalidParameterException",
            (await sandbox.EcrError("PutAccountSetting", new { name = "BLOB_MOUNTING", value = "V2" })).Code);
        await sandbox.Ecr("PutAccountSetting", new { name = "REGISTRY_POLICY_SCOPE", value = "V1" });
        string policy =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"ecr:PutImage","Resource":"*"}]}""";
        Assert.Contains("Invalid registry policy provided",
            (await sandbox.EcrError("PutRegistryPolicy", new { policyText = policy })).Message, StringComparison.Ordinal);
        await sandbox.Ecr("PutAccountSetting", new { name = "REGISTRY_POLICY_SCOPE", value = "V2" });
        await sandbox.Ecr("PutRegistryPolicy", new { policyText = policy });
    }

    [Fact]
    public async Task Findings_have_attributes_enhanced_ones_are_active_and_what_is_no_image_is_not_supported()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza", new { imageScanningConfiguration = new { scanOnPush = true } });
        Digest image = default;
        // one with a finding
        for (int i =
            0; (image = await client.PushImage($"{i}", "v1")) is var pushed && Convert.FromHexString(pushed.Hex)[0] % 4 == 0; i++) { }
        JsonObject basic = await Findings(sandbox, image);
        Assert.Equal("package_name", (string)basic["imageScanFindings"]!["findings"]![0]!["attributes"]![1]!["key"]!);
        await client.PushBlob([.. "{}"u8]);
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = RegistryClient.Descriptor("application/vnd.cncf.helm.config.v1+json", Digest.Of("{}"u8), 2),
            ["layers"] = new JsonArray(),
        };
        byte[] chart = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        Assert.Equal(201, (await client.PutManifest("chart", chart)).Status);
        Assert.Equal("UNSUPPORTED_IMAGE", (string)(await Findings(sandbox, Digest.Of(chart)))["imageScanStatus"]!["status"]!);
        await sandbox.Ecr("PutRegistryScanningConfiguration", new { scanType = "ENHANCED",
            rules = new[] { new { scanFrequency = "CONTINUOUS_SCAN",
                repositoryFilters = new[] { new { filter = "*", filterType = "WILDCARD" } } } } });
        JsonObject enhanced = await Findings(sandbox, image);
        Assert.Equal("ACTIVE", (string)enhanced["imageScanStatus"]!["status"]!);
        Assert.Equal(image.Value,
            (string)enhanced["imageScanFindings"]!["enhancedFindings"]![0]!["resources"]![0]!["details"]!["awsEcrContainerImage"]!["imageHash"]!);
    }

    [Theory]
    [InlineData("""{"encryptionType":"KMS"}""", "arn:aws:kms:us-east-1:123456789012:key/")]
    [InlineData("""{"encryptionType":"KMS","kmsKey":"11111111-2222-3333-4444-555555555555"}""",
        "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555")]
    [InlineData("""{"encryptionType":"KMS","kmsKey":"alias/pizza"}""", "alias/pizza")]
    public async Task A_key_is_answered_as_ECR_does(string encryption, string key)
    {
        await using TestSandbox sandbox = new();
        JsonObject made =
            await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza", encryptionConfiguration = JsonNode.Parse(encryption) });
        Assert.StartsWith(key, (string)made["repository"]!["encryptionConfiguration"]!["kmsKey"]!, StringComparison.Ordinal);
        Assert.Equal("KmsException",
            (await sandbox.EcrError("CreateRepository", new { repositoryName = "other",
                encryptionConfiguration = new { encryptionType = "KMS", kmsKey = "my key" } })).Code);
    }

    [Fact]
    public async Task A_manifest_without_a_type_and_a_filter_with_three_stars_are_refused_and_a_referrer_has_the_type_of_its_configuration()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        JsonObject manifest = JsonNode.Parse(await client.Image("one"))!.AsObject();
        manifest.Remove("mediaType");
        Assert.Equal(
            ("InvalidParameterException", "image manifest mediatype not provided in manifest or parameter"),
            await sandbox.EcrError("PutImage", new { repositoryName = "pizza", imageManifest = manifest.ToJsonString(), imageTag = "v1" }));
        await sandbox.Ecr("PutImage", new { repositoryName = "pizza", imageManifest = manifest.ToJsonString(), imageTag = "v1",
            imageManifestMediaType = MediaTypes.OciManifest });
        Assert.Equal("InvalidParameterException", (await sandbox.EcrError("PutImageTagMutability", new
        {
            repositoryName = "pizza", imageTagMutability = "IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter = "a*b*c*" } },
        })).Code);
        Digest subject = await client.PushImage("two", "two");
        await client.PushImage("about two", "@", subject: subject);
        JsonNode referrers =
            JsonNode.Parse(await Get(client, $"referrers/{subject}?artifactType={Uri.EscapeDataString(MediaTypes.OciConfig)}"))!;
        Assert.Equal(MediaTypes.OciConfig, (string)Assert.Single(referrers["manifests"]!.AsArray())!["artifactType"]!);
        Assert.DoesNotContain("u002B", await Get(client, $"referrers/{subject}"), StringComparison.Ordinal);
    }

    private static Task<JsonObject> Findings(TestSandbox sandbox, Digest image) =>
        sandbox.Ecr("DescribeImageScanFindings", new { repositoryName = "pizza", imageId = new { imageDigest = image.Value } });

    private static async Task<string> Get(RegistryClient client, string path)
    {
        using HttpResponseMessage answer = await client.Send(HttpMethod.Get, path);
        Assert.True(answer.IsSuccessStatusCode, path);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static byte[] Decode(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
}

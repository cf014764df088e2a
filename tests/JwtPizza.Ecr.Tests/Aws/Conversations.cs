using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>One call of each operation, and an answer as AWS's model allows it.</summary>
internal static class Conversations
{
    private const string Digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        Arn = "arn:aws:ecr:eu-central-1:012345678901:repository/team/api";
    private const string Repository = $$"""
        {"repositoryArn":"{{Arn}}","registryId":"012345678901","repositoryName":"team/api","repositoryUri":"012345678901.dkr.ecr.eu-central-1.amazonaws.com/team/api",
         "createdAt":1763750000.125,"imageTagMutability":"IMMUTABLE_WITH_EXCLUSION","imageTagMutabilityExclusionFilters":[{"filterType":"WILDCARD","filter":"dev-*"}],
         "imageScanningConfiguration":{"scanOnPush":true},"encryptionConfiguration":{"encryptionType":"KMS","kmsKey":"alias/pizza"} }
        """;

    public static RepositorySettings Everything { get; } = new()
    {
        ImageTagMutability = "IMMUTABLE_WITH_EXCLUSION", MutabilityExclusion = ["dev-*"], ScanOnPush = true, EncryptionType = "KMS",
        KmsKey = "alias/pizza",
        Tags = new Dictionary<string, string> { ["team"] = "pizza" },
    };

    public static IReadOnlyDictionary<string, (Func<AwsSession, CancellationToken, Task> Call, string Answer)> Ecr { get; } =
        new Dictionary<string, (Func<AwsSession, CancellationToken, Task>, string)>
    {
        ["CreateRepository"] = ((s, ct) => s.Ecr.CreateRepositoryAsync("team/api", Everything, ct), $$"""{"repository":{{Repository}}}"""),
        ["DescribeRepositories"] =
            ((s, ct) => Sessions.ListAsync(s.Ecr.DescribeRepositoriesAsync(["team/api"], ct)), $$"""{"repositories":[{{Repository}}]}"""),
        ["DescribeRegistry"] = ((s, ct) => s.Ecr.For("012345678901").DescribeRegistryAsync(ct),
            """{"registryId":"012345678901","replicationConfiguration":{"rules":[]}}"""),
        ["PutReplicationConfiguration"] = ((s, ct) => s.Ecr.For("012345678901").PutReplicationConfigurationAsync("""
            {"rules":[{"destinations":[{"region":"eu-west-1","registryId":"012345678901"}],"repositoryFilters":[{"filter":"team/","filterType":"PREFIX_MATCH"}]}]}
            """, ct), """{"replicationConfiguration":{"rules":[]}}"""),
        ["DescribeImageReplicationStatus"] =
            ((s, ct) => s.Ecr.DescribeImageReplicationStatusAsync("team/api", new() { ImageDigest = Digest }, ct), $$"""
            {"repositoryName":"team/api","imageId":{"imageDigest":"{{Digest}}"},"replicationStatuses":[{"region":"eu-west-1","registryId":"012345678901","status":"FAILED","failureCode":"Some"}]}
            """),
        ["PutImageTagMutability"] = ((s, ct) => s.Ecr.PutImageTagMutabilityAsync("team/api", "MUTABLE_WITH_EXCLUSION", ["v*"], ct),
            """{"registryId":"012345678901","repositoryName":"team/api","imageTagMutability":"MUTABLE_WITH_EXCLUSION"}"""),
        ["PutImageScanningConfiguration"] = ((s, ct) => s.Ecr.PutImageScanningConfigurationAsync("team/api", false, ct),
            """{"registryId":"012345678901","repositoryName":"team/api","imageScanningConfiguration":{"scanOnPush":false}}"""),
        ["TagResource"] = ((s, ct) => s.Ecr.Tags.AddAsync(Arn, new Dictionary<string, string> { ["a"] = "b" }, ct), "{}"),
        ["UntagResource"] = ((s, ct) => s.Ecr.Tags.RemoveAsync(Arn, ["a"], ct), "{}"),
        ["ListTagsForResource"] = ((s, ct) => s.Ecr.Tags.ListAsync(Arn, ct), """{"tags":[{"Key":"a","Value":"b"}]}"""),
        ["DescribeImages"] = ((s, ct) => Sessions.ListAsync(s.Ecr.DescribeImagesAsync("team/api", "UNTAGGED", 1000, ct)), $$"""
            {"imageDetails":[{"registryId":"012345678901","repositoryName":"team/api","imageDigest":"{{Digest}}","imageTags":["latest"],"imageSizeInBytes":5000000000,"imagePushedAt":1763750000.5,
             "imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json","artifactMediaType":"application/vnd.oci.image.config.v1+json","imageStatus":"ACTIVE"}]}
            """),
        ["BatchGetImage"] =
            ((s, ct) =>
                s.Ecr.BatchGetImageAsync("team/api", [new() { ImageTag = "latest" }, new() { ImageDigest = Digest }],
                    ["application/vnd.oci.image.index.v1+json"], ct), $$$"""
            {"images":[{"registryId":"012345678901","repositoryName":"team/api","imageId":{"imageDigest":"{{{Digest}}}","imageTag":"latest"},"imageManifest":"{\"schemaVersion\": 2}","imageManifestMediaType":"application/vnd.oci.image.index.v1+json"}],
             "failures":[{"imageId":{"imageTag":"v1"},"failureCode":"ImageNotFound","failureReason":"Requested image not found"}]}
            """),
        ["BatchDeleteImage"] =
            ((s, ct) =>
                s.Ecr.For("012345678901")
                    .BatchDeleteImageAsync("team/api", [new() { ImageTag = "latest" }, new() { ImageDigest = Digest }], ct), $$"""
            {"imageIds":[{"imageDigest":"{{Digest}}","imageTag":"latest"}],"failures":[{"imageId":{"imageDigest":"{{Digest}}"},"failureCode":"ImageReferencedByManifestList","failureReason":"It is the child of an index"}]}
            """),
        ["PutImage"] = ((s, ct) => s.Ecr.PutImageAsync("team/api", "{}", "application/vnd.oci.image.manifest.v1+json", Digest, "v1", ct),
            $$"""{"image":{"registryId":"012345678901","repositoryName":"team/api","imageId":{"imageDigest":"{{Digest}}","imageTag":"v1"},"imageManifest":"{}"} }"""),
        ["GetAuthorizationToken"] = ((s, ct) => s.Ecr.GetAuthorizationTokenAsync(ct),
            """{"authorizationData":[{"authorizationToken":"QVdTOnRvOnA=","expiresAt":1763793200,"proxyEndpoint":"https://012345678901.dkr.ecr.eu-central-1.amazonaws.com"}]}"""),
        ["GetDownloadUrlForLayer"] = ((s, ct) => s.Ecr.GetDownloadUrlForLayerAsync("team/api", Digest, ct),
            $$"""{"downloadUrl":"https://starport.example/x?y=z","layerDigest":"{{Digest}}"}"""),
        ["GetLifecyclePolicy"] = ((s, ct) => s.Ecr.GetLifecyclePolicyAsync("team/api", ct),
            $$"""{"registryId":"012345678901","repositoryName":"team/api","lifecyclePolicyText":"{{new string('x', 100)}}","lastEvaluatedAt":1763793200}"""),
        ["PutLifecyclePolicy"] = ((s, ct) => s.Ecr.PutLifecyclePolicyAsync("team/api", new string('x', 100), ct),
            $$"""{"registryId":"012345678901","repositoryName":"team/api","lifecyclePolicyText":"{{new string('x', 100)}}"}"""),
        ["DeleteLifecyclePolicy"] = ((s, ct) => s.Ecr.DeleteLifecyclePolicyAsync("team/api", ct),
            $$"""{"registryId":"012345678901","repositoryName":"team/api","lifecyclePolicyText":"{{new string('x', 100)}}","lastEvaluatedAt":1763793200}"""),
        ["StartLifecyclePolicyPreview"] = ((s, ct) => s.Ecr.StartLifecyclePolicyPreviewAsync("team/api", new string('x', 100), ct),
            $$"""{"registryId":"012345678901","repositoryName":"team/api","lifecyclePolicyText":"{{new string('x', 100)}}","status":"IN_PROGRESS"}"""),
        ["GetLifecyclePolicyPreview"] = ((s, ct) => s.Ecr.GetLifecyclePolicyPreviewAsync("team/api", "next", ct), $$"""
            {"registryId":"012345678901","repositoryName":"team/api","status":"COMPLETE","summary":{"expiringImageTotalCount":1},
             "previewResults":[{"imageTags":["v1"],"imageDigest":"{{Digest}}","imagePushedAt":1763750000.5,"action":{"type":"EXPIRE"},"appliedRulePriority":1,"storageClass":"STANDARD"}]}
            """),
        ["GetRepositoryPolicy"] = ((s, ct) => s.Ecr.GetRepositoryPolicyAsync("team/api", ct),
            """{"registryId":"012345678901","repositoryName":"team/api","policyText":"{}"}"""),
        ["SetRepositoryPolicy"] = ((s, ct) => s.Ecr.For("012345678901").SetRepositoryPolicyAsync("team/api", "{}", ct),
            """{"registryId":"012345678901","repositoryName":"team/api","policyText":"{}"}"""),
        ["DeleteRepositoryPolicy"] = ((s, ct) => s.Ecr.DeleteRepositoryPolicyAsync("team/api", ct),
            """{"registryId":"012345678901","repositoryName":"team/api","policyText":"{}"}"""),
        ["GetRegistryPolicy"] =
            ((s, ct) => s.Ecr.For("012345678901").GetRegistryPolicyAsync(ct), """{"registryId":"012345678901","policyText":"{}"}"""),
        ["PutRegistryPolicy"] =
            ((s, ct) => s.Ecr.For("012345678901").PutRegistryPolicyAsync("{}", ct), """{"registryId":"012345678901","policyText":"{}"}"""),
        ["DeleteRegistryPolicy"] = ((s, ct) => s.Ecr.DeleteRegistryPolicyAsync(ct), """{"registryId":"012345678901","policyText":"{}"}"""),
        ["GetRegistryScanningConfiguration"] = ((s, ct) => s.Ecr.GetRegistryScanningConfigurationAsync(ct),
            """{"registryId":"012345678901","scanningConfiguration":{"scanType":"BASIC","rules":[{"scanFrequency":"SCAN_ON_PUSH","repositoryFilters":[{"filter":"*","filterType":"WILDCARD"}]}]}}"""),
        ["PutRegistryScanningConfiguration"] =
            ((s, ct) =>
                s.Ecr.PutRegistryScanningConfigurationAsync(
                    new()
                    {
                        RegistryId = "012345678901", Region = "eu-central-1", ScanType = "ENHANCED",
                        Rules = [new("CONTINUOUS_SCAN", ["prod/*"])],
                    }, ct), """{"registryScanningConfiguration":{"scanType":"ENHANCED","rules":[]}}"""),
        ["StartImageScan"] = ((s, ct) => s.Ecr.StartImageScanAsync("team/api", new() { ImageDigest = Digest }, ct),
            $$"""{"registryId":"012345678901","repositoryName":"team/api","imageId":{"imageDigest":"{{Digest}}"},"imageScanStatus":{"status":"IN_PROGRESS"} }"""),
        ["DescribeImageScanFindings"] = ((s, ct) => s.Ecr.DescribeImageScanFindingsAsync("team/api", new() { ImageTag = "v1" }, "next", ct),
            $$"""{"registryId":"012345678901","repositoryName":"team/api","imageId":{"imageDigest":"{{Digest}}","imageTag":"v1"},"imageScanStatus":{"status":"COMPLETE"} }"""),
        ["DeleteRepository"] = ((s, ct) => s.Ecr.DeleteRepositoryAsync("team/api", true, ct), $$"""{"repository":{{Repository}}}"""),
    };

    private const string PublicArn = "arn:aws:ecr-public::012345678901:repository/team/api";
    private const string PublicRepository =
        $$"""{"repositoryArn":"{{PublicArn}}","registryId":"012345678901","repositoryName":"team/api","repositoryUri":"public.ecr.aws/a1b2c3d4/team/api","createdAt":1763750000.125}""";
    private const string Catalog =
        """{"description":"Pizza","architectures":["ARM 64"],"operatingSystems":["Linux"],"logoUrl":"https://logo.example/1.png","aboutText":"# Pizza","usageText":"Eat."}""";

    public static RepositoryCatalog Shown { get; } = new()
    {
        Description = "Pizza", AboutText = "# Pizza", UsageText = "Eat.", OperatingSystem = ["Linux"], Architecture = ["ARM 64"],
        Logo = [1, 2, 3],
    };

    public static IReadOnlyDictionary<string, (Func<AwsSession, CancellationToken, Task> Call, string Answer)> EcrPublic { get; } =
        new Dictionary<string, (Func<AwsSession, CancellationToken, Task>, string)>
    {
        ["CreateRepository"] =
            ((s, ct) => s.EcrPublic.CreateRepositoryAsync("team/api", Shown, new Dictionary<string, string> { ["team"] = "pizza" }, ct),
                $$"""{"repository":{{PublicRepository}},"catalogData":{{Catalog}}}"""),
        ["DescribeRepositories"] =
            ((s, ct) => Sessions.ListAsync(s.EcrPublic.For("012345678901").DescribeRepositoriesAsync(["team/api"], ct)),
                $$"""{"repositories":[{{PublicRepository}}]}"""),
        ["GetRepositoryCatalogData"] = ((s, ct) => s.EcrPublic.GetCatalogDataAsync("team/api", ct), $$"""{"catalogData":{{Catalog}}}"""),
        ["PutRepositoryCatalogData"] =
            ((s, ct) => s.EcrPublic.PutCatalogDataAsync("team/api", Shown, ct), $$"""{"catalogData":{{Catalog}}}"""),
        ["TagResource"] = ((s, ct) => s.EcrPublic.Tags.AddAsync(PublicArn, new Dictionary<string, string> { ["a"] = "b" }, ct), "{}"),
        ["UntagResource"] = ((s, ct) => s.EcrPublic.Tags.RemoveAsync(PublicArn, ["a"], ct), "{}"),
        ["ListTagsForResource"] =
            ((s, ct) => s.EcrPublic.Tags.ListAsync(PublicArn, ct), """{"tags":[{"Key":"a","Value":"b"}]}"""),
        ["DeleteRepository"] =
            ((s, ct) => s.EcrPublic.DeleteRepositoryAsync("team/api", true, ct), $$"""{"repository":{{PublicRepository}}}"""),
        ["DescribeImages"] = ((s, ct) => Sessions.ListAsync(s.EcrPublic.DescribeImagesAsync("team/api", ct)), $$"""
            {"imageDetails":[{"registryId":"012345678901","repositoryName":"team/api","imageDigest":"{{Digest}}","imageTags":["latest"],"imageSizeInBytes":5000000000,"imagePushedAt":1763750000.5,
             "imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json","artifactMediaType":"application/vnd.oci.image.config.v1+json"}]}
            """),
        ["DescribeRegistries"] = ((s, ct) => s.EcrPublic.GetHostAsync(ct),
            """{"registries":[{"registryId":"012345678901","registryArn":"arn:aws:ecr-public::012345678901:registry/012345678901","registryUri":"public.ecr.aws/a1b2c3d4","verified":false,"aliases":[{"name":"a1b2c3d4","status":"ACTIVE","primaryRegistryAlias":true,"defaultRegistryAlias":true}]}]}"""),
    };

    private const string Policy = "arn:aws:iam::012345678901:policy/jwt-pizza-ci-deployment",
        Document = """{"Version":"2012-10-17","Statement":[]}""";
    private const string PolicyXml =
        $"<Policy><PolicyName>jwt-pizza-ci-deployment</PolicyName><PolicyId>ANPAEXAMPLEEXAMPLE</PolicyId><Arn>{Policy}</Arn><Path>/</Path><DefaultVersionId>v2</DefaultVersionId><AttachmentCount>1</AttachmentCount><CreateDate>2026-11-01T10:00:00Z</CreateDate></Policy>";
    private const string VersionXml =
        "<VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>2026-11-01T10:00:00Z</CreateDate>";

    private const string Provider = "arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com";

    private static string RoleXml(string element) =>
        $"<{element}><Path>/</Path><RoleName>github-ci</RoleName><RoleId>AROAEXAMPLEEXAMPLE</RoleId><Arn>arn:aws:iam::012345678901:role/github-ci</Arn><CreateDate>2026-11-01T10:00:00Z</CreateDate><AssumeRolePolicyDocument>%7B%22a%2Bb%22%3A%22c+d%20e%22%7D</AssumeRolePolicyDocument></{element}>";

    public static IReadOnlyDictionary<string, (Func<AwsSession, CancellationToken, Task> Call, string Answer)> Iam { get; } =
        new Dictionary<string, (Func<AwsSession, CancellationToken, Task>, string)>
    {
        ["GetRole"] = ((s, ct) => s.Iam.GetRoleAsync("github-ci", ct), RoleXml("Role")),
        ["UpdateAssumeRolePolicy"] = ((s, ct) => s.Iam.UpdateAssumeRolePolicyAsync("github-ci", Document, ct), ""),
        ["GetPolicy"] = ((s, ct) => s.Iam.GetPolicyAsync(Policy, ct), PolicyXml),
        ["GetPolicyVersion"] = ((s, ct) => s.Iam.GetPolicyVersionAsync(Policy, "v2", ct),
            $"<PolicyVersion><Document>%7B%7D</Document>{VersionXml}</PolicyVersion>"),
        ["ListPolicyVersions"] = ((s, ct) => s.Iam.ListPolicyVersionsAsync(Policy, ct),
            $"<Versions><member>{VersionXml}</member></Versions><IsTruncated>false</IsTruncated>"),
        ["CreatePolicy"] = ((s, ct) => s.Iam.CreatePolicyAsync("jwt-pizza-ci-deployment", Document, "may push & deploy", ct), PolicyXml),
        ["CreatePolicyVersion"] =
            ((s, ct) => s.Iam.CreatePolicyVersionAsync(Policy, Document, true, ct), $"<PolicyVersion>{VersionXml}</PolicyVersion>"),
        ["DeletePolicyVersion"] = ((s, ct) => s.Iam.DeletePolicyVersionAsync(Policy, "v1", ct), ""),
        ["SetDefaultPolicyVersion"] = ((s, ct) => s.Iam.SetDefaultPolicyVersionAsync(Policy, "v1", ct), ""),
        ["AttachRolePolicy"] = ((s, ct) => s.Iam.AttachRolePolicyAsync("github-ci", Policy, ct), ""),
        ["ListAttachedRolePolicies"] = ((s, ct) => Sessions.ListAsync(s.Iam.ListAttachedRolePoliciesAsync("github-ci", ct)),
            $"<AttachedPolicies><member><PolicyName>jwt-pizza-ci-deployment</PolicyName><PolicyArn>{Policy}</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated>"),
        ["ListEntitiesForPolicy"] = ((s, ct) => Sessions.ListAsync(s.Iam.ListEntitiesForPolicyAsync(Policy, ct)),
            "<PolicyGroups/><PolicyUsers/><PolicyRoles><member><RoleName>github-ci</RoleName><RoleId>AROAEXAMPLEEXAMPLE</RoleId></member></PolicyRoles><IsTruncated>false</IsTruncated>"),
        ["GetOpenIDConnectProvider"] = ((s, ct) => s.Iam.GetOpenIDConnectProviderAudiencesAsync(Provider, ct),
            "<Url>token.actions.githubusercontent.com</Url><ClientIDList><member>sts.amazonaws.com</member></ClientIDList><ThumbprintList/>"),
        ["CreateOpenIDConnectProvider"] =
            ((s, ct) =>
                s.Iam.CreateOpenIDConnectProviderAsync(Provider, "https://token.actions.githubusercontent.com",
                    ["sts.amazonaws.com", "other"], ct), $"<OpenIDConnectProviderArn>{Provider}</OpenIDConnectProviderArn>"),
        ["AddClientIDToOpenIDConnectProvider"] =
            ((s, ct) => s.Iam.AddClientIDToOpenIDConnectProviderAsync(Provider, "sts.amazonaws.com", ct), ""),
        ["DeleteOpenIDConnectProvider"] = ((s, ct) => s.Iam.DeleteOpenIDConnectProviderAsync(Provider, ct), ""),
        ["CreateRole"] =
            ((s, ct) =>
                s.Iam.CreateRoleAsync(
                    new("github-ci", Document)
                    {
                        Path = "/ci/", Description = "CI", MaxSessionDuration = 7200, PermissionsBoundary = Policy,
                        Tags = new Dictionary<string, string> { ["a"] = "b", ["c"] = "" },
                    }, ct), RoleXml("Role")),
        ["ListRoles"] = ((s, ct) => Sessions.ListAsync(s.Iam.ListRolesAsync(ct)),
            $"<Roles>{RoleXml("member")}</Roles><IsTruncated>false</IsTruncated>"),
        ["DeleteRole"] = ((s, ct) => s.Iam.DeleteRoleAsync("github-ci", ct), ""),
        ["DetachRolePolicy"] = ((s, ct) => s.Iam.DetachRolePolicyAsync("github-ci", Policy, ct), ""),
        ["ListRolePolicies"] = ((s, ct) => Sessions.ListAsync(s.Iam.ListRolePoliciesAsync("github-ci", ct)),
            "<PolicyNames><member>inline</member></PolicyNames><IsTruncated>false</IsTruncated>"),
        ["DeleteRolePolicy"] = ((s, ct) => s.Iam.DeleteRolePolicyAsync("github-ci", "inline", ct), ""),
        ["ListInstanceProfilesForRole"] = ((s, ct) => Sessions.ListAsync(s.Iam.ListInstanceProfilesForRoleAsync("github-ci", ct)),
            "<InstanceProfiles><member><InstanceProfileName>web</InstanceProfileName><InstanceProfileId>AIPAEXAMPLEEXAMPLE</InstanceProfileId><Arn>arn:aws:iam::012345678901:instance-profile/web</Arn><Path>/</Path><CreateDate>2026-11-01T10:00:00Z</CreateDate><Roles/></member></InstanceProfiles><IsTruncated>false</IsTruncated>"),
        ["ListPolicies"] = ((s, ct) => Sessions.ListAsync(s.Iam.ListPoliciesAsync(ct)),
            $"<Policies>{PolicyXml.Replace("Policy>", "member>", StringComparison.Ordinal)}</Policies><IsTruncated>false</IsTruncated>"),
        ["DeletePolicy"] = ((s, ct) => s.Iam.DeletePolicyAsync(Policy, ct), ""),
        ["ListOpenIDConnectProviders"] = ((s, ct) => s.Iam.ListOpenIDConnectProvidersAsync(ct),
            "<OpenIDConnectProviderList><member><Arn>arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com</Arn></member></OpenIDConnectProviderList>"),
        ["GetAccountSummary"] = ((s, ct) => s.Iam.GetAccountSummaryAsync(ct),
            "<SummaryMap><entry><key>AssumeRolePolicySizeQuota</key><value>2048</value></entry></SummaryMap>"),
    };

    /// <summary>Wraps a result as IAM and STS do.</summary>
    public static string Xml(string operation, string result, string ns = "https://iam.amazonaws.com/doc/2010-05-08/") =>
        $"""<{operation}Response xmlns="{ns}">{(result is "" ? "" : $"<{operation}Result>{result}</{operation}Result>")}<ResponseMetadata><RequestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</RequestId></ResponseMetadata></{operation}Response>""";
}

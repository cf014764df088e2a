using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>The list of the sandbox's operations, docs/sandbox-operations.md, is what the sandbox has.</summary>
public sealed partial class OperationListTests
{
    private const string Update = "UPDATE_DOCUMENTS";

    private static readonly (string Service, string Title)[] s_services =
    [
        ("ecr", "Amazon ECR"), ("ecr-public", "Amazon ECR Public"), ("iam", "IAM"), ("sts", "STS"), ("ecs", "Amazon ECS"),
        ("registry", "The registry, as docker and its like call it"),
    ];

    /// <summary>What AWS's verbs say.</summary>
    private static readonly Dictionary<string, string> s_verbs = new()
    {
        ["Add"] = "Adds", ["Attach"] = "Attaches", ["Create"] = "Creates", ["Decode"] = "Decodes", ["Delete"] = "Deletes",
        ["Deregister"] = "Deregisters", ["Describe"] = "Returns", ["Detach"] = "Detaches",
        ["Get"] = "Returns", ["List"] = "Lists", ["Put"] = "Sets", ["Register"] = "Registers", ["Remove"] = "Removes", ["Run"] = "Runs",
        ["Set"] = "Sets", ["Start"] = "Starts", ["Stop"] = "Stops",
        ["Tag"] = "Tags", ["Untag"] = "Takes tags from", ["Update"] = "Changes", ["Validate"] = "Checks", ["Simulate"] = "Simulates",
        ["Cancel"] = "Cancels", ["Head"] = "Tells whether there is",
    };

    /// <summary>Where the name does not say all of it.</summary>
    private static readonly Dictionary<string, string> s_remarks = new()
    {
        ["BatchCheckLayerAvailability"] = "Tells which layers are there; they stay for an hour for the manifest that is coming.",
        ["BatchDeleteImage"] = "Deletes images by tag or digest; an image of an index stays. A layer goes when no image needs it.",
        ["BatchGetImage"] =
            "Returns manifests; converts OCI to schema 2 as documented, fetches by the pull-through cache, records the pull.",
        ["BatchGetRepositoryScanningConfiguration"] = "Returns the scan settings that count for each repository.",
        ["CompleteLayerUpload"] = "Checks the digest, and that no part but the last is under 5 MiB.",
        ["UploadLayerPart"] = "Takes a part of a layer, in its order.",
        ["InitiateLayerUpload"] = "Starts an upload; makes the repository where a template says so.",
        ["PutImage"] = "Takes a manifest: scans, signs and replicates as configured, moves the tag, tells the event feed.",
        ["CreatePullThroughCacheRule"] = "Creates a rule; pulls under its prefix are really fetched.",
        ["ValidatePullThroughCacheRule"] = "Asks the upstream whether it answers.",
        ["CreateRepositoryCreationTemplate"] = "Creates a template; it shapes what pulls, replication and pushes make.",
        ["GetAuthorizationToken"] = "Returns a login, for twelve hours of the sandbox's clock.",
        ["GetDownloadUrlForLayer"] = "Returns an address of the sandbox, valid for an hour.",
        ["PutLifecyclePolicy"] = "Sets the policy; its rules do their work as the sandbox's clock moves.",
        ["StartLifecyclePolicyPreview"] = "Works out at once what a policy would take.",
        ["PutReplicationConfiguration"] = "Sets the rules; an image pushed from now on is copied when its push is answered.",
        ["PutRegistryPolicy"] = "Sets the policy, which counts with `-Enforce`, and for replication always.",
        ["SetRepositoryPolicy"] = "Sets the policy, which counts with `-Enforce`.",
        ["StartImageScan"] = "Scans at once; the findings are invented, and the same for the same image.",
        ["DescribeImageScanFindings"] = "Returns the findings, which are invented.",
        ["PutSigningConfiguration"] = "Sets the rules; a pushed image gets a signature as a referrer.",
        ["RegisterPullTimeUpdateExclusion"] = "Registers a principal whose pulls are not recorded.",
        ["UpdateImageStorageClass"] = "Archives an image, or restores it, which takes 20 minutes of the sandbox's clock.",
        ["AssumeRole"] = "Returns credentials, if the trust policy and the caller's own policies allow it.",
        ["AssumeRoleWithWebIdentity"] = "Returns credentials, if the token is the sandbox's GitHub's and the trust policy allows it.",
        ["DecodeAuthorizationMessage"] = "Refuses every message: the services here encode none.",
        ["GetAccessKeyInfo"] = "Returns the account of an access key.",
        ["SimulateCustomPolicy"] = "Evaluates policies by the engine that `-Enforce` uses.",
        ["SimulatePrincipalPolicy"] = "Evaluates the policies of a user, group or role by the engine that `-Enforce` uses.",
        ["CreateAccessKey"] = "Creates a key that may do what its user may, with `-Enforce`.",
        ["CreateService"] = "Creates a service; no container runs, images are looked up in the sandbox.",
        ["UpdateService"] = "Changes a service and starts deployments, which complete or fail as the image is there or not.",
        ["RunTask"] = "Starts a task that ends after a minute of the sandbox's clock.",
        ["CreateCluster"] = "Creates a cluster, for the launch type FARGATE.",
        ["registry:Ping"] = "`GET /v2/`: asks for a login.",
        ["registry:UploadBlob"] = "`POST`, `PATCH` and `PUT` of a blob, whole, in chunks, or mounted from another repository.",
        ["registry:DeleteBlob"] = "Refused: ECR deletes blobs by itself.",
        ["registry:DownloadLayer"] = "What GetDownloadUrlForLayer leads to.",
        ["registry:GetUpload"] = "Tells how much of an upload is there.",
        ["registry:CancelUpload"] = "Ends an upload.",
        ["registry:DeleteManifest"] = "Deletes a tag or an image, as BatchDeleteImage does.",
        ["registry:PutManifest"] = "As PutImage.",
        ["registry:ListReferrers"] = "Lists the artifacts about an image, filtered by their type.",
    };

    [Fact]
    public async Task It_names_every_operation_and_what_it_does()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        string file = RepositoryRoot.File("docs", "sandbox-operations.md"), wanted = Document(sandbox.Operations);
        if (Environment.GetEnvironmentVariable(Update) is not null)
            await File.WriteAllTextAsync(file, wanted, TestContext.Current.CancellationToken);
        Assert.True(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) == wanted,
            $"docs/sandbox-operations.md is not what the sandbox has: run this test once with the variable {Update}, and commit what it " +
            "writes.");
        Assert.All(s_remarks.Keys, r => Assert.Contains(sandbox.Operations, o => o == r || o.EndsWith(':' + r, StringComparison.Ordinal)));
        Assert.Equal(sandbox.Operations.Select(o => o.Split(':')[0]).Distinct().Order(), s_services.Select(s => s.Service).Order());
    }

    private static string Document(IReadOnlyList<string> operations)
    {
        StringBuilder text = new("""
            # The operations of the sandbox

            All that it answers, by service. Members, errors and their sentences are AWS's where AWS documents them; what else there is to know stands in
            [sandbox.md](sandbox.md). A test compares this list with the sandbox.

            """.ReplaceLineEndings("\n"));
        foreach ((string service, string title) in s_services)
        {
            string[] names = [.. operations.Where(o => o.StartsWith(service + ":", StringComparison.Ordinal)).Select(o => o.Split(':')[1])
                .Distinct().Order(StringComparer.Ordinal)];
            text.Append(CultureInfo.InvariantCulture, $"\n## {title} ({names.Length})\n\n| operation | what it does |\n|---|---|\n");
            foreach (string name in names) text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {Sentence(service, name)} |\n");
        }
        return text.ToString();
    }

    private static string Sentence(string service, string name)
    {
        if ((s_remarks.GetValueOrDefault($"{service}:{name}") ?? s_remarks.GetValueOrDefault(name)) is { } remark) return remark;
        string[] words = [.. WordPattern().Matches(name).Select(m => m.Value)];
        Assert.True(s_verbs.ContainsKey(words[0]), $"{name} needs a sentence.");
        string rest =
            string.Join(' ', words[1..].Select(w => w is "ECR" or "SAML" or "URL" || !w.Any(char.IsLower) ? w : w.ToLowerInvariant()));
        rest = rest.Replace("open ID connect", "OpenID Connect", StringComparison.OrdinalIgnoreCase);
        bool isOne = words[0] is not "List" && !rest.EndsWith('s');
        return $"{s_verbs[words[0]]} " +
            $"{(!isOne ? "" : "aeiou".Contains(char.ToLowerInvariant(rest[0]), StringComparison.Ordinal) ? "an " : "a ")}{rest}.";
    }

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z]+")]
    private static partial Regex WordPattern();
}

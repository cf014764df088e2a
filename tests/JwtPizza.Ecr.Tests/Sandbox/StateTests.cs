using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>What a sandbox with a folder for its state keeps.</summary>
public sealed class StateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pizza-state-");

    private string State => Path.Combine(_folder.FullName, "kept");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task All_that_ECR_holds_is_the_same_after_a_restart()
    {
        int port;
        string[] before;
        Digest image;
        System.Net.Http.Headers.AuthenticationHeaderValue login;
        await using (TestSandbox sandbox = Start())
        {
            port = new Uri(sandbox.Info.EndpointUrl).Port;
            RegistryClient client =
                await RegistryClient.Open(sandbox, "team/pizza", new { imageTagMutability = "IMMUTABLE_WITH_EXCLUSION",
                    imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter = "latest" } },
                    tags = new[] { new { Key = "team", Value = "pizza" } }, encryptionConfiguration = new { encryptionType = "KMS" },
                    imageScanningConfiguration = new { scanOnPush = true } });
            login = await RegistryClient.Login(sandbox);
            await sandbox.Ecr("PutReplicationConfiguration",
                new { replicationConfiguration = new { rules = new[] { new { destinations = new[] { new { region = "eu-west-1",
                    registryId = "123456789012" } } } } } });
            await client.PushImage("one");
            image = await client.PushImage("two");
            await client.PushIndex("all", image, await client.PushImage("three", "@", "amd64"));
            await client.PushImage("gone", "gone");
            await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "team/pizza", imageIds = new[] { new { imageTag = "gone" } } });
            await sandbox.Ecr("UpdateImageStorageClass", new { repositoryName = "team/pizza",
                imageId = new { imageDigest = (await client.PushImage("old", "old")).Value }, targetStorageClass = "ARCHIVE" });
            await sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "team/pizza",
                lifecyclePolicyText = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":50},"action":{"type":"expire"}}]}""" });
            string allow =
                """{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":["ecr:ReplicateImage"]}]}""";
            await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "team/pizza", policyText = allow });
            await sandbox.Ecr("PutRegistryPolicy",
                new { policyText = allow.Replace("]}]}", """],"Resource":"*"}]}""", StringComparison.Ordinal) });
            await sandbox.Ecr("PutRegistryScanningConfiguration", new { scanType = "BASIC",
                rules = new[] { new { scanFrequency = "SCAN_ON_PUSH",
                    repositoryFilters = new[] { new { filter = "*", filterType = "WILDCARD" } } } } });
            await sandbox.Ecr("PutAccountSetting", new { name = "BLOB_MOUNTING", value = "ENABLED" });
            await sandbox.Ecr("CreateRepository", new { repositoryName = "gone" });
            await sandbox.Ecr("DeleteRepository", new { repositoryName = "gone" });
            Assert.Equal(200, (await client.Outcome(HttpMethod.Get, $"manifests/{image}")).Status);
            before = await Everything(sandbox);
        }
        await using (TestSandbox sandbox = Start(port))
        {
            Assert.Equal(before, await Everything(sandbox));
            RegistryClient client = new(sandbox, "team/pizza", login);   // the login is good for its 12 hours, as the real one is
            await AssertWhole(client, image.Value);
            Assert.Equal("TAG_INVALID", (await client.PutManifest("all", await client.Image("other"))).Code);
            await client.PushImage("four");
        }
    }

    [Fact]
    public async Task A_reset_empties_the_folder_of_what_the_sandbox_kept_and_of_nothing_else()
    {
        string key, foreign = Path.Combine(State, "notes.json");
        await using (TestSandbox sandbox = Start())
        {
            key = sandbox.Info.AccessKey;
            await File.WriteAllTextAsync(foreign, "mine", TestContext.Current.CancellationToken);
            RegistryClient client = await RegistryClient.Open(sandbox, "team/pizza");
            await client.PushImage("one");
            sandbox.Box.Reset();
            await sandbox.Ecr("CreateRepository", new { repositoryName = "after" });
        }
        await using (TestSandbox sandbox = Start())
        {
            Assert.Equal(key, sandbox.Info.AccessKey);
            Assert.Equal("after",
                (string)Assert.Single((await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray())!["repositoryName"]!);
        }
        Assert.Equal("mine", await File.ReadAllTextAsync(foreign, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(Path.Combine(State, "blobs")));
    }

    [Fact]
    public async Task Roles_policies_credentials_and_the_clock_are_the_same_after_a_restart()
    {
        int port;
        (string Key, DateTimeOffset Now) before;
        string[] iam;
        await using (TestSandbox sandbox = Start())
        {
            port = new Uri(sandbox.Info.EndpointUrl).Port;
            await Iam(sandbox, "CreateRole", ("RoleName", "Deployer"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust),
                ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b"));
            await Iam(sandbox, "PutRolePolicy", ("RoleName", "Deployer"), ("PolicyName", "Inline"), ("PolicyDocument", IamBox.AllowAll));
            await Iam(sandbox, "AttachRolePolicy", ("RoleName", "Deployer"),
                ("PolicyArn", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"));
            await Iam(sandbox, "CreatePolicyVersion", ("PolicyArn", "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment"),
                ("PolicyDocument", IamBox.AllowAll), ("SetAsDefault", "true"));
            sandbox.Box.Advance(TimeSpan.FromDays(3));
            before = (sandbox.Info.SecretKey, sandbox.Box.Now);
            iam = await AllOfIam(sandbox);
        }
        await using (TestSandbox sandbox = Start(port))
        {
            Assert.Equal(iam, await AllOfIam(sandbox));
            Assert.Equal(before.Key, sandbox.Info.SecretKey);
            Assert.InRange(sandbox.Box.Now - before.Now, TimeSpan.Zero, TimeSpan.FromMinutes(5));
            // names are still one in any case
            Assert.Equal(HttpStatusCode.OK, await IamStatus(sandbox, "GetRolePolicy", ("RoleName", "deployer"), ("PolicyName", "inline")));
        }
    }

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_by_a_kill_in_the_middle_of_pushes()
    {
        ConcurrentDictionary<string, string> acknowledged = [];
        for (int round = 0; round < 3; round++)
        {
            await using SandboxProcess process = await SandboxProcess.Start("--state", State);
            if (round == 0)
            {
                await process.Client.Ecr("CreateRepository", new { repositoryName = "pizza" });
                await process.Client.Ecr("CreateRepository", new { repositoryName = "copy" });
            }
            await AssertKept(process.Client, acknowledged);
            RegistryClient client = new(process.Client, "pizza", await RegistryClient.Login(process.Client));
            if (round == 1) await CopyWithSkopeo(process.Client);
            int wanted = acknowledged.Count + 15, name = round;
            TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task[] pushers = [.. Enumerable.Range(0, 4).Select(p => Task.Run(async () =>
            {
                try
                {
                    for (int i = 0; i < 10_000; i++)
                    {
                        string tag = $"r{name}-{p}-{i}";
                        acknowledged[tag] = (await client.PushImage(tag, tag)).Value;
                        if (acknowledged.Count >= wanted) enough.TrySetResult();
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException) { }   // the kill
            }))];
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await process.Kill();
            await Task.WhenAll(pushers);
        }
        await using SandboxProcess last = await SandboxProcess.Start("--state", State);
        await AssertKept(last.Client, acknowledged);
        Assert.True(acknowledged.Count >= 45);
        if (acknowledged.ContainsKey("copied"))
            Assert.Single((await last.Client.Ecr("DescribeImages", new { repositoryName = "copy" }))["imageDetails"]!.AsArray());

        async Task CopyWithSkopeo(TestSandbox sandbox)
        {
            string login = await SkopeoPeer.Login(sandbox), host = sandbox.Info.RegistryHost;
            await SkopeoPeer.Run("copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--src-creds", login, "--dest-creds", login,
                $"docker://{host}/pizza:r0-0-0", $"docker://{host}/copy:copied");
        }
    }

    [Fact]
    public async Task An_upload_that_a_kill_cut_off_leaves_nothing_behind()
    {
        await using (SandboxProcess process = await SandboxProcess.Start("--state", State))
        {
            RegistryClient client = await RegistryClient.Open(process.Client, "pizza");
            await client.PushBlob([1, 2, 3]);
            using HttpResponseMessage begun = await client.Send(HttpMethod.Post, "blobs/uploads/");
            Assert.Equal(202,
                (await client.Outcome(HttpMethod.Patch, begun.Headers.Location!.OriginalString,
                    new ByteArrayContent(new byte[100_000]))).Status);
            Assert.Equal(2, Directory.GetFiles(Path.Combine(State, "blobs")).Length);
            await process.Kill();
        }
        await using TestSandbox sandbox = Start();
        Assert.Equal(Digest.Of([1, 2, 3]).Hex, Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(State, "blobs")))));
    }

    [Fact]
    public async Task Two_sandboxes_do_not_share_a_folder()
    {
        await using TestSandbox first = Start();
        PizzaException e = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State }));
        Assert.Equal("StateInUse", e.ErrorId);
        Assert.DoesNotContain("..", e.Message.Replace(State, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_in_whole_sentences()
    {
        File.WriteAllText(State, "a file");
        PizzaException e = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State }));
        Assert.Equal("InvalidState", e.ErrorId);
        Assert.Contains(State, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", e.Message.Replace(State, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_GitHub_is_good_over_a_restart()
    {
        string token;
        await using (TestSandbox sandbox = Start()) token = Issue(sandbox);
        await using TestSandbox again = Start();
        Assert.True(again.Box.Explain("github-ci", token).Allowed);
        await using TestSandbox other = new();
        Assert.False(other.Box.Explain("github-ci", token).Allowed);   // signed by a key that it has never seen

        static string Issue(TestSandbox sandbox) =>
            sandbox.Box.IssueGitHubToken(
                new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") });
    }

    [Fact]
    public async Task A_damaged_state_and_that_of_another_account_are_refused_and_free_the_port()
    {
        Digest layer;
        int port;
        await using (TestSandbox sandbox = Start())
        {
            port = new Uri(sandbox.Info.EndpointUrl).Port;
            layer = await (await RegistryClient.Open(sandbox, "pizza")).PushBlob([1, 2, 3]);
        }
        Assert.Equal("StateOfAnother",
            Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State, RegistryId = "000000000001" })).ErrorId);
        File.Delete(Path.Combine(State, "blobs", layer.Hex));
        PizzaException missing = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State, Port = port }));
        Assert.Equal("InvalidState", missing.ErrorId);
        Assert.Contains(layer.Value, missing.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(State, "iam", "aws.123456789012.json"), "{");
        foreach (string file in Directory.GetFiles(Path.Combine(State, "repositories"))) File.Delete(file);
        Assert.Contains("aws.123456789012.json",
            Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { StatePath = State, Port = port })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_can_read_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        await using TestSandbox sandbox = Start();
        await RegistryClient.Login(sandbox);
        foreach (string f in Directory.GetFiles(State, "*.json"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(State));
    }

    private TestSandbox Start(int port = 0) => new(new SandboxOptions { StatePath = State, Port = port });

    private static async Task<string[]> Everything(TestSandbox sandbox)
    {
        object repository = new { repositoryName = "team/pizza" };
        JsonObject made = await sandbox.Ecr("DescribeRepositories", new { });
        (string Operation, object Input, string Region)[] all =
        [
            ("DescribeRepositories", new { }, "us-east-1"), ("DescribeImages", repository, "us-east-1"),
            ("DescribeImages", repository, "eu-west-1"), ("GetLifecyclePolicy", repository, "us-east-1"),
            ("GetRepositoryPolicy", repository, "us-east-1"), ("GetRegistryPolicy", new { }, "us-east-1"),
            ("GetRegistryScanningConfiguration", new { }, "us-east-1"), ("DescribeRegistry", new { }, "us-east-1"),
            ("GetAccountSetting", new { name = "BLOB_MOUNTING" }, "us-east-1"),
            ("ListTagsForResource", new { resourceArn = (string)made["repositories"]![0]!["repositoryArn"]! }, "us-east-1"),
            ("DescribeImageReplicationStatus", new { repositoryName = "team/pizza", imageId = new { imageTag = "all" } }, "us-east-1"),
            ("DescribeImageScanFindings", new { repositoryName = "team/pizza", imageId = new { imageTag = "latest" } }, "us-east-1"),
        ];
        List<string> answers = [];
        foreach ((string operation, object input, string region) in all)
            answers.Add((await sandbox.Ecr(operation, input, region)).ToJsonString());
        return [.. answers];
    }

    private static async Task AssertKept(TestSandbox sandbox, ConcurrentDictionary<string, string> acknowledged)
    {
        RegistryClient client = new(sandbox, "pizza", await RegistryClient.Login(sandbox));
        using HttpResponseMessage answer = await client.Send(HttpMethod.Get, "tags/list?n=10000");
        string[] tags =
            [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["tags"]!.AsArray()
                .Select(t => (string)t!)];
        Assert.Empty(acknowledged.Keys.Except(tags));
        foreach (string tag in tags)   // also one that was there before its answer was: whole, or not there
            if (await AssertWhole(client, tag) is var digest && acknowledged.TryGetValue(tag, out string? told)) Assert.Equal(told, digest);
    }

    /// <summary>Reads an image with its blobs, each against its digest.</summary>
    private static async Task<string> AssertWhole(RegistryClient client, string reference)
    {
        byte[] manifest = await Read(client, $"manifests/{reference}");
        foreach (OciDescriptor blob in OciManifest.Parse(manifest).Blobs)
            Assert.Equal(blob.Digest, Digest.Of(await Read(client, $"blobs/{blob.Digest}")));
        return Digest.Of(manifest).Value;
    }

    private static async Task<byte[]> Read(RegistryClient client, string path)
    {
        using HttpResponseMessage answer = await client.Send(HttpMethod.Get, path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string[]> AllOfIam(TestSandbox sandbox) =>
    [
        await Iam(sandbox, "ListRoles"), await Iam(sandbox, "GetRole", ("RoleName", "Deployer")),
        await Iam(sandbox, "GetRole", ("RoleName", "github-ci")),
        await Iam(sandbox, "ListAttachedRolePolicies", ("RoleName", "Deployer")),
        await Iam(sandbox, "ListAttachedRolePolicies", ("RoleName", "github-ci")),
        await Iam(sandbox, "GetRolePolicy", ("RoleName", "Deployer"), ("PolicyName", "Inline")),
        await Iam(sandbox, "ListPolicyVersions", ("PolicyArn", "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment")),
        await Iam(sandbox, "GetOpenIDConnectProvider",
            ("OpenIDConnectProviderArn", "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com")),
    ];

    private static async Task<string> Iam(TestSandbox sandbox, string action, params (string, string)[] parameters)
    {
        var (status, answer) = await sandbox.Query(action, "2010-05-08", parameters);
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        return answer.Elements().First().ToString();   // without the request's id
    }

    private static async Task<HttpStatusCode> IamStatus(TestSandbox sandbox, string action, params (string, string)[] parameters) =>
        (await sandbox.Query(action, "2010-05-08", parameters)).Status;
}

using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>All that the sandbox can, through the AWS CLI's and boto3's own eyes.</summary>
public sealed class CliPeerTests
{
    [Fact]
    public async Task Every_operation_goes_through_the_parser_of_the_AWS_CLI_and_succeeds()
    {
        await using TestSandbox sandbox = new();
        string token = sandbox.Box.IssueGitHubToken(
            new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") });
        await Peer.AwsDriver(sandbox, RepositoryRoot.File("tests", "JwtPizza.Ecr.Tests", "Sandbox", "every_operation.py"),
            ("GITHUB_JWT", token));
        // The services that are here encode no messages, so that there is none to decode.
        string[] done = ["sts:DecodeAuthorizationMessage",
            .. sandbox.Box.Calls.Where(c => c.Status == 200).Select(c => $"{c.Service}:{c.Operation}").Distinct()];
        Assert.Empty(sandbox.Box.Operations.Where(o => !o.StartsWith("registry:", StringComparison.Ordinal)).Except(done));
        if (!ServiceModel.IsHere("ecr")) return;
        Assert.All(sandbox.Box.Operations.Where(o => !o.StartsWith("registry:", StringComparison.Ordinal)).Select(o => o.Split(':')),
            o => Assert.True(ServiceModel.Load(o[0]).Has(o[1])));
    }

    [Fact]
    public async Task The_paginators_and_waiters_of_boto3_come_to_their_end()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        for (int i = 0; i < 5; i++) await client.PushImage($"{i}", $"v{i}");
        for (int i = 0; i < 4; i++) await client.PushImage($"untagged {i}");
        await sandbox.Ecr("CreateRepository", new { repositoryName = "other" });
        await sandbox.Ecr("StartImageScan", new { repositoryName = "pizza", imageId = new { imageTag = "v0" } });
        await sandbox.Ecr("StartLifecyclePolicyPreview", new { repositoryName = "pizza",
            lifecyclePolicyText = """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""" });
        Assert.Equal("2 9 9 8 findings scanned previewed 2", (await Peer.Boto3(sandbox, """
            import boto3
            ecr, ecs = boto3.client('ecr'), boto3.client('ecs')
            def pages(client, name, **kw): return list(client.get_paginator(name).paginate(PaginationConfig={'PageSize': 2}, **kw))
            def count(client, name, key, **kw): return sum(len(p[key]) for p in pages(client, name, **kw))
            image = dict(repositoryName='pizza', imageId={'imageTag': 'v0'})
            repositories = count(ecr, 'describe_repositories', 'repositories')
            images, ids = count(ecr, 'describe_images', 'imageDetails', repositoryName='pizza'), count(ecr, 'list_images', 'imageIds', repositoryName='pizza')
            preview = count(ecr, 'get_lifecycle_policy_preview', 'previewResults', repositoryName='pizza')
            whole = ecr.describe_image_scan_findings(**image)['imageScanFindings'].get('findings', [])
            paged = [f for p in pages(ecr, 'describe_image_scan_findings', **image) for f in p['imageScanFindings'].get('findings', [])]
            assert [f['name'] for f in paged] == [f['name'] for f in whole], (paged, whole)
            ecr.get_waiter('image_scan_complete').wait(**image)
            ecr.get_waiter('lifecycle_policy_preview_complete').wait(repositoryName='pizza')
            ecs.create_cluster(clusterName='oven')
            print(repositories, images, ids, preview, 'findings scanned previewed', count(ecs, 'list_clusters', 'clusterArns'))
            """)).Trim());
    }
}

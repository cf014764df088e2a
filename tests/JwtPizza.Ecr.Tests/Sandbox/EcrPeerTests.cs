using System.Text.Json;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The AWS CLI and boto3 as clients of the sandbox's ECR.</summary>
public sealed class EcrPeerTests
{
    [Fact]
    public async Task The_AWS_CLI_does_the_exercise()
    {
        await using TestSandbox sandbox = new();
        JsonElement made = await Peer.Aws(sandbox, "ecr", "create-repository", "--repository-name", "jwt-pizza-service",
            "--image-scanning-configuration", "scanOnPush=true");
        Assert.Equal(sandbox.Box.Info.RegistryHost + "/jwt-pizza-service",
            made.GetProperty("repository").GetProperty("repositoryUri").GetString());
        RegistryClient client = new(sandbox, "jwt-pizza-service", await RegistryClient.Login(sandbox));
        await client.PushImage("one");
        Digest image = await client.PushImage("two");
        JsonElement details =
            (await Peer.Aws(sandbox, "ecr", "describe-images", "--repository-name", "jwt-pizza-service", "--filter", "tagStatus=TAGGED"))
                .GetProperty("imageDetails");
        Assert.Equal(image.Value, details.EnumerateArray().Single().GetProperty("imageDigest").GetString());
        JsonElement deleted = await Peer.Aws(sandbox, "ecr", "batch-delete-image", "--repository-name", "jwt-pizza-service", "--image-ids",
            "imageTag=latest");
        Assert.Empty(deleted.GetProperty("failures").EnumerateArray());
        await Peer.Aws(sandbox, "ecr", "delete-repository", "--repository-name", "jwt-pizza-service", "--force");
    }

    [Fact]
    public async Task The_AWS_CLI_shows_a_refusal_in_the_words_of_ECR()
    {
        await using TestSandbox sandbox = new();
        (int exit, _, string errors) = await Peer.TryAws(sandbox, "ecr", "describe-images", "--repository-name", "nowhere");
        Assert.NotEqual(0, exit);
        Assert.Contains(
            "An error occurred (RepositoryNotFoundException) when calling the DescribeImages operation: " +
            "The repository with name 'nowhere' does not exist in the registry with id '123456789012'",
            errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_that_is_missing_is_named_to_the_AWS_CLI()
    {
        await using TestSandbox sandbox = new();
        (int exit, _, string errors) = await Peer.TryAws(sandbox, "ecs", "list-container-instances");
        Assert.NotEqual(0, exit);
        Assert.Contains("ListContainerInstances", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_paginators_of_boto3_see_everything_once()
    {
        await using TestSandbox sandbox = new();
        for (int i = 0; i < 7; i++) await sandbox.Ecr("CreateRepository", new { repositoryName = $"repository-{i}" });
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        byte[] manifest = await client.Image("one");
        for (int i = 0; i < 7; i++) await client.PutManifest($"v{i}", manifest);
        string counted = await Peer.Boto3(sandbox, """
            import boto3
            ecr = boto3.client('ecr')
            def count(name, key, **kw): return sum(len(p[key]) for p in ecr.get_paginator(name).paginate(PaginationConfig={'PageSize': 3}, **kw))
            print(count('describe_repositories', 'repositories'), count('list_images', 'imageIds', repositoryName='pizza'), count('describe_images', 'imageDetails', repositoryName='pizza'))
            """);
        Assert.Equal("8 7 1", counted.Trim());
    }

    [Fact]
    public async Task Boto3_uploads_a_layer_and_puts_an_image()
    {
        await using TestSandbox sandbox = new();
        string result = await Peer.Boto3(sandbox, """
            import boto3, hashlib, json, urllib.request
            ecr = boto3.client('ecr')
            ecr.create_repository(repositoryName='pizza')
            def upload(data):
                u = ecr.initiate_layer_upload(repositoryName='pizza')
                size = u['partSize']
                for at in range(0, len(data), size):
                    part = data[at:at + size]
                    ecr.upload_layer_part(repositoryName='pizza', uploadId=u['uploadId'], partFirstByte=at, partLastByte=at + len(part) - 1, layerPartBlob=part)
                digest = 'sha256:' + hashlib.sha256(data).hexdigest()
                assert ecr.complete_layer_upload(repositoryName='pizza', uploadId=u['uploadId'], layerDigests=[digest])['layerDigest'] == digest
                return digest
            config, layer = b'{"os":"linux","architecture":"arm64"}', b'x' * 12_000_000
            manifest = json.dumps({'schemaVersion': 2, 'mediaType': 'application/vnd.docker.distribution.manifest.v2+json',
              'config': {'mediaType': 'application/vnd.docker.container.image.v1+json', 'size': len(config), 'digest': upload(config)},
              'layers': [{'mediaType': 'application/vnd.docker.image.rootfs.diff.tar.gzip', 'size': len(layer), 'digest': upload(layer)}]})
            put = ecr.put_image(repositoryName='pizza', imageManifest=manifest, imageTag='latest')['image']
            got = ecr.batch_get_image(repositoryName='pizza', imageIds=[{'imageTag': 'latest'}])['images'][0]
            assert got['imageManifest'] == manifest and got['imageId'] == put['imageId']
            digest = json.loads(manifest)['layers'][0]['digest']
            url = ecr.get_download_url_for_layer(repositoryName='pizza', layerDigest=digest)['downloadUrl']
            assert urllib.request.urlopen(url).read() == layer
            try: ecr.put_image(repositoryName='pizza', imageManifest=manifest, imageTag='latest')
            except ecr.exceptions.ImageAlreadyExistsException as e: print(e.response['Error']['Code'])
            """);
        Assert.Equal("ImageAlreadyExistsException", result.Trim());
    }
}

using Amazon;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>The values that stand at the edge: partitions, ARNs, hosts, and repositories by name or URI.</summary>
public sealed class ValueTests
{
    public static TheoryData<string, string> RegionOfEachPartition => new()
    {
        { "us-east-1", "aws" }, { "cn-north-1", "aws-cn" }, { "us-gov-west-1", "aws-us-gov" }, { "us-iso-east-1", "aws-iso" },
        { "us-isob-east-1", "aws-iso-b" },
        { "eu-isoe-west-1", "aws-iso-e" }, { "us-isof-south-1", "aws-iso-f" }, { "eusc-de-east-1", "aws-eusc" },
    };

    [Fact]
    public void Every_region_that_the_SDK_knows_is_in_the_partition_that_the_SDK_says()
    {
        string[] wrong =
        [
            .. from region in RegionEndpoint.EnumerableAllRegions
               where !region.SystemName.EndsWith("-regional", StringComparison.Ordinal)   // a name of the SDK's own, for an endpoint of S3
               let ours = Partition.Find(region.SystemName)
               where ours?.Name != region.PartitionName || ours.DnsSuffix != region.PartitionDnsSuffix
                   || !ours.Regions.Contains(region.SystemName)
               select $"{region.SystemName}: {ours}, not {region.PartitionName}",
        ];
        Assert.Empty(wrong);
        Assert.Equal(8, Partition.All.Count);
    }

    [Theory, MemberData(nameof(RegionOfEachPartition))]
    public void Hosts_and_ARNs_of_a_partition_are_read_as_they_are_written(string region, string partition)
    {
        EcrHost host = EcrHost.Of("123456789012", region);
        Assert.Equal(("123456789012", region, false),
            (EcrHost.TryParse(host.Value)!.RegistryId, EcrHost.TryParse(host.Value)!.Region, host.IsPublic));
        Assert.NotNull(EcrHost.TryParse(host.Value.Replace(".ecr.", ".ecr-fips.", StringComparison.Ordinal)));
        string arn = $"arn:{partition}:ecr:{region}:123456789012:repository/team/api";
        Arn read = Arn.Parse(arn);
        Assert.Equal((arn, "team/api", "api"), (read.ToString(), read.ResourceId, read.ResourceName));
        Assert.Equal(Arn.OfRepository(Partition.Of(region).Name, region, "123456789012", "team/api"), read);
    }

    [Theory]
    [InlineData("123456789012.dkr-ecr.eu-west-1.on.aws", true)]
    [InlineData("123456789012.dkr-ecr-fips.us-gov-west-1.on.aws", true)]
    [InlineData("123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn", true)]
    [InlineData("123456789012.dkr-ecr.us-iso-east-1.on.aws", false)]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com.cn", false)]
    [InlineData("123456789012.dkr.ecr.us-east-1.example.com", false)]
    [InlineData("123456789012.dkr.ecr.us-east.amazonaws.com", false)]
    [InlineData("12345678901.dkr.ecr.us-east-1.amazonaws.com", false)]
    public void Only_what_AWS_documents_is_a_registry(string host, bool isOne) => Assert.Equal(isOne, EcrHost.TryParse(host) is not null);

    [Theory]
    [InlineData("arn:aws:iam")]
    [InlineData("arn:aws:iam::123456789012")]
    [InlineData("github-ci")]
    [InlineData("")]
    public void What_is_no_ARN_is_an_error_that_names_it(string text)
    {
        Assert.False(Arn.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<PizzaException>(() => Arn.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api", null, "api", null, null, false)]
    [InlineData("my.team/api", null, "my.team/api", null, null, false)]
    [InlineData("docker.io/library/nginx", null, "docker.io/library/nginx", null, null, false)]   // a name, as a pull-through cache has it
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "team/api",
        "123456789012", "eu-west-1", false)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team-*", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "team-*",
        "123456789012", "eu-west-1", false)]
    [InlineData("127.0.0.1:4566/api", "127.0.0.1:4566", "api", null, null, false)]
    [InlineData("public.ecr.aws/a1b2c3d4/team/api", "public.ecr.aws", "team/api", null, null, true)]
    public void A_repository_is_named_by_its_name_or_its_URI(
        string text, string? host, string name, string? account, string? region, bool isPublic)
    {
        RepositoryReference reference = RepositoryReference.Parse(text);
        Assert.Equal((host, name, account, region, isPublic),
            (reference.Host, reference.Name, reference.RegistryId, reference.Region, reference.IsPublic));
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/api", "210987654321", null, "RegistryMismatch", "-RegistryId")]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/api", null, "us-east-1", "RegistryMismatch", "-Region")]
    [InlineData("123456789012.dkr.ecr.eu-west.amazonaws.com/api", null, null, "InvalidRepositoryName", "host of an ECR registry")]
    [InlineData("public.ecr.aws/api", null, null, "InvalidImageReference", "alias")]
    public void A_URI_that_leads_elsewhere_is_an_error(string text, string? account, string? region, string id, string says)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => RepositoryReference.Parse(text, account, region));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
    }
}

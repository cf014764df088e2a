namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Sha = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("jwt-pizza-service", null, "jwt-pizza-service", null, null)]
    [InlineData("jwt-pizza-service:v1", null, "jwt-pizza-service", "v1", null)]
    [InlineData("team/api", null, "team/api", null, null)]
    [InlineData("127.0.0.1:4566/team/api:v1", "127.0.0.1:4566", "team/api", "v1", null)]
    [InlineData("localhost/api", "localhost", "api", null, null)]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com/api@" + Sha, "123456789012.dkr.ecr.us-east-1.amazonaws.com", "api", null,
        Sha)]
    [InlineData("host.example/api:v1@" + Sha, "host.example", "api", "v1", Sha)]
    public void A_reference_is_taken_apart_once(string text, string? host, string name, string? tag, string? digest)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((host, name, tag, digest),
            (reference.Host, reference.Repository.Value, reference.Tag?.Value, reference.Digest?.Value));
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("012345678901.dkr.ecr.eu-west-1.amazonaws.com/api", "012345678901", "eu-west-1")]
    [InlineData("012345678901.dkr.ecr.cn-north-1.amazonaws.com.cn/api", "012345678901", "cn-north-1")]
    [InlineData("012345678901.dkr.ecr-fips.us-gov-west-1.amazonaws.com/api", "012345678901", "us-gov-west-1")]
    [InlineData("012345678901.dkr-ecr.us-east-2.on.aws/api", "012345678901", "us-east-2")]
    [InlineData("127.0.0.1:4566/api", null, null)]
    [InlineData("api", null, null)]
    public void An_ECR_host_tells_account_and_region(string text, string? account, string? region)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((account, region), (reference.RegistryId, reference.Region));
    }

    [Theory]
    [InlineData("https://host.example/api", "InvalidImageReference", "leave 'https://' out")]
    [InlineData("api@sha256:12", "InvalidDigest", "'sha256:12'")]
    [InlineData("host.example/API", "InvalidRepositoryName", "uppercase")]
    [InlineData("host.example/api:-x", "InvalidImageTag", "starts with")]
    [InlineData("", "InvalidRepositoryName", "0 character")]
    public void What_names_no_image_is_refused_with_the_reason(string text, string id, string reason)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => ImageReference.Parse(text));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}

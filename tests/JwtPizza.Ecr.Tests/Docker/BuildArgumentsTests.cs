using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Tests.Docker;

public sealed class BuildArgumentsTests
{
    [Fact]
    public void A_plain_build_pushes_one_platform_without_attestations() => Assert.Equal(
        ["buildx", "build", "--progress=rawjson", "--metadata-file", "/m.json", "--platform", "linux/arm64", "--provenance=false",
            "--sbom=false", "--push", "--tag", "h/p:latest", "/src"],
        BuildArguments.Of(new() { Directory = "/src" }, ["h/p:latest"], "/m.json", BuildOutput.Registry));

    [Fact]
    public void Every_option_becomes_an_argument_of_its_own()
    {
        BuildRequest build = new()
        {
            Directory = "/src", File = "/src/Other file", Target = "final", NoCache = true, Builder = "b", Provenance = true,
            Platforms = [Platform.Parse("linux/arm64"), Platform.Parse("linux/amd64")],
            BuildArgs = new Dictionary<string, string?> { ["A"] = "1 2", ["B"] = null, ["C"] = "" },
            Labels = new Dictionary<string, string> { ["l"] = "v=w" },
            Secrets = [BuildSecret.Parse("id=npm,src=.npmrc"), BuildSecret.Parse("id=t,env=T")],
            CacheFrom = [CacheOption.Parse("type=gha")], CacheTo = [CacheOption.Parse("type=inline")],
        };
        Assert.Equal(
            ["--platform", "linux/arm64,linux/amd64", "--provenance=true", "--sbom=false", "--output=type=image,push=false", "--tag",
                "h/p:a", "--tag", "h/p:b", "--file", "/src/Other file",
                "--target", "final", "--builder", "b", "--no-cache", "--build-arg", "A=1 2", "--build-arg", "B", "--build-arg", "C=",
                "--label", "l=v=w",
                "--secret", "id=npm,src=.npmrc", "--secret", "id=t,env=T", "--cache-from", "type=gha", "--cache-to", "type=inline", "/src"],
            BuildArguments.Of(build, ["h/p:a", "h/p:b"], "/m.json", BuildOutput.Cache).Skip(5));
    }

    [Theory]
    [InlineData("id=npm,src=.npmrc", "id=npm,src=.npmrc")]
    [InlineData("id=npm,source=/a/b", "id=npm,src=/a/b")]
    [InlineData("type=file,id=npm,src=/a", "id=npm,src=/a")]
    [InlineData("id=npm,env=TOKEN", "id=npm,env=TOKEN")]
    [InlineData("type=env,id=npm,src=TOKEN", "id=npm,env=TOKEN")]
    [InlineData("id=TOKEN", "id=TOKEN,env=TOKEN")]
    [InlineData("id=npm,\"src=/a,b\"", "id=npm,\"src=/a,b\"")]
    public void A_secret_names_a_place(string text, string argument) => Assert.Equal(argument, BuildSecret.Parse(text).ToString());

    [Theory]
    [InlineData("hunter2")]
    [InlineData("")]
    [InlineData("id=x,value=hunter2")]
    [InlineData("token=hunter2")]
    [InlineData("id=x,src=a,env=hunter2")]
    [InlineData("id=x,id=hunter2")]
    [InlineData("id=x,hunter2")]
    [InlineData("src=hunter2")]
    public void What_could_hold_a_value_is_refused_without_repeating_it(string text)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => BuildSecret.Parse(text));
        Assert.Equal("InvalidBuildSecret", e.ErrorId);
        Assert.DoesNotContain("hunter2", $"{e.Message} {e.Target}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type=s3,region=r,secret_access_key=hunter2")]
    [InlineData("type=gha,token=hunter2")]
    [InlineData("type=s3,Session_Token=hunter2")]
    [InlineData("type=s3,region=r,endpoint_url=https://me:hunter2@minio.example")]
    [InlineData("type=registry,ref=registry.example/a,proxy=http://hunter2@proxy")]
    [InlineData("https://me:hunter2@registry.example/cache")]
    [InlineData(" ")]
    public void A_cache_option_with_a_key_in_it_is_refused_without_repeating_it(string text)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => CacheOption.Parse(text));
        Assert.Equal("InvalidCacheOption", e.ErrorId);
        Assert.DoesNotContain("hunter2", $"{e.Message} {e.Target}", StringComparison.Ordinal);
    }

    [Fact]
    public void No_option_that_is_taken_brings_a_secret_into_the_arguments()
    {
        string[] places = ["id", "src", "source", "env", "type"], holders = ["token", "password", "secret_access_key", "ID_TOKEN"];
        var fields = Gen.Elements<string>([.. places, .. holders]).Zip(ArbMap.Default.GeneratorFor<PositiveInt>()).ArrayOf();
        Prop.ForAll(Arb.From(fields),
            given =>
                !Arguments(
                    string.Join(',',
                        given.Select(f => holders.Contains(f.Item1) ? $"{f.Item1}=SECRET{f.Item2}" : $"{f.Item1}=place{f.Item2}")))
            .Any(a => a.Contains("SECRET", StringComparison.Ordinal))).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> Arguments(string option)
    {
        BuildRequest build = new() { Directory = "/src" };
        try { build = build with { Secrets = [BuildSecret.Parse(option)] }; }
        catch (PizzaException) { }
        try { build = build with { CacheTo = [CacheOption.Parse(option)] }; }
        catch (PizzaException) { }
        return BuildArguments.Of(build, ["h/p:latest"], "/m.json", BuildOutput.Registry);
    }
}

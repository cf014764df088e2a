using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Tests.Docker;

public sealed class DockerfileStagesTests
{
    [Theory]
    [InlineData("FROM --platform=linux/amd64 node AS base\nFROM base AS runner\nCOPY a /\n", null, "linux/amd64")]
    [InlineData("FROM --platform=linux/amd64 node AS base\nFROM Base\n", null, "linux/amd64")]
    [InlineData("ARG P=linux/amd64\nFROM --platform=$P node\n", null, "linux/amd64")]
    [InlineData("ARG P=\"linux/amd64\"\nFROM --platform=${P} node\n", null, "linux/amd64")]
    [InlineData("ARG OS=linux ARCH=amd64\nARG P=$OS/$ARCH\nFROM --platform=${P} node\n", null, "linux/amd64")]
    [InlineData("FROM --platform=${P:-linux/amd64} node\n", null, "linux/amd64")]
    [InlineData("FROM --platform=$BUILDPLATFORM node\n", null, "$BUILDPLATFORM")]
    [InlineData("FROM \\\n  # about it\n  --platform=linux/amd64 \\\n  node\n", null, "linux/amd64")]
    [InlineData("# escape=`\nFROM `\n  --platform=linux/amd64 node\n", null, "linux/amd64")]
    [InlineData("FROM node AS a\nFROM --platform=linux/amd64 node AS b\nFROM node\n", "b", "linux/amd64")]
    [InlineData("FROM node AS a\nFROM --platform=linux/amd64 node\nFROM node\n", "1", "linux/amd64")]
    [InlineData("FROM --platform=linux/386 node\nRUN <<EOF\nFROM node\nEOF\n", null, "linux/386")]
    public void A_platform_that_reaches_the_image_is_found_however_it_gets_there(string text, string? target, string platform) =>
        Assert.Equal(platform, DockerfileStages.Parse(text, new Dictionary<string, string?>()).FixedPlatform(target));

    [Theory]
    [InlineData("FROM --platform=$BUILDPLATFORM golang AS build\nRUN go build\nFROM alpine\nCOPY --from=build /a /\n", null)]
    [InlineData("FROM --platform=$TARGETPLATFORM node\n", null)]
    [InlineData("FROM --platform=linux/$TARGETARCH node\n", null)]
    [InlineData("FROM --platform=linux/amd64 node AS a\nFROM node AS b\n", "b")]
    [InlineData("FROM --platform=linux/amd64 node AS node\nFROM public.ecr.aws/node\n", null)]
    [InlineData("FROM node AS base\nFROM --platform=linux/amd64 base AS other\nFROM base\n", null)]
    [InlineData("ARG P\nFROM --platform=$P node\n", null)]
    [InlineData("# FROM --platform=linux/amd64 node\nFROM node\n", null)]
    [InlineData("FROM node\nARG P=linux/amd64\n", null)]
    [InlineData("FROM node\n", "missing")]
    [InlineData("", null)]
    public void Where_the_platform_asked_for_decides_there_is_none(string text, string? target) =>
        Assert.Null(DockerfileStages.Parse(text, new Dictionary<string, string?>()).FixedPlatform(target));

    [Fact]
    public void A_build_argument_beats_the_default()
    {
        DockerfileStages stages = DockerfileStages.Parse("ARG P=linux/amd64\nFROM --platform=$P node\n",
            new Dictionary<string, string?> { ["P"] = "linux/arm64" });
        Assert.Equal("linux/arm64", stages.FixedPlatform(null));
    }
}

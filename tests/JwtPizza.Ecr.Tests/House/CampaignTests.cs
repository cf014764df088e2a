using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>The campaigns of tests/campaign in a short form. Anybody runs them for longer: docs/reliability.md.</summary>
[Collection(nameof(Environs))]
public sealed class CampaignTests
{
    [Theory]
    [InlineData("Documents.cs", "15")]
    [InlineData("Killer.cs", "5")]
    [InlineData("Proxy.cs", "6")]
    [InlineData("Secrets.cs", "1")]
    public async Task A_campaign_finds_nothing_wrong(string program, string rounds)
    {
        using Environs environs = new();
        (int exitCode, string output) = await FileProgram.RunAsync(RepositoryRoot.File("tests", "campaign", program), "--rounds", rounds);
        Assert.True(exitCode == 0, output);
    }
}

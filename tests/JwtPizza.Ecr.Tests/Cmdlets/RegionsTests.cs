namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>Several regions in one command.</summary>
public sealed class RegionsTests : IAsyncDisposable
{
    private const string Two = "-Region us-east-1, eu-west-1";
    private readonly SandboxShell _sandbox = new();

    public RegionsTests() =>
        _sandbox.Run("'team/one', 'team/far' | New-PizzaRepository -Region eu-west-1").Of<Repository>();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public void Repositories_come_region_by_region_and_say_where_they_are() => Assert.Equal(
        ["us-east-1 team/one", "us-east-1 team/two", "eu-west-1 team/far", "eu-west-1 team/one"],
        _sandbox.Run($"Get-PizzaRepository team/* {Two}").Of<Repository>().Select(r => $"{r.Region} {r.RepositoryName}"));

    [Theory]
    [InlineData("Get-PizzaLifecycle team/one")]
    [InlineData("Set-PizzaLifecycle team/one -KeepLast 4")]
    [InlineData("New-PizzaRepository team/new")]
    [InlineData("Set-PizzaRepository team/one -ImageTagMutability IMMUTABLE")]
    [InlineData("Measure-PizzaStorage team/one")]
    [InlineData("Get-PizzaScanning")]
    [InlineData("Set-PizzaScanning -ScanOnPush 'x*'")]
    public void A_command_is_done_in_each_region(string script) =>
        Assert.Equal(["us-east-1", "eu-west-1"],
            _sandbox.Run($"({script} {Two}).Region").Of<string>());

    [Fact]
    public void The_regions_of_records_from_the_pipeline_count_one_by_one() => Assert.Equal(
        ["eu-west-1", "us-east-1"],
        _sandbox.Run("""
            $PSDefaultParameterValues.Remove('*-Pizza*:Region')
            (Get-PizzaRepository team/one -Region eu-west-1, us-east-1 | Set-PizzaLifecycle -KeepLast 4 | Get-PizzaLifecycle).Region
            """).Of<string>());

    [Fact]
    public void A_region_that_fails_is_one_error_and_the_others_are_done()
    {
        Finished run = _sandbox.Run("'team/one', 'team/far' | Get-PizzaRepository -Region nowhere, eu-west-1");
        Assert.Equal(["team/one", "team/far"], run.Output.Cast<Repository>().Select(r => r.RepositoryName));
        Assert.StartsWith("InvalidRegion,", run.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        run = _sandbox.Run("Get-PizzaRepository team/one, team/far -Region nowhere, eu-west-1");
        Assert.Equal(["team/one", "team/far"], run.Output.Cast<Repository>().Select(r => r.RepositoryName));
        Assert.StartsWith("InvalidRegion,", run.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("nowhere", run.Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_that_is_missing_in_one_region_is_an_error_for_that_one()
    {
        Finished run = _sandbox.Run($"Get-PizzaRepository team/two, team/far {Two}");
        IEnumerable<string> found = run.Output.Cast<Repository>().Select(r => $"{r.Region} {r.RepositoryName}");
        Assert.Equal(["us-east-1 team/two", "eu-west-1 team/far"], found);
        Assert.Equal(2, run.Errors.Count);
    }

    [Fact]
    public void A_cmdlet_for_one_place_refuses_several() =>
        Assert.StartsWith("SeveralPlaces,", _sandbox.Run($"Grant-PizzaCiPolicy team/one {Two}").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);
}

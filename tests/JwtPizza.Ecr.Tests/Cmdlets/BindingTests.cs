using System.Management.Automation;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>How cmdlets take their input from the pipeline, and in what order and with what errors they answer.</summary>
public sealed class BindingTests(SandboxShell sandbox) : IClassFixture<SandboxShell>
{
    [Theory]
    [InlineData("'team/two', 'team/one' | Get-PizzaRepository")]
    [InlineData("Get-PizzaRepository team/two, team/one")]
    [InlineData("Get-PizzaRepository -RepositoryName team/two, team/one")]
    [InlineData("[pscustomobject]@{ RepositoryName = 'team/two' }, [pscustomobject]@{ RepositoryName = 'team/one' } | Get-PizzaRepository")]
    [InlineData("Get-PizzaRepository team/* | Sort-Object RepositoryName -Descending | Get-PizzaRepository")]
    public void Repositories_are_answered_in_the_order_they_were_asked_for(string script) =>
        Assert.Equal(["team/two", "team/one"], sandbox.Run(script).Of<Repository>().Select(r => r.RepositoryName));

    [Fact]
    public void The_output_of_one_cmdlet_binds_to_the_next_by_property_name()
    {
        EcrImage image = Assert.Single(sandbox.Run("Get-PizzaRepository team/* | Get-PizzaImage").Of<EcrImage>());
        Assert.Equal(("team/one", "v1"), (image.RepositoryName, Assert.Single(image.ImageTags)));
    }

    [Fact]
    public void A_property_without_a_value_means_that_nothing_was_said() =>
        Assert.Single(
            sandbox.Run("[pscustomobject]@{ RepositoryName = 'team/one'; Region = $null; RegistryId = $null } | Get-PizzaRepository")
                .Of<Repository>());

    [Fact]
    public void A_record_that_fails_is_named_and_the_next_ones_go_on()
    {
        Finished run = sandbox.Run("'team/one', 'nope', 'team/two' | Get-PizzaRepository");
        Assert.Equal(["team/one", "team/two"], run.Output.Cast<Repository>().Select(r => r.RepositoryName));
        Assert.Equal("RepositoryNotFoundException,JwtPizza.Ecr.Cmdlets.Repositories.GetPizzaRepositoryCommand",
            run.Error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, run.Error.CategoryInfo.Category);
        Assert.Equal("nope", run.Error.TargetObject);
        Assert.Null(run.Thrown);
    }

    [Theory]
    [InlineData("Get-PizzaRepository Team", "InvalidRepositoryName")]
    [InlineData("New-PizzaRepository team/new -ImageTagMutability NEVER", "ParameterArgumentValidationError")]
    [InlineData("Push-PizzaImage $layout team/one -LayoutTag v1 -Tag 'a b'", "InvalidImageTag")]
    [InlineData("Remove-PizzaImage team/one -Digest sha256:1 -Force", "InvalidDigest")]
    [InlineData("'o' | Add-PizzaTrustSubject -Form Name", "InvalidGitHubRepository")]
    [InlineData("Set-PizzaLifecycle team/one -Policy '{\"rules\":[]}'", "InvalidLifecyclePolicy")]
    [InlineData("Get-PizzaRepository -Region nowhere", "InvalidRegion")]
    public void What_cannot_be_is_refused_with_a_stable_id_before_anything_is_sent(string script, string id)
    {
        sandbox.NewCalls();
        Finished run = sandbox.Run(script);
        Assert.StartsWith($"{id},", (run.Thrown ?? run.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(sandbox.NewCalls());
    }
}

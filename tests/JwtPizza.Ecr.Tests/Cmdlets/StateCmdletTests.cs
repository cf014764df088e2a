namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>The cmdlets of state files: what they ask, write and say.</summary>
public sealed class StateCmdletTests : IAsyncDisposable
{
    private readonly SandboxShell _sandbox = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("pizza-state").FullName;

    public StateCmdletTests()
    {
        _sandbox.Run("New-PizzaRepository jwt-pizza-service | Set-PizzaLifecycle -KeepLast 5").Of<object>();
        _sandbox.Run("Export-PizzaState $a", File("state.yml")).Of<PizzaStateFile>();
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string File(string name) => Path.Combine(_folder, name);

    private Finished Run(string script) => _sandbox.Run(script, File("state.yml"));

    [Fact]
    public void Export_writes_once_and_overwrites_by_force_only()
    {
        Assert.Equal(ChangeStatus.Unchanged, Run("Export-PizzaState $a").Of<PizzaStateFile>().Single().Status);
        Run("Set-PizzaRepository team/one -ImageTagMutability IMMUTABLE").Of<Repository>();
        Assert.StartsWith("StateFileExists,", Run("Export-PizzaState $a").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Run("Export-PizzaState $a -Force -WhatIf").Of<object>());
        Assert.Single(Run("Compare-PizzaState $a").Of<StateDifference>());
        PizzaStateFile file = Run("Export-PizzaState $a -Force").Of<PizzaStateFile>().Single();
        Assert.Equal((ChangeStatus.Changed, 3, 1), (file.Status, file.RepositoryCount, file.RoleCount));
    }

    [Fact]
    public void What_was_exported_is_compared_through_the_pipeline()
    {
        Assert.Empty(_sandbox.Run("Export-PizzaState $a | Compare-PizzaState", File("other.json")).Of<object>());
        Assert.Equal([true], _sandbox.Run("Get-Item $a | Compare-PizzaState -Quiet", File("other.json")).Of<bool>());
    }

    [Fact]
    public void Export_of_some_repositories_holds_no_others()
    {
        string text = Run("Export-PizzaState -RepositoryName team/* -ExcludeRoles -AsText").Of<string>().Single();
        Assert.Contains("team/one", text, StringComparison.Ordinal);
        Assert.DoesNotContain("jwt-pizza-service", text, StringComparison.Ordinal);
        Assert.DoesNotContain("roles", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_names_a_repository_that_is_missing() =>
        Assert.StartsWith("RepositoryNotFoundException,",
            Run("Export-PizzaState -RepositoryName nowhere -AsText").Error.FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void Compare_sends_nothing_that_changes_anything()
    {
        Run("Remove-PizzaLifecycle team/one -Force; New-PizzaRepository more").Of<object>();
        _sandbox.NewCalls();
        Assert.Equal([("repositories.team/one.lifecycle", StateDifferenceKind.Missing), ("repositories.more", StateDifferenceKind.Extra)],
            Run("Compare-PizzaState $a").Of<StateDifference>().Select(d => (d.Path, d.Kind)));
        Assert.Equal([false], Run("Compare-PizzaState $a -Quiet").Of<bool>());
        Assert.DoesNotContain(_sandbox.NewCalls(), SandboxShell.IsChange);
    }

    [Fact]
    public void Sync_leaves_what_is_extra_until_it_is_pruned()
    {
        Run("Remove-PizzaLifecycle team/one -Force; New-PizzaRepository more").Of<object>();
        Assert.Equal([ChangeStatus.Created, ChangeStatus.Unchanged],
            Run("Sync-PizzaState $a").Of<StateDifference>().Select(d => d.Status!.Value));
        Assert.Equal(ChangeStatus.Removed, Run("Sync-PizzaState $a -Prune -Force").Of<StateDifference>().Single().Status);
        Assert.Empty(Run("Sync-PizzaState $a").Of<object>());
    }

    [Fact]
    public void WhatIf_sends_no_call_that_changes_anything()
    {
        Run("Remove-PizzaLifecycle team/one -Force; New-PizzaRepository more; Remove-PizzaRepository jwt-pizza-service -Force").Of<object>();
        _sandbox.NewCalls();
        Assert.Empty(Run("Sync-PizzaState $a -Prune -WhatIf").Of<object>());
        Assert.DoesNotContain(_sandbox.NewCalls(), SandboxShell.IsChange);
        Assert.Equal(4, Run("Sync-PizzaState $a -Prune -Confirm:$false").Of<StateDifference>().Count(d => d.Status is not null));
    }

    [Fact]
    public void Prune_asks_and_is_not_answered_by_a_script()
    {
        Run("New-PizzaRepository more").Of<object>();
        Finished run = Run("Sync-PizzaState $a -Prune");
        Assert.True(run.Thrown is not null || run.Errors is [_, ..]);   // no host is there to ask
        Assert.Equal(["more"], Run("Get-PizzaRepository more").Of<Repository>().Select(r => r.RepositoryName));
        Assert.Empty(Run("Sync-PizzaState $a -Prune -WhatIf").Errors);
        Assert.Single(Run("Get-PizzaRepository more").Of<Repository>());
        Assert.Equal(ChangeStatus.Removed, Run("Sync-PizzaState $a -Prune -Confirm:$false").Of<StateDifference>().Single().Status);
    }

    [Fact]
    public void A_change_that_fails_is_an_error_and_a_row_and_the_rest_is_made()
    {
        Run("Remove-PizzaLifecycle team/one -Force; Set-PizzaRepository team/two -ImageTagMutability IMMUTABLE").Of<object>();
        Run("Export-PizzaState $a -Force; Set-PizzaRepository team/two -ImageTagMutability MUTABLE; Set-PizzaLifecycle team/one -KeepLast 9")
            .Of<object>();
        System.IO.File.WriteAllText(File("state.yml"), """
            repositories:
              team/one: { lifecycle: [{ keepLast: 3 }] }
              team/two: { imageTagMutability: IMMUTABLE }
              jwt-pizza-service: { lifecycle: [{ keepLast: 5 }] }
            """);
        _sandbox.SetFault(new() { Operation = "PutLifecyclePolicy", Error = "ServerException", Status = 400 });
        Finished run = Run("Sync-PizzaState $a");
        Assert.Equal("repositories.team/one.lifecycle", Assert.Single(run.Errors).TargetObject);
        Assert.Equal([ChangeStatus.Failed, ChangeStatus.Changed], run.Output.Cast<StateDifference>().Select(d => d.Status!.Value));
        _sandbox.Run("Remove-PizzaSandboxFault");
    }

    [Fact]
    public void What_needs_a_repository_that_failed_fails_with_it()
    {
        System.IO.File.WriteAllText(File("state.yml"), """
            repositories:
              team/*: {}
              team/one: { lifecycle: [{ keepLast: 3 }] }
              jwt-pizza-service: { lifecycle: [{ keepLast: 5 }] }
              new: { lifecycle: [{ keepLast: 5 }], access: { pull: [210987654321] } }
            """);
        _sandbox.SetFault(new() { Operation = "CreateRepository", Error = "LimitExceededException", Status = 400 });
        Finished run = Run("Sync-PizzaState $a");
        Assert.StartsWith("LimitExceededException,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["repositories.new", "repositories.new.lifecycle", "repositories.new.access.pull.210987654321"],
            run.Output.Cast<StateDifference>().Where(d => d.Status == ChangeStatus.Failed).Select(d => d.Path));
    }

    [Theory]
    [InlineData("Compare-PizzaState")]
    [InlineData("Sync-PizzaState")]
    [InlineData("Export-PizzaState")]
    public void Several_regions_are_refused(string name) =>
        Assert.StartsWith("SeveralPlaces,", Run($"{name} $a -Region us-east-1, eu-west-1").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);

    [Fact]
    public void What_the_file_says_wrong_ends_before_any_call()
    {
        System.IO.File.WriteAllText(File("state.yml"), "repositories: { api: { scan: true } }");
        _sandbox.NewCalls();
        Assert.StartsWith("InvalidStateFile,", Run("Sync-PizzaState $a").Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(_sandbox.NewCalls());
    }
}

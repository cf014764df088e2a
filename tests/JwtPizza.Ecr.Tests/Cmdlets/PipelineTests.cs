using System.Collections.Concurrent;
using System.Management.Automation;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>The base of every cmdlet, under what a pipeline can do to it.</summary>
public sealed class PipelineTests : IDisposable
{
    private readonly Shell _shell = new();
    private readonly Witness _witness = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Async_work_writes_in_order_and_never_leaves_the_pipeline_thread() =>
        Assert.Equal(Enumerable.Range(0, 200), _shell.Run("Test-PumpOrder -Count 200").Of<int>());

    [Fact]
    public void Async_work_writes_verbose_text_and_progress()
    {
        Finished run = _shell.Run("Test-PumpOrder -Count 6 -Verbose");
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"at {i}"), run.Verbose.Where(v => v.StartsWith("at ", StringComparison.Ordinal)));
        Assert.Equal(["0", "1", "2", "3", "4", "5"], run.Progress.Select(p => p.StatusDescription));
    }

    [Fact]
    public void Debug_shows_what_verbose_and_warnings_say_and_asks_nothing()
    {
        Finished run = _shell.Run("$DebugPreference = 'Continue'; Test-PumpWarning -Debug 5>&1 | ForEach-Object { \"$_\" }");
        Assert.Equal(["verbose", "done"], run.Of<string>());   // a shell without a host cannot ask, and would fail
        Assert.Equal(["warning"], run.Warnings);
    }

    [Fact]
    public void A_full_disk_is_said_as_such_and_the_next_record_goes_on()
    {
        Finished run = _shell.Run("'disk', 'next' | Test-PumpFailure");
        Assert.Equal(["next"], run.Output);
        Assert.StartsWith("DiskFull,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("The disk is full", run.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_is_honoured_after_an_await() => Assert.Empty(_shell.Run("Test-PumpOrder -Count 3 -WhatIf").Of<int>());

    [Fact]
    public void Select_First_ends_the_work_without_an_error() =>
        Assert.Equal([0], _shell.Run("$Error.Clear(); Test-PumpOrder -Count 100000 | Select-Object -First 1; $Error").Of<int>());

    [Fact]
    public void Select_First_awaits_the_cleanup()
    {
        Assert.Equal([0, 0], _shell.Run("Wait-PumpForever $a -Chatty | Select-Object -First 2", _witness).Of<int>());
        Assert.Equal(1, _witness.CleanedUp);
    }

    [Fact]
    public void A_cmdlet_downstream_can_block_on_a_task() =>
        Assert.Equal([0, 1, 2, 3, 4], _shell.Run("Test-PumpOrder -Count 5 | Test-Blocking").Of<int>());

    [Fact]
    public void A_cmdlet_runs_within_the_output_of_another() =>
        Assert.Equal([0, 1, 0, 1, 0, 1], _shell.Run("Test-PumpOrder -Count 3 | ForEach-Object { Test-PumpOrder -Count 2 }").Of<int>());

    [Theory]
    [InlineData("Wait-PumpForever $a")]
    [InlineData("Wait-PumpForever $a -Chatty | Out-Null")]
    [InlineData("1 | ForEach-Object { Wait-PumpForever $a }")]
    public async Task Stop_ends_a_cmdlet_that_would_never_end_and_awaits_its_cleanup(string script)
    {
        PowerShell running = _shell.Begin(script, _witness);
        await _witness.Started.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        await StopAsync(running);
        Assert.Equal(1, _witness.CleanedUp);
    }

    [Fact]
    public async Task Stop_runs_the_finally_of_the_script_around_a_cmdlet_and_not_its_catch()
    {
        ConcurrentQueue<string> seen = new();
        PowerShell running =
            _shell.Begin("try { Wait-PumpForever $a } catch { $b.Enqueue('catch') } finally { $b.Enqueue('finally') }", _witness, seen);
        await _witness.Started.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        await StopAsync(running);
        Assert.Equal(["finally"], seen);
    }

    [Fact]
    public void The_pipeline_goes_on_after_a_record_that_failed()
    {
        Finished run = _shell.Run("'a', 'record', 'b' | Test-PumpFailure");
        Assert.Equal(["a", "b"], run.Output);
        Assert.Equal("RecordFailed,JwtPizza.Ecr.Tests.Cmdlets.TestPumpFailureCommand", run.Error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, run.Error.CategoryInfo.Category);
        Assert.Equal("record", run.Error.TargetObject);
        Assert.IsType<PizzaException>(run.Error.Exception);
    }

    [Fact]
    public void The_pipeline_ends_when_every_further_record_would_fail_alike()
    {
        Finished run = _shell.Run("'a', 'session', 'b' | Test-PumpFailure");
        Assert.Equal(["a"], run.Output);
        Assert.StartsWith("NoCredentials,", run.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_a_callback_ends_the_work_and_is_shown() =>
        Assert.StartsWith("CallbackFailed,", _shell.Run("'callback' | Test-PumpFailure").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);

    private static async Task StopAsync(PowerShell running)
    {
        await Task.Run(running.Stop, TestContext.Current.CancellationToken).WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(PSInvocationState.Stopped, running.InvocationStateInfo.State);
    }
}

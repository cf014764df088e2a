using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>Several records at once: how many, in which order they leave, and what ends them. Shown by gates, never by time.</summary>
public sealed class WindowTests : IDisposable
{
    private readonly Shell _shell = new();
    private readonly Gates _gates = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("1..12 | ForEach-Object { \"r$_\" } | Test-Window $a -Force -ThrottleLimit 3")]
    [InlineData("Test-Window $a -Name (1..12 | ForEach-Object { \"r$_\" }) -Force -ThrottleLimit 3")]
    public async Task As_many_records_go_on_at_once_as_the_limit_says_and_leave_in_the_order_in_which_they_came(string script)
    {
        Task<Finished> run = RunAsync(script);
        await _gates.BegunAsync(3);
        foreach (int i in (int[])[3, 2, 5, 4, 1, 8, 7, 6, 12, 11, 10, 9]) _gates.Open($"r{i}");
        Assert.Equal([.. Enumerable.Range(1, 12).Select(i => $"r{i}"), "end"], (await run).Of<string>());
        Assert.Equal(3, _gates.Most);
    }

    [Fact]
    public async Task Warnings_and_verbose_text_keep_the_order_of_the_records()
    {
        Task<Finished> run = RunAsync("'a', 'b', 'c' | Test-Window $a -Force -Verbose");
        await _gates.BegunAsync(3);
        foreach (string name in (string[])["c", "b", "a"]) _gates.Open(name);
        Finished finished = await run;
        Assert.Equal(["a warns", "b warns", "c warns"], finished.Warnings);
        Assert.Equal(["a begins", "b begins", "c begins"], finished.Verbose.Where(v => v.EndsWith("begins", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_error_of_one_record_comes_in_its_place_and_does_not_disturb_the_others()
    {
        Task<Finished> run = RunAsync("'a', 'bad', 'c' | Test-Window $a -Force");
        await _gates.BegunAsync(3);
        foreach (string name in (string[])["bad", "c", "a"]) _gates.Open(name);
        Finished finished = await run;
        Assert.Equal(["a", "c", "end"], finished.Output);
        Assert.Equal("bad", finished.Error.TargetObject);
    }

    [Fact]
    public async Task An_error_that_all_would_meet_ends_the_others_once_what_came_before_it_has_left()
    {
        Task<Finished> run = RunAsync("'a', 'end', 'c', 'd' | Test-Window $a -Force");
        await _gates.BegunAsync(4);
        _gates.Open("end");
        _gates.Open("a");
        Finished finished = await run;
        Assert.Equal(["a"], finished.Output);
        Assert.StartsWith("NoCredentials,", finished.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, _gates.CleanedUp);
    }

    [Fact]
    public async Task ErrorAction_Stop_ends_the_others_at_the_first_error()
    {
        Task<Finished> run = RunAsync("'a', 'bad', 'c', 'd' | Test-Window $a -Force -ErrorAction Stop");
        await _gates.BegunAsync(4);
        _gates.Open("bad");
        _gates.Open("a");
        Finished finished = await run;
        Assert.Equal(["a"], finished.Output);
        Assert.Equal("bad", finished.Thrown?.TargetObject);
        Assert.Equal(2, _gates.CleanedUp);
    }

    [Fact]
    public async Task Each_record_keeps_the_parameters_that_it_has_bound()
    {
        Task<Finished> run = RunAsync("""
            [pscustomobject]@{ Name = 'a'; Note = 'one' }, [pscustomobject]@{ Name = 'b' },
                [pscustomobject]@{ Name = 'c'; Note = 'three' } | Test-Window $a -Force
            """);
        await _gates.BegunAsync(3);
        foreach (string name in (string[])["c", "b", "a"]) _gates.Open(name);
        Assert.Equal(["a (one)", "b", "c (three)", "end"], (await run).Of<string>());
    }

    [Fact]
    public async Task Stop_ends_all_that_go_on_and_awaits_their_cleanup()
    {
        PowerShell running = _shell.Begin("'a', 'b', 'c', 'd' | Test-Window $a -Force", _gates);
        await _gates.BegunAsync(4);
        await Task.Run(running.Stop, TestContext.Current.CancellationToken).WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(PSInvocationState.Stopped, running.InvocationStateInfo.State);
        Assert.Equal(4, _gates.CleanedUp);
        Assert.Empty(running.Streams.Error);
    }

    [Fact]
    public async Task A_record_that_fails_upstream_ends_what_goes_on_and_awaits_its_cleanup()
    {
        Task<Finished> run = RunAsync("& { 'a'; 'b'; throw 'upstream' } | Test-Window $a -Force");
        Finished finished = await run;
        Assert.Contains("upstream", finished.Error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, _gates.CleanedUp);
    }

    [Fact]
    public async Task Select_First_ends_the_others()
    {
        Task<Finished> run = RunAsync("'a', 'b', 'c' | Test-Window $a -Force | Select-Object -First 1");
        await _gates.BegunAsync(3);
        _gates.Open("a");
        Assert.Equal(["a"], (await run).Of<string>());
        Assert.Equal(2, _gates.CleanedUp);
    }

    [Theory]
    [InlineData("-WhatIf")]
    [InlineData("-Confirm:$false -WhatIf")]
    [InlineData("-Force -ThrottleLimit 1")]
    public async Task Where_something_is_shown_or_asked_one_record_is_done_after_another(string parameters)
    {
        foreach (string name in (string[])["a", "b", "c"]) _gates.Open(name);
        await RunAsync($"'a', 'b', 'c' | Test-Window $a {parameters}");
        Assert.Equal(["a", "b", "c"], _gates.Begun);
        Assert.Equal(1, _gates.Most);
    }

    [Fact]
    public async Task Confirm_false_is_consent_for_all()
    {
        Task<Finished> run = RunAsync("'a', 'b', 'c' | Test-Window $a -Confirm:$false");
        await _gates.BegunAsync(3);
        foreach (string name in (string[])["c", "b", "a"]) _gates.Open(name);
        Assert.Equal(["a", "b", "c", "end"], (await run).Of<string>());
    }

    [Fact]
    public async Task A_cmdlet_downstream_works_on_several_records_too()
    {
        Gates second = new();
        Task<Finished> run = RunAsync("'a', 'b', 'c' | Test-Window $a -Force | Where-Object { $_ -ne 'end' } | Test-Window $b -Force",
            second);
        await _gates.BegunAsync(3);
        foreach (string name in (string[])["c", "b", "a"]) _gates.Open(name);
        await second.BegunAsync(3);
        foreach (string name in (string[])["b", "c", "a"]) second.Open(name);
        Assert.Equal(["a", "b", "c", "end"], (await run).Of<string>());
    }

    [Fact]
    public async Task Throttling_halves_what_goes_on_and_is_told_in_verbose_text()
    {
        string[] names = [.. Enumerable.Range(1, 4).Select(i => $"throttled{i}"), "e", "f", "g", "h"];
        Task<Finished> run = RunAsync("$b | Test-Window $a -Force -ThrottleLimit 4 -Verbose", names);
        await _gates.BegunAsync(4);
        foreach (string name in names[..4]) _gates.Open(name);
        await _gates.BegunAsync(2);
        foreach (string name in names[4..]) _gates.Open(name);
        Finished finished = await run;
        Assert.Equal([.. names, "end"], finished.Output);
        Assert.Single(finished.Verbose, v => v == "AWS throttles DescribeImages: from now on 2 at a time.");
    }

    [Fact]
    public async Task Throttling_of_a_work_that_had_begun_before_narrows_no_further_however_late_it_is_told()
    {
        WorkWindow window = new(4);
        OrderedOutput output = new();
        for (int i = 0; i < 4; i++) await window.EnterAsync(output, TestContext.Current.CancellationToken);
        Assert.True(window.Narrow(window.Narrowings));
        int last = window.Narrowings;   // the fourth work is throttled, and all have ended when that is told
        for (int i = 0; i < 4; i++) window.Leave();
        Assert.False(window.Narrow(last));
        Assert.Equal(2, window.Size);
        Assert.True(window.Narrow(window.Narrowings));
    }

    [Fact]
    public async Task The_window_narrows_once_for_all_that_had_begun_and_widens_again_with_what_ends_well()
    {
        WorkWindow window = new(8);
        OrderedOutput output = new();
        for (int i = 0; i < 8; i++) await window.EnterAsync(output, TestContext.Current.CancellationToken);
        Assert.True(window.Narrow(0));
        Assert.False(window.Narrow(0));   // throttled before
        for (int i = 0; i < 8; i++)
        {
            Assert.False(window.Narrow(window.Narrowings));
            window.Leave();
        }
        Assert.Equal(4, window.Size);
        for (int i = 0; i < 4 + 5 + 6 + 7 + 20; i++)
        {
            await window.EnterAsync(output, TestContext.Current.CancellationToken);
            window.Leave();
        }
        Assert.Equal(8, window.Size);
    }

    [Fact]
    public async Task What_has_ended_waits_for_the_first_in_a_bounded_number()
    {
        Task<Finished> run = RunAsync("1..100 | ForEach-Object { \"r$_\" } | Test-Window $a -Force -ThrottleLimit 2");
        foreach (int i in Enumerable.Range(2, 99)) _gates.Open($"r{i}");
        await _gates.BegunAsync(8);
        Assert.Equal(8, _gates.Begun.Count);
        _gates.Open("r1");
        Assert.Equal(101, (await run).Of<string>().Count);
    }

    private Task<Finished> RunAsync(string script, object? second = null) =>
        Task.Run(() => _shell.Run(script, _gates, second), TestContext.Current.CancellationToken)
            .WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
}

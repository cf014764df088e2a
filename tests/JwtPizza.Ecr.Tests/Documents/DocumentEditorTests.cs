using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Tests.Documents;

/// <summary>One edit among other writers, on a service that may show a write late.</summary>
public sealed class DocumentEditorTests
{
    private static readonly Names s_course = new("course");
    private readonly VirtualTime _time = new();

    private SimulatedService<Names> Service(Names document, Weather weather, Action<SimulatedService<Names>, int>? meanwhile = null) =>
        new(document, weather, _time, new Random(1)) { Meanwhile = meanwhile ?? ((_, _) => { }) };

    private DocumentSession Session() => new(_time, new Random(2));

    private Edit<Names, string> Run(
        SimulatedService<Names> service, Func<Names, Edit<Names, string>> change, DocumentSession? session = null)
    {
        Task<Edit<Names, string>> work = new DocumentEditor<Names, string>(new SimulatedStore<Names>(service), change, session ?? Session())
            .RunAsync(CancellationToken.None);
        _time.Run(work);
        return work.Result;
    }

    private static Weather Late(double seconds) => new() { Delay = TimeSpan.FromSeconds(seconds), Latency = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public void An_edit_is_read_once_written_once_and_looked_at_twice()
    {
        SimulatedService<Names> service = Service(s_course, Late(0));
        Assert.True(Run(service, d => d.Add("mine")).Changed);
        Assert.Equal((1, 4), (service.Writes, service.Calls));
        Assert.False(Run(service, d => d.Add("mine")).Changed);
        Assert.Equal((1, 5), (service.Writes, service.Calls));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(30)]
    public void A_write_that_is_seen_late_is_waited_for_and_not_repeated(double delay)
    {
        SimulatedService<Names> service = Service(s_course, Late(delay));
        Edit<Names, string> edit = Run(service, d => d.Add("mine"));
        Assert.Equal((1, 0), (service.Writes, edit.Warnings.Count));
        Assert.True(_time.Now >= TimeSpan.FromSeconds(delay));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(30)]
    [InlineData(600)]
    public void The_next_command_of_a_session_builds_on_what_was_written_also_while_it_is_not_seen(double delay)
    {
        SimulatedService<Names> service = Service(s_course, Late(delay));
        DocumentSession session = Session();
        foreach (string name in (string[])["a", "b", "c"]) Run(service, d => d.Add(name), session);
        Assert.Equal(["a", "b", "c", "course"], service.Document.All);
        Assert.Equal(3, service.Writes);
    }

    [Fact]
    public void Writers_of_one_session_at_the_same_time_write_once_each()
    {
        SimulatedService<Names> service = Service(s_course, Late(2));
        DocumentSession session = Session();
        Task<Edit<Names, string>>[] work =
            [.. Enumerable.Range(0, 50)
                .Select(i =>
                    new DocumentEditor<Names, string>(new SimulatedStore<Names>(service), d => d.Add($"{i}"), session)
                        .RunAsync(CancellationToken.None))];
        _time.Run(Task.WhenAll(work));
        Assert.Equal((51, 50), (service.Document.All.Count, service.Writes));
        Assert.All(work, w => Assert.Empty(w.Result.Warnings));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(450)]
    public void What_the_first_call_of_a_process_takes_longer_is_not_waited_for_again(int start)
    {
        SimulatedService<Names> service = Service(s_course, Late(0) with { Start = TimeSpan.FromMilliseconds(start) });
        Run(service, d => d.Add("mine"));
        Assert.InRange(_time.Now - TimeSpan.FromMilliseconds(start), TimeSpan.FromMilliseconds(60), TimeSpan.FromSeconds(0.6));
        Assert.Equal(1, service.Writes);
    }

    [Fact]
    public void A_write_that_is_never_seen_is_told_of_and_is_no_error()
    {
        SimulatedService<Names> service = Service(s_course, Late(10_000));
        Edit<Names, string> edit = Run(service, d => d.Add("mine"));
        Assert.True(edit.Changed);
        Assert.Contains("written, but is not visible yet", Assert.Single(edit.Warnings), StringComparison.Ordinal);
        Assert.Equal(1, service.Writes);
    }

    [Fact]
    public void A_concurrent_edit_that_lost_ours_gets_it_and_theirs_stays()
    {
        SimulatedService<Names> service = Service(s_course, new(), (s, calls) => { if (calls == 2) s.Put(new("course", "theirs")); });
        Edit<Names, string> edit = Run(service, d => d.Add("mine"));
        Assert.Equal(["course", "mine", "theirs"], service.Document.All);
        Assert.Equal((true, 2, 0), (edit.Changed, service.Writes, edit.Warnings.Count));
    }

    [Fact]
    public void An_edit_that_undoes_ours_after_the_first_look_is_noticed()
    {
        SimulatedService<Names> service = Service(s_course, new(), (s, calls) => { if (calls == 3) s.Put(s_course); });
        Run(service, d => d.Add("mine"));
        Assert.Contains("mine", service.Document.All);
        Assert.Equal(2, service.Writes);
    }

    [Fact]
    public void A_concurrent_edit_that_lost_somebody_elses_is_told_of()
    {
        SimulatedService<Names> service = Service(new("course", "theirs"), new(), (s, calls) => { if (calls == 2)
            s.Put(new("course", "mine")); });
        Assert.Contains("'theirs'", Assert.Single(Run(service, d => d.Add("mine")).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_somebody_lost_and_has_put_back_is_not_told_of()
    {
        SimulatedService<Names> service = Service(new("course", "theirs"), new(), (s, calls) =>
        {
            if (calls == 2) s.Put(new("course"));
            if (calls == 3) s.Put(new("course", "theirs"));
        });
        Assert.Empty(Run(service, d => d.Add("mine")).Warnings);
        Assert.Equal(["course", "mine", "theirs"], service.Document.All);
    }

    [Fact]
    public void What_we_take_out_ourselves_is_not_told_of()
    {
        SimulatedService<Names> service = Service(new("course", "mine"), new());
        Assert.Empty(Run(service, d => d.Remove("mine")).Warnings);
        Assert.Equal(["course"], service.Document.All);
    }

    [Fact]
    public void What_the_same_session_takes_out_at_the_same_time_is_not_told_of()
    {
        SimulatedService<Names> service = Service(new("a", "b", "c"), new() { Latency = TimeSpan.FromMilliseconds(50) });
        DocumentSession session = Session();
        Task<Edit<Names, string>>[] work =
        [
            .. ((string[])["a", "b", "c"])
                .Select(n =>
                    new DocumentEditor<Names, string>(new SimulatedStore<Names>(service), d => d.Remove(n), session)
                        .RunAsync(CancellationToken.None)),
            new DocumentEditor<Names, string>(new SimulatedStore<Names>(service), d => d.Add("d"), session)
                .RunAsync(CancellationToken.None),
        ];
        _time.Run(Task.WhenAll(work));
        Assert.Equal(["d"], service.Document.All);
        Assert.All(work, w => Assert.Empty(w.Result.Warnings));
    }

    [Fact]
    public void A_change_that_our_write_has_overwritten_comes_back_where_versions_tell()
    {
        SimulatedService<Names> service = Service(s_course, new() { CountsVersions = true }, (s, calls) => { if (calls == 1)
            s.Put(new("course", "theirs")); });
        Edit<Names, string> edit = Run(service, d => d.Add("mine"));
        Assert.Equal(["course", "mine", "theirs"], service.Document.All);
        Assert.Contains("version v2", Assert.Single(edit.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_undoes_it_always_ends_it_with_an_error()
    {
        int n = 0;
        SimulatedService<Names> service = Service(s_course, new(), (s, _) => s.Put(new($"{++n}")));
        Assert.Equal("ConcurrentEdit", Assert.Throws<PizzaException>(() => Run(service, d => d.Add("mine"))).ErrorId);
    }

    [Fact]
    public void An_edit_that_would_change_more_each_time_is_written_once()
    {
        int n = 0;
        SimulatedService<Names> service = Service(s_course, new(), (s, calls) => { if (calls == 2) s.Put(s_course); });
        Run(service, d => d.Add($"{++n}"));
        Assert.Equal(1, service.Writes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_write_whose_answer_was_lost_is_looked_up(double delay)
    {
        SimulatedService<Names> service = Service(s_course, Late(delay) with { LostAnswers = 1 });
        Assert.True(Run(service, d => d.Add("mine")).Changed);
        Assert.Equal(1, service.Writes);
    }

    [Fact]
    public void After_a_pause_at_the_prompt_the_edit_is_made_on_what_is_there()
    {
        SimulatedService<Names> service = Service(s_course, new());
        DocumentEditor<Names, string> editor = new(new SimulatedStore<Names>(service), d => d.Add("mine"), Session());
        Task<Edit<Names, string>> plan = editor.PlanAsync(CancellationToken.None);
        _time.Run(plan);
        _time.Run(Task.Delay(TimeSpan.FromMinutes(1), _time, TestContext.Current.CancellationToken));
        service.Put(new("course", "theirs"));
        _time.Run(editor.ApplyAsync(CancellationToken.None));
        Assert.Equal(["course", "mine", "theirs"], service.Document.All);
        Assert.Equal(1, service.Writes);
    }
}

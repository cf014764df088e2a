using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Tests.Documents;

/// <summary>Thousands of interleavings of writers, over delay, latency and numbers of writers, in virtual time.</summary>
public sealed class DocumentModelTests
{
    private sealed record Outcome(int Expected, string[] Missing, int Failed, int NotSeen, int Writes);

    /// <summary>Processes, each with its own session, that make some edits one after another.</summary>
    private static Outcome Play(int seed, Weather weather, int processes, int edits)
    {
        VirtualTime time = new();
        Random random = new(seed);
        SimulatedService<Names> service = new(new("course"), weather, time, random);
        List<string> said = [];
        int failed = 0, notSeen = 0;
        Task all = Task.WhenAll(Enumerable.Range(0, processes).Select(async p =>
        {
            DocumentSession session = new(time, new Random((seed * 1000) + p));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), time);
            for (int e = 0; e < edits; e++)
            {
                string name = $"{p}-{e}";
                try
                {
                    Edit<Names, string> edit =
                        await new DocumentEditor<Names, string>(new SimulatedStore<Names>(service), d => d.Add(name), session)
                            .RunAsync(CancellationToken.None);
                    if (edit.Warnings.Any(w => w.Contains("not visible yet", StringComparison.Ordinal))) notSeen++;
                    else said.Add(name);
                }
                catch (PizzaException) { failed++; }
            }
        }));
        time.Run(all);
        return new(said.Count, [.. said.Except(service.Document.All)], failed, notSeen, service.Writes);
    }

    public static TheoryData<double, int, int, int, bool> Weathers
    {
        get
        {
            TheoryData<double, int, int, int, bool> all = [];
            foreach (double delay in (double[])[0, 0.2, 1, 2, 5])
                foreach (int latency in (int[])[1, 20, 100])
                    foreach (bool versions in (bool[])[false, true])
                    {
                        all.Add(delay, latency, 2, 100, versions);
                        all.Add(delay, latency, 4, 50, versions);
                        all.Add(delay, latency, 8, 25, versions);
                    }
            return all;
        }
    }

    [Theory, MemberData(nameof(Weathers))]
    public void What_is_said_to_be_done_is_there_at_the_end(double delay, int latency, int processes, int rounds, bool versions)
    {
        Weather weather =
            new() { Delay = TimeSpan.FromSeconds(delay), Latency = TimeSpan.FromMilliseconds(latency), CountsVersions = versions };
        for (int seed = 1; seed <= rounds; seed++)
        {
            Outcome outcome = Play(seed, weather, processes, edits: 2);
            Assert.True(outcome is { Missing: [], Failed: 0, NotSeen: 0 } && outcome.Expected == 2 * processes,
                $"seed {seed}: {string.Join(", ", outcome.Missing)} missing, {outcome}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Fifty_processes_leave_fifty_edits(double delay)
    {
        Outcome outcome = Play(7, new() { Delay = TimeSpan.FromSeconds(delay), Latency = TimeSpan.FromMilliseconds(20) }, 50, edits: 1);
        Assert.Equal((50, 0), (outcome.Expected, outcome.Missing.Length));
    }

    [Fact]
    public void One_writer_writes_no_more_than_twice_whatever_the_delay()
    {
        Random random = new(3);
        for (int seed = 1; seed <= 1000; seed++)
        {
            Weather weather = new()
            {
                Delay = TimeSpan.FromSeconds(30 * random.NextDouble()), Jitter = seed % 2 == 0 ? random.NextDouble() : 0,
                Latency = TimeSpan.FromMilliseconds(random.Next(200)),
            };
            Outcome outcome = Play(seed, weather, 1, edits: 3);
            Assert.True(outcome is { Missing: [], Failed: 0, Writes: <= 6 }, $"seed {seed}: {weather}, {outcome}");
        }
    }

    [Fact]
    public void Lost_answers_lose_no_edit()
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            Outcome outcome = Play(seed,
                new() { Delay = TimeSpan.FromSeconds(seed % 3), Latency = TimeSpan.FromMilliseconds(20), LostAnswers = 0.2 }, 3, edits: 2);
            Assert.True(outcome is { Missing: [], Failed: 0, Expected: 6 }, $"seed {seed}: {outcome}");
        }
    }
}

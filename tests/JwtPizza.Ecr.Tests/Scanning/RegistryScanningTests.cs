using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Scanning;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Scanning;

/// <summary>The registry's scanning: how filters are merged, and what is sent.</summary>
public sealed class RegistryScanningTests
{
    private static readonly string[] s_filters = ["*", "prod/*", "team-a", "team-a/*", "x*y", "z"];

    private static readonly Gen<RegistryScanning> s_scanning =
        from type in Gen.Elements("BASIC", "ENHANCED")
        from push in Gen.SubListOf(s_filters)
        from often in Gen.SubListOf(s_filters)
        select Of(type, [.. push], type == "BASIC" ? [] : [.. often.Except(push)]);

    private static readonly Gen<RegistryScanningChange> s_change =
        from type in Gen.Elements(null, "BASIC", "ENHANCED")
        from push in Gen.SubListOf(s_filters)
        from often in Gen.SubListOf(s_filters)
        from gone in Gen.SubListOf(s_filters)
        from replace in Gen.Elements(true, false)
        select new RegistryScanningChange
        {
            ScanType = type, ScanOnPush = [.. push], ContinuousScan = [.. often.Except(push)], Gone = [.. gone.Except(push).Except(often)],
            Replace = replace,
        };

    private static RegistryScanning Of(string type, string[] push, string[] often) => new()
    {
        RegistryId = "012345678901", Region = "eu-central-1", ScanType = type,
        Rules =
            [.. new RegistryScanningRule[]
            {
                new("SCAN_ON_PUSH", push), new("CONTINUOUS_SCAN", often),
            }.Where(r => r.RepositoryFilter.Length > 0)],
    };

    private static IEnumerable<string> Filters(RegistryScanning scanning, string frequency) =>
        scanning.Rules.Where(r => r.ScanFrequency == frequency).SelectMany(r => r.RepositoryFilter).Order(StringComparer.Ordinal);

    [Fact]
    public void A_change_made_twice_changes_nothing_more_and_a_filter_has_one_frequency() =>
        Prop.ForAll(s_scanning.Zip(s_change).ToArbitrary(), t =>
        {
            if (Try(() => t.Item2.Of(t.Item1)) is not { } once) return true;
            string[] all = [.. once.Rules.SelectMany(r => r.RepositoryFilter)];
            return t.Item2.Of(once).SaysTheSameAs(once) && all.Distinct().Count() == all.Length
                && once.Rules.DistinctBy(r => r.ScanFrequency).Count() == once.Rules.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_merge_keeps_every_filter_that_it_does_not_name() =>
        Prop.ForAll(s_scanning.Zip(s_change).ToArbitrary(), t =>
        {
            if (t.Item2.Replace || Try(() => t.Item2.Of(t.Item1)) is not { } merged) return true;
            string[] named = [.. t.Item2.ScanOnPush, .. t.Item2.ContinuousScan, .. t.Item2.Gone];
            return new[] { ("SCAN_ON_PUSH", t.Item2.ScanOnPush), ("CONTINUOUS_SCAN", t.Item2.ContinuousScan) }.All(f =>
                Filters(merged, f.Item1)
                    .SequenceEqual(Filters(t.Item1, f.Item1).Except(named).Union(f.Item2).Order(StringComparer.Ordinal)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_rule_that_this_version_does_not_set_stays() =>
        Assert.Equal(["MANUAL", "SCAN_ON_PUSH"],
            new RegistryScanningChange { ScanOnPush = ["a*"] }.Of(Of("ENHANCED", [], []) with { Rules = [new("MANUAL", ["b*"])] }).Rules
                .Select(r => r.ScanFrequency));

    [Theory]
    [InlineData("Prod/*", "InvalidScanFilter")]
    [InlineData("", "InvalidScanFilter")]
    [InlineData("a b", "InvalidScanFilter")]
    [InlineData("-a", "InvalidScanFilter")]
    [InlineData("a..b", "InvalidScanFilter")]
    public void A_filter_that_ECR_would_refuse_is_refused(string filter, string id) =>
        Assert.Equal(id,
            Assert.Throws<PizzaException>(() => new RegistryScanningChange { ScanOnPush = [filter] }.Of(Of("BASIC", [], []))).ErrorId);

    [Fact]
    public void The_limits_of_ECR_hold()
    {
        string[] hundred = [.. Enumerable.Range(0, 100).Select(i => $"r{i}*")];
        RegistryScanning full = new RegistryScanningChange { ScanOnPush = hundred }.Of(Of("BASIC", [], []));
        Assert.Equal(100, full.Rules[0].RepositoryFilter.Length);
        Assert.Equal("TooManyScanFilters",
            Assert.Throws<PizzaException>(() => new RegistryScanningChange { ScanOnPush = ["one-more"] }.Of(full)).ErrorId);
        Assert.Equal("InvalidScanFilter",
            Assert.Throws<PizzaException>(() => new RegistryScanningChange { ScanOnPush = [new string('a', 256)] }.Of(full)).ErrorId);
        Assert.Equal("InvalidScanFrequency",
            Assert.Throws<PizzaException>(() => new RegistryScanningChange { ContinuousScan = ["a"] }.Of(Of("BASIC", [], []))).ErrorId);
        Assert.Equal("InvalidScanFrequency",
            Assert.Throws<PizzaException>(() => new RegistryScanningChange { ScanType = "BASIC" }.Of(Of("ENHANCED", [], ["a"]))).ErrorId);
        Assert.Equal("InvalidScanFilter",
            Assert.Throws<PizzaException>(() =>
                new RegistryScanningChange { ScanOnPush = ["a"], ContinuousScan = ["a"] }.Of(Of("ENHANCED", [], []))).ErrorId);
    }

    [Fact(Timeout = 60_000)]
    public async Task On_the_sandbox_the_settings_are_set_merged_and_left_alone_when_they_are_right()
    {
        await using TestSandbox sandbox = new();
        using AwsSession aws =
            AwsSession.Open(
                new()
                {
                    EndpointUrl = sandbox.Info.EndpointUrl, Region = "us-east-1", AccessKey = sandbox.Info.AccessKey,
                    SecretKey = sandbox.Info.SecretKey,
                });
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = 120_000)]
    public async Task On_moto_the_settings_are_set_merged_and_left_alone_when_they_are_right()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        await WholeStoryAsync(aws);
    }

    private static async Task WholeStoryAsync(AwsSession aws)
    {
        RegistryScanningService scanning = new(aws.Ecr, "us-east-1");
        Assert.True(await SetAsync(new() { ScanOnPush = ["prod/*"] }));
        Assert.False(await SetAsync(new() { ScanOnPush = ["prod/*"] }));
        Assert.True(await SetAsync(new() { ScanType = "ENHANCED", ContinuousScan = ["prod/*"], ScanOnPush = ["*"] }));
        RegistryScanning now = await scanning.GetAsync(Sessions.Soon);
        Assert.Equal(("123456789012", "us-east-1", "ENHANCED"), (now.RegistryId, now.Region, now.ScanType));
        Assert.Equal(["CONTINUOUS_SCAN prod/*", "SCAN_ON_PUSH *"], now.Rules.Select(r => $"{r}").Order(StringComparer.Ordinal));
        Assert.True(await SetAsync(new() { ScanType = "BASIC", Replace = true }));
        Assert.Empty((await scanning.GetAsync(Sessions.Soon)).Rules);

        async Task<bool> SetAsync(RegistryScanningChange change) => (await scanning.SetAsync(change, Sessions.Soon)).Changed;
    }

    private static RegistryScanning? Try(Func<RegistryScanning> make)
    {
        try { return make(); }
        catch (PizzaException) { return null; }
    }
}
